import type { Signer } from "./signing.ts";

/** A question to Binance's REST API. */
export interface Call {
  method: "GET" | "POST";
  /** "/api/v3/time" */
  path: string;
  parameters?: Record<string, string>;
  /** Whether the call names the key and is signed (Binance's USER_DATA and TRADE), or is for everybody (NONE). */
  security: "NONE" | "SIGNED";
}

/** How long after its timestamp a request is good for, in ms: Binance's default. */
export const recvWindow = 5000;

/** Where Binance's API is; the hosts of the test nets serve no /sapi. */
export const binanceHost = "api.binance.com";

/** The path and query of a call that needs no key. */
export function plainTarget({ path, parameters }: Call): string {
  const query = encode(parameters ?? {});
  return query === "" ? path : `${path}?${query}`;
}

/**
 * The path and query of a signed call. What is signed is the percent-encoded query, as Binance has it since
 * January 2026.
 *
 * @param timestamp the time of the exchange, in ms
 */
export function signedTarget({ path, parameters }: Call, timestamp: number, sign: Signer): string {
  const query = encode({ ...parameters, recvWindow: String(recvWindow), timestamp: String(timestamp) });
  return `${path}?${query}&signature=${encodeURIComponent(sign(query))}`;
}

function encode(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
}
