import { parseDecimal } from "../decimal.ts";
import {
  badCombination,
  illegalCharacters,
  invalidData,
  invalidSymbol,
  missingOneOf,
  missingParameter,
} from "../errors.ts";
import { emptyParameter, moreThanHours, tooMuchPrecision } from "../order-errors.ts";
import type { Exchange } from "../state/exchange.ts";
import type { OrderName } from "../trading/cancelling.ts";

/** The parameters of a request. */
export type Values = ReadonlyMap<string, string>;

export function required(values: Values, name: string): string {
  const value = values.get(name) ?? "";
  if (value === "") {
    throw missingParameter(name);
  }
  return value;
}

/** @returns undefined if it wasn't sent */
export function optional(values: Values, name: string): string | undefined {
  const value = values.get(name);
  if (value === "") {
    throw emptyParameter(name);
  }
  return value;
}

/** One of the values of an enum. */
export function oneOf<T extends string>(
  values: Values,
  name: string,
  allowed: readonly T[],
  refuse = () => invalidData(name),
): T | undefined {
  const value = optional(values, name);
  const found = allowed.find((one) => one === value);
  if (value !== undefined && found === undefined) {
    throw refuse();
  }
  return found;
}

/** The legal range is from people's reports. assumed: zeros after the eighth place don't count. */
export function decimal(values: Values, name: string): bigint {
  const value = optional(values, name) ?? "0";
  const range = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
  if (!new RegExp(range).test(value)) {
    throw illegalCharacters(name, range);
  }
  const exact = value.replace(/(\.\d{8})0+$/, "$1");
  if (/\.\d{9}/.test(exact)) {
    throw tooMuchPrecision(name);
  }
  return parseDecimal(exact);
}

export function wholeNumber(values: Values, name: string): number | undefined {
  const value = optional(values, name);
  const range = "^[0-9]{1,20}$";
  if (value !== undefined && !new RegExp(range).test(value)) {
    throw illegalCharacters(name, range);
  }
  return value === undefined ? undefined : Number(value);
}

/** assumed: false if it is missing. Only "true" and "false" are accepted. */
export function isTrue(parameter: string, values: Values): boolean {
  const text = values.get(parameter) ?? "false";
  if (text !== "true" && text !== "false") {
    throw illegalCharacters(parameter, "^(true|false)$");
  }
  return text === "true";
}

/** The legal range is from people's reports. */
export function clientId(values: Values, name: string): string | undefined {
  const value = optional(values, name);
  const range = "^[a-zA-Z0-9-_]{1,36}$";
  if (value !== undefined && !/^[a-zA-Z0-9\-_]{1,36}$/.test(value)) {
    throw illegalCharacters(name, range);
  }
  return value;
}

/** The name of a symbol that exists. */
export function symbolIn({ market }: Exchange, values: Values): string {
  const name = required(values, "symbol");
  if (!market.symbol(name)) {
    throw invalidSymbol();
  }
  return name;
}

/** How a request names the order that it is about. */
export function orderNameIn(values: Values, idName = "orderId", clientName = "origClientOrderId"): OrderName {
  const name = { orderId: wholeNumber(values, idName), clientOrderId: clientId(values, clientName) };
  if (name.orderId === undefined && name.clientOrderId === undefined) {
    throw missingOneOf(clientName, idName);
  }
  return name;
}

const defaultLimit = 500;
const maximumLimit = 1000;
const maximumHours = 24;

/** The part of a list that a request is about. */
export interface Range {
  startTime: number | undefined;
  endTime: number | undefined;
  /** Documented: lists begin with this id, or else end with the newest. */
  fromId: number | undefined;
  limit: number;
}

/** @param fromName the name of the parameter with the first id */
export function rangeIn(values: Values, fromName: string): Range {
  const range = {
    startTime: wholeNumber(values, "startTime"),
    endTime: wholeNumber(values, "endTime"),
    fromId: wholeNumber(values, fromName),
    limit: wholeNumber(values, "limit") ?? defaultLimit,
  };
  if (range.limit < 1 || range.limit > maximumLimit) {
    throw invalidData("limit");
  }
  const { startTime, endTime } = range;
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > maximumHours * 3_600_000) {
    throw moreThanHours(maximumHours);
  }
  return range;
}

/** @throws ErrorAnswer if one of these parameters is combined with a time */
export function checkNoTime(values: Values, ...names: string[]): void {
  if (names.some((name) => values.has(name)) && (values.has("startTime") || values.has("endTime"))) {
    throw badCombination();
  }
}

/** Documented: with a start, the oldest of the list are returned, and otherwise the newest. */
export function inRange<T extends { readonly id: number }>(
  all: readonly T[],
  { startTime, endTime, fromId, limit }: Range,
  timeOf: (one: T) => number,
): T[] {
  const wanted = all.filter(
    (one) =>
      one.id >= (fromId ?? 0) && timeOf(one) >= (startTime ?? 0) && timeOf(one) <= (endTime ?? Infinity),
  );
  return fromId === undefined && startTime === undefined ? wanted.slice(-limit) : wanted.slice(0, limit);
}
