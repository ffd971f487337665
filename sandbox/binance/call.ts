import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";

/** One request, as the calls see it: routed, within the limits, its parameters decoded. */
export interface Call {
  exchange: Exchange;
  values: ReadonlyMap<string, string>;
}

/** A call that was signed by a key with the permission. */
export interface SignedCall extends Call {
  key: ApiKey;
}

interface CommonRoute {
  method: "GET" | "POST";
  path: string;
  /** Documented with each call. */
  weight: number | ((values: ReadonlyMap<string, string>) => number);
  /** What may be sent besides timestamp, recvWindow and signature. */
  parameters: readonly string[];
}

/** A call that anybody may make. */
export interface PublicRoute extends CommonRoute {
  security: "NONE";
  answer: (call: Call) => object;
}

/** A call that must be signed. */
export interface SignedRoute extends CommonRoute {
  /** The documented security type. */
  security: "USER_DATA" | "TRADE";
  answer: (call: SignedCall) => object;
}

/** What is answered at a path. */
export type Route = PublicRoute | SignedRoute;

/** Whether a path belongs to the wallet's part of the API, where some rules differ. */
export function isSapi(path: string): boolean {
  return path.startsWith("/sapi/");
}
