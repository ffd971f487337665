/** A request to Binance's REST API. */
export interface Call {
  method: "GET" | "POST" | "DELETE";
  /** "/api/v3/time" */
  path: string;
  parameters?: Record<string, string>;
  /** SIGNED sends the key and a signature (Binance's USER_DATA and TRADE); NONE is public. */
  security: "NONE" | "SIGNED";
}

/** How long a request is valid after its timestamp, in ms: Binance's default. */
export const recvWindow = 5000;

/** The host of Binance's API. The test networks serve no /sapi. */
export const binanceHost = "api.binance.com";

/** The host of USDⓈ-M futures. */
export const futuresHost = "fapi.binance.com";

/** The hosts of the demo account, whose money isn't real. Its keys work only there. */
export const demoHosts = { spot: "demo-api.binance.com", futures: "demo-fapi.binance.com" } as const;

/** The path and query of a call that needs no key. */
export function plainTarget({ path, parameters }: Call): string {
  const query = encode(parameters ?? {});
  return query === "" ? path : `${path}?${query}`;
}

/**
 * The query of a signed call, without the signature. It is percent-encoded, and is what is signed, as Binance requires
 * since January 2026.
 *
 * @param timestamp the exchange's time, in ms
 */
export function queryToSign({ parameters }: Call, timestamp: number): string {
  return encode({ ...parameters, recvWindow: String(recvWindow), timestamp: String(timestamp) });
}

/** The path and query of a signed call. */
export function signedTarget({ path }: Call, query: string, signature: string): string {
  return `${path}?${query}&signature=${encodeURIComponent(signature)}`;
}

function encode(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
}
