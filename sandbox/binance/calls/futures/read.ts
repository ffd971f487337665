import * as z from "zod";
import type { Call } from "../../call.ts";
import type { Contract } from "../../catalogue/contracts.ts";
import { parseDecimal } from "../../decimal.ts";
import {
  codedError,
  illegalCharacters,
  invalidSymbol,
  missingOneOf,
  missingParameter,
} from "../../errors.ts";
import type { FuturesOrderName } from "../../futures/engine.ts";
import { tooPrecise } from "../../futures/errors.ts";
import type { Exchange } from "../../state/exchange.ts";
import { optional, required, type Values, wholeNumber } from "../read.ts";

// The parameters of futures. assumed: the texts of the legal ranges, unless a comment says otherwise.

/** The exchange as its calls for market data see it, with contracts instead of pairs. */
export function withContracts(call: Call): Call {
  const { exchange } = call;
  const { market, contracts } = exchange.futures;
  return { ...call, exchange: { ...exchange, market, symbols: contracts } };
}

export function contractIn({ futures }: Exchange, values: Values): Contract {
  const contract = futures.contract(required(values, "symbol"));
  if (!contract) {
    throw invalidSymbol();
  }
  return contract;
}

/** The contract of a request that may also be about all of them. */
export function optionalContract(exchange: Exchange, values: Values): Contract | undefined {
  return optional(values, "symbol") === undefined ? undefined : contractIn(exchange, values);
}

/** A price or an amount; 0n if it is missing. Zeros at the end don't count. */
export function amountIn(values: Values, name: string, places: number): bigint {
  const text = optional(values, name) ?? "0";
  const range = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
  if (!new RegExp(range).test(text)) {
    throw illegalCharacters(name, range);
  }
  const [whole = "0", fraction = ""] = text.split(".");
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > places) {
    throw tooPrecise();
  }
  return parseDecimal(digits === "" ? whole : `${whole}.${digits}`);
}

/** assumed: in capitals or in small letters, as programs in Python send it. False if it is missing. */
export function flagIn(values: Values, name: string): boolean {
  const text = (optional(values, name) ?? "false").toLowerCase();
  if (text !== "true" && text !== "false") {
    throw illegalCharacters(name, "^(true|false)$");
  }
  return text === "true";
}

/** Documented: the rule for the client ids of futures. */
export function clientIdIn(values: Values, name: string): string | undefined {
  const text = optional(values, name);
  const range = "^[\\.A-Z\\:/a-z0-9_-]{1,36}$";
  if (text !== undefined && !/^[.A-Z:/a-z0-9_-]{1,36}$/.test(text)) {
    throw illegalCharacters(name, range);
  }
  return text;
}

/** Documented: one of both must be sent. */
export function orderNameIn(values: Values): FuturesOrderName {
  const name = {
    orderId: wholeNumber(values, "orderId"),
    clientOrderId: clientIdIn(values, "origClientOrderId"),
  };
  if (name.orderId === undefined && name.clientOrderId === undefined) {
    throw missingOneOf("origClientOrderId", "orderId");
  }
  return name;
}

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/** A JSON list of requests, or of ids. */
export function listIn<T>(values: Values, name: string, one: z.ZodType<T>, most: number): T[] {
  const text = required(values, name);
  try {
    return z.array(one).min(1).max(most).parse(JSON.parse(text));
  } catch {
    throw missingParameter(name);
  }
}

/** Requests as they are in a batch. Numbers may be sent as texts. */
export function batchIn(values: Values, name: string, most: number): Values[] {
  return listIn(values, name, texts, most).map((one) => new Map(Object.entries(one)));
}

/** Refuses what isn't emulated, and reports its name. Otherwise it would look like a rule of Binance's. */
export function notEmulated(exchange: Exchange, what: string): Error {
  exchange.report(`not emulated: ${what} of futures`);
  return codedError(400, -1020, "This operation is not supported.");
}
