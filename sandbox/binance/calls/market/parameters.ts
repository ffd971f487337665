import * as z from "zod";
import type { Call } from "../../call.ts";
import type { SymbolStatus, TradedSymbol } from "../../catalogue/symbols.ts";
import {
  illegalCharacters,
  invalidData,
  invalidInterval,
  invalidSymbol,
  invalidSymbolStatus,
  invalidTickerType,
  missingParameter,
} from "../../errors.ts";
import { type Interval, isInterval } from "../../market/intervals.ts";

// The parameters of market data. assumed: the texts of the legal ranges, unless a comment says otherwise.

type Values = ReadonlyMap<string, string>;

/** assumed: the range, which people report with and without a star. */
const symbolRange = "^[A-Z0-9-_.]{1,20}$";

export function symbolIn({ exchange, values }: Call): TradedSymbol {
  const name = values.get("symbol") ?? "";
  if (name === "") {
    throw missingParameter("symbol");
  }
  return symbolNamed(exchange.symbols, name);
}

export function symbolNamed(symbols: readonly TradedSymbol[], name: string): TradedSymbol {
  if (!/^[A-Z0-9-_.]{1,20}$/.test(name)) {
    throw illegalCharacters("symbol", symbolRange);
  }
  const found = symbols.find(({ symbol }) => symbol === name);
  if (!found) {
    throw invalidSymbol();
  }
  return found;
}

const names = z.array(z.string());

/** A JSON array of texts. */
export function listIn(parameter: string, text: string): string[] {
  try {
    return names.parse(JSON.parse(text));
  } catch {
    throw illegalCharacters(parameter, '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$');
  }
}

/** Documented: the maximum. assumed: more is answered with the maximum, and 0 is refused. */
export function limitIn(values: Values, usual: number, maximum: number): number {
  const limit = wholeNumberIn(values, "limit") ?? usual;
  if (limit === 0) {
    throw invalidData("limit");
  }
  return Math.min(limit, maximum);
}

export function wholeNumberIn(values: Values, parameter: string): number | undefined {
  const text = values.get(parameter);
  if (text === undefined) {
    return undefined;
  }
  if (!/^[0-9]{1,20}$/.test(text)) {
    throw illegalCharacters(parameter, "^[0-9]{1,20}$");
  }
  return Number(text);
}

/** assumed: from this number on, a time is in microseconds, which are also allowed. As milliseconds it is the year 5138. */
const firstMicroseconds = 100_000_000_000_000;

/** A time in milliseconds. Documented: it may also be sent in microseconds. */
export function timeIn(values: Values, parameter: string): number | undefined {
  const number = wholeNumberIn(values, parameter);
  return number === undefined || number < firstMicroseconds ? number : Math.floor(number / 1000);
}

export function intervalIn(values: Values): Interval {
  const text = values.get("interval") ?? "";
  if (text === "") {
    throw missingParameter("interval");
  }
  if (!isInterval(text)) {
    throw invalidInterval();
  }
  return text;
}

const minute = 60_000;
/** Documented: the time zones that are accepted, both included, in minutes. */
const [firstZone, lastZone] = [-12 * 60, 14 * 60];

/** How far a time zone is ahead of UTC, in milliseconds. Documented: hours, or hours and minutes. */
export function timeZoneIn(values: Values): number {
  const text = values.get("timeZone") ?? "0";
  const [, sign = "", hours = "", minutes = "0"] = /^([+-]?)(\d{1,2})(?::([0-5]\d))?$/.exec(text) ?? [];
  const ahead = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (hours === "" || ahead < firstZone || ahead > lastZone) {
    throw invalidData("timeZone");
  }
  return ahead * minute;
}

/** Documented: FULL or MINI. */
export function isMini(values: Values): boolean {
  const type = values.get("type") ?? "FULL";
  if (type !== "FULL" && type !== "MINI") {
    throw invalidTickerType();
  }
  return type === "MINI";
}

/** Documented: three of the statuses that a symbol can have. */
export function symbolStatusIn(values: Values): SymbolStatus | undefined {
  const status = values.get("symbolStatus");
  if (status === undefined || status === "TRADING" || status === "HALT" || status === "BREAK") {
    return status;
  }
  throw invalidSymbolStatus();
}
