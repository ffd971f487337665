import { type TimeUnit, timeUnitIn } from "../time-unit.ts";
import { wrongTimeUnit } from "./errors.ts";
import { type FuturesStreams, futuresStreamsAt } from "./futures/endpoint.ts";

export type Product = "spot" | "futures";

/** The WebSocket API. */
export interface ApiEndpoint {
  kind: "api";
  product: Product;
  timeUnit: TimeUnit;
  returnRateLimits: boolean;
}

/** Market streams. */
export interface StreamsEndpoint {
  kind: "streams";
  timeUnit: TimeUnit;
  /** Whether each event is sent with its stream's name. */
  isCombined: boolean;
  /** The streams to start with. */
  names: string[];
}

/** Streams of futures: of the market, or of the account. */
export interface FuturesEndpoint extends FuturesStreams {
  kind: "futures";
}

/** What a client connects to. */
export type Endpoint = ApiEndpoint | StreamsEndpoint | FuturesEndpoint;

/**
 * Reads what a client connects to. Documented: /ws-api/v3 at ws-api.*, and /ws/NAME and /stream?streams=NAMES at
 * stream.* and data-stream.*. assumed: /ws also takes several names, on which many clients rely.
 *
 * @param host the name that the client calls, with its port if it isn't the usual one
 * @param url the path with its query
 * @returns undefined if nothing is there
 * @throws ErrorAnswer if the query names another unit of time
 */
export function endpointOf(host: string, url: string): Endpoint | undefined {
  const [path = "", ...query] = url.split("?");
  // A time zone in a stream's name has a plus sign, which stands for a space only in forms.
  const parameters = new URLSearchParams(query.join("?").replaceAll("+", "%2B"));
  const timeUnit = timeUnitIn(parameters.get("timeUnit") ?? "MILLISECOND");
  if (timeUnit === undefined) {
    throw wrongTimeUnit();
  }
  const returnRateLimits = parameters.get("returnRateLimits") !== "false";
  if (/^\/ws-api\/v3\/?$/.test(path) && serves(host, "api")) {
    return { kind: "api", product: "spot", timeUnit, returnRateLimits };
  }
  if (/^\/ws-fapi\/v1\/?$/.test(path) && serves(host, "futuresApi")) {
    return { kind: "api", product: "futures", timeUnit: "MILLISECOND", returnRateLimits };
  }
  const futures = serves(host, "futuresStreams")
    ? futuresStreamsAt(decoded(path) ?? "", parameters)
    : undefined;
  if (futures) {
    return { kind: "futures", ...futures };
  }
  if (!serves(host, "streams")) {
    return undefined;
  }
  const isCombined = /^\/stream\/?$/.test(path);
  const text = isCombined
    ? (parameters.get("streams") ?? "")
    : decoded(/^\/ws(\/.*)?$/.exec(path)?.[1] ?? "");
  const isServed = isCombined || /^\/ws(\/|$)/.test(path);
  return isServed && text !== undefined
    ? { kind: "streams", timeUnit, isCombined, names: text.split("/").filter((name) => name !== "") }
    : undefined;
}

/** @returns undefined if it can't be decoded */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Names of Binance serve one thing each. Any other name, as in a test without names, serves everything. */
function serves(host: string, kind: keyof typeof names): boolean {
  const isBinance = /\.binance(future)?\.(com|vision)(:\d+)?$/.test(host);
  return !isBinance || names[kind].test(host);
}

const names = {
  api: /^(demo-)?ws-api\./,
  streams: /^(demo-|data-)?stream\./,
  futuresApi: /^(ws-fapi|testnet)\./,
  futuresStreams: /^(demo-)?fstream\./,
};
