import { type Interval, isInterval } from "../../market/intervals.ts";

/** The stream of a symbol's klines. */
export interface KlineStream {
  kind: "kline";
  interval: Interval;
  /** How far the time zone is ahead of UTC, in milliseconds. */
  offset: number;
}

/** What the streams of one symbol are. */
export type SymbolStream =
  | { kind: "trade" | "aggTrade" | "miniTicker" | "ticker" | "bookTicker" | "avgPrice" }
  | KlineStream
  | { kind: "windowTicker"; window: Window }
  | { kind: "depth"; period: DepthPeriod }
  | { kind: "partialDepth"; levels: number; period: DepthPeriod };

/** What a stream's name says. */
export type StreamName =
  | (SymbolStream & { symbol: string })
  | { kind: "allMiniTickers" }
  | { kind: "allWindowTickers"; window: Window };

/** UTC+8, the only other time zone. */
const asianOffset = 8 * 3_600_000;

/** The length of a rolling window. */
export type Window = "1h" | "4h" | "1d";
/** How often a depth stream is updated, in milliseconds. */
type DepthPeriod = 100 | 1000;

/**
 * Reads a stream's name. Documented: symbols are in small letters. !ticker@arr ended on 2026-03-26.
 *
 * @returns undefined if there is no such stream
 */
export function parseStreamName(name: string): StreamName | undefined {
  if (name === "!miniTicker@arr") {
    return { kind: "allMiniTickers" };
  }
  const all = /^!ticker_(.*)@arr$/.exec(name)?.[1];
  if (isWindow(all)) {
    return { kind: "allWindowTickers", window: all };
  }
  const [, symbol, rest = ""] = /^([^@!]+)@(.+)$/.exec(name) ?? [];
  if (symbol?.toLowerCase() !== symbol || symbol === undefined) {
    return undefined;
  }
  const stream = simpleStream(rest) ?? klineStream(rest) ?? windowStream(rest) ?? depthStream(rest);
  return stream && { symbol: symbol.toUpperCase(), ...stream };
}

function simpleStream(rest: string): SymbolStream | undefined {
  switch (rest) {
    case "trade":
    case "aggTrade":
    case "miniTicker":
    case "ticker":
    case "bookTicker":
    case "avgPrice":
      return { kind: rest };
    default:
      return undefined;
  }
}

function klineStream(rest: string): SymbolStream | undefined {
  const [, interval = "", zone] = /^kline_(\w+)(@\+08:00)?$/.exec(rest) ?? [];
  return isInterval(interval)
    ? { kind: "kline", interval, offset: zone === undefined ? 0 : asianOffset }
    : undefined;
}

function windowStream(rest: string): SymbolStream | undefined {
  const window = /^ticker_(.*)$/.exec(rest)?.[1];
  return isWindow(window) ? { kind: "windowTicker", window } : undefined;
}

function depthStream(rest: string): SymbolStream | undefined {
  const match = /^depth(5|10|20)?(?:@(100|1000)ms)?$/.exec(rest);
  if (!match) {
    return undefined;
  }
  const [, levels, speed] = match;
  const period = speed === "100" ? 100 : 1000;
  return levels === undefined
    ? { kind: "depth", period }
    : { kind: "partialDepth", levels: Number(levels), period };
}

function isWindow(text: string | undefined): text is Window {
  return text === "1h" || text === "4h" || text === "1d";
}
