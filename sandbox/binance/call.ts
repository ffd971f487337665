import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";

/** A request that was routed, is within the limits, and whose parameters were decoded. */
export interface Call {
  exchange: Exchange;
  values: ReadonlyMap<string, string>;
}

/** A request that was signed by a key with the permission. */
export interface SignedCall extends Call {
  key: ApiKey;
}

interface CommonRoute {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  /** Documented with each call. */
  weight: number | ((values: ReadonlyMap<string, string>) => number);
  /** Documented: a success counts nothing, although each call needs that weight. */
  isFreeOnSuccess?: true;
  /** Whether the answer has the counts of unfilled orders in its headers. */
  placesOrders?: true;
  /** The parameters besides timestamp, recvWindow and signature. */
  parameters: readonly string[];
}

/** A call without a key. */
interface PublicRoute extends CommonRoute {
  security: "NONE";
  answer: (call: Call) => object;
}

/** A call with an API key and without a signature. */
interface UserStreamRoute extends CommonRoute {
  security: "USER_STREAM";
  answer: (call: Call) => object;
}

/** A call that must be signed. */
export interface SignedRoute extends CommonRoute {
  /** The documented security type. */
  security: "USER_DATA" | "TRADE";
  answer: (call: SignedCall) => object;
}

/** A method, a path, and the function that answers. */
export type Route = PublicRoute | UserStreamRoute | SignedRoute;

/** Whether a path belongs to USDⓈ-M futures. */
export function isFutures(path: string): boolean {
  return path.startsWith("/fapi/") || path.startsWith("/ws-fapi/");
}

/** Whether a path belongs to the wallet's part of the API, which has some different rules. */
export function isSapi(path: string): boolean {
  return path.startsWith("/sapi/");
}
