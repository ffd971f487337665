import type { Market } from "../../market/market.ts";
import { type Channel, every, openChannel } from "../streams/channel.ts";
import { DepthFeed } from "../streams/depth-feed.ts";
import type { StreamHub } from "../streams/stream-hub.ts";
import { parseStreamName } from "../streams/stream-name.ts";
import type { Category } from "./endpoint.ts";
import { bookEvent, levelFormat, markPriceEvent, partialDepthEvent } from "./events.ts";

/** Documented: streams of books and best prices are at /public, and everything else is at /market. */
function categoryOf(stream: string): Category {
  return /@depth|@rpiDepth|@trade$|bookTicker$/i.test(stream) ? "public" : "market";
}

/**
 * The streams of one category. Reported: a stream of the other one has no events, and isn't refused.
 *
 * @param report prints a line to the log
 */
export function hubFor(
  category: Category,
  hub: Pick<StreamHub, "watch" | "unwatch">,
  report: (line: string) => void,
): Pick<StreamHub, "watch" | "unwatch"> {
  return {
    watch: (stream, watcher) => {
      const right = categoryOf(stream);
      // A name in a path may be any text, such as the number that ccxt gives each connection.
      if (right === category || !/[@!]/.test(stream)) {
        return hub.watch(stream, watcher);
      }
      report(`no events: the stream ${stream} is at /${right}, not at /${category}`);
      return true;
    },
    unwatch: (stream, watcher) => {
      hub.unwatch(stream, watcher);
    },
  };
}

/** Documented, for all streams of futures. */
export const futuresMessageLimit = 10;

/** Documented: how often books are sent if the name doesn't say, in milliseconds. */
const usualDepthPeriod = 250;
const tickerPeriod = 2000;
const allBookTickersPeriod = 5000;

/** Starts a stream of futures. @returns undefined if there is no such stream */
export function openFuturesStream(market: Market, stream: string, now: number): Channel | undefined {
  return allSymbols(market, stream, now) ?? oneSymbol(market, stream, now);
}

function allSymbols(market: Market, stream: string, now: number): Channel | undefined {
  const [, kind, speed] = /^!(markPrice@arr|ticker@arr|miniTicker@arr|bookTicker)(@1s)?$/.exec(stream) ?? [];
  const each = (eventOf: (symbol: string, time: number) => object) => (time: number) =>
    market.symbols.map(({ symbol }) => eventOf(symbol, time));
  switch (kind) {
    case "markPrice@arr":
      return every(
        speed === undefined ? 3000 : 1000,
        each((symbol, time) => markPriceEvent(market, symbol, time)),
      );
    case "ticker@arr":
    case "miniTicker@arr": {
      const channels = market.symbols.flatMap(({ symbol }) => {
        const name = `${symbol.toLowerCase()}@${kind.replace("@arr", "")}`;
        return oneSymbol(market, name, now) ?? [];
      });
      return every(tickerPeriod, (time) => channels.flatMap((channel) => channel.eventsAt(time)));
    }
    case "bookTicker": {
      const events = each((symbol, time) => bookEvent(market, symbol, time));
      return { period: allBookTickersPeriod, isDiff: false, eventsAt: events };
    }
    case undefined:
    default:
      return undefined;
  }
}

function oneSymbol(market: Market, stream: string, now: number): Channel | undefined {
  const [, text = "", rest = ""] = /^([^@!]+)@(.+)$/.exec(stream) ?? [];
  const symbol = text.toUpperCase();
  const pair = rest.startsWith("continuousKline_") ? symbol.replace(/_PERPETUAL$/, "") : symbol;
  if (text !== text.toLowerCase() || !market.symbol(pair)) {
    return undefined;
  }
  const [, mark] = /^markPrice(@1s)?$/.exec(rest) ?? [];
  if (rest.startsWith("markPrice")) {
    return every(mark === undefined ? 3000 : 1000, (time) => markPriceEvent(market, symbol, time));
  }
  const [isDepth, levels, speed] = /^depth(5|10|20)?(?:@(100|250|500)ms)?$/.exec(rest) ?? [];
  if (isDepth !== undefined) {
    const period = Number(speed ?? usualDepthPeriod);
    return levels === undefined
      ? diffs(market, symbol, period, now)
      : every(period, (time) => partialDepthEvent(market, symbol, Number(levels), time));
  }
  switch (rest) {
    case "bookTicker":
      return changed(() => every(100, (time) => bookEvent(market, symbol, time)));
    case "forceOrder":
      // Nothing is ever liquidated here.
      return every(60_000, () => undefined);
    default:
      return likeSpot(market, symbol, rest, now);
  }
}

/** Documented: only changes of the best prices and their quantities. */
function changed(open: () => Channel): Channel {
  let before = "";
  const channel = open();
  return {
    ...channel,
    eventsAt: (time) =>
      channel.eventsAt(time).filter((event) => {
        const best = JSON.stringify({ ...event, E: 0, T: 0, u: 0 });
        const isNew = best !== before;
        before = best;
        return isNew;
      }),
  };
}

/** The stream of the spot market, with the fields that futures have besides. */
function likeSpot(market: Market, symbol: string, rest: string, now: number): Channel | undefined {
  const [, isContinuous, interval] = /^(continuousKline|kline)_(\w+)$/.exec(rest) ?? [];
  const pair = symbol.replace(/_PERPETUAL$/, "");
  const name = parseStreamName(
    `${pair.toLowerCase()}@${interval === undefined ? rest : `kline_${interval}`}`,
  );
  const kinds = ["trade", "aggTrade", "kline", "miniTicker", "ticker"];
  if (!name || !kinds.includes(name.kind)) {
    return undefined;
  }
  const channel = openChannel(market, name, now);
  const extra =
    isContinuous === "continuousKline"
      ? { e: "continuous_kline", ps: pair, ct: "PERPETUAL", s: undefined }
      : extraOf(name.kind, symbol);
  return {
    ...channel,
    period: name.kind.toLowerCase().endsWith("ticker") ? tickerPeriod : channel.period,
    eventsAt: (time) => channel.eventsAt(time).map((event) => ({ ...event, ...extra })),
  };
}

/** Documented: what futures have and don't have. A field that is undefined isn't sent. */
function extraOf(kind: string, symbol: string): object {
  switch (kind) {
    case "trade":
      return { M: undefined, X: "MARKET" };
    case "aggTrade":
      return { M: undefined, st: 1 };
    case "ticker":
      return { x: undefined, b: undefined, B: undefined, a: undefined, A: undefined, ps: symbol, st: 1 };
    case "miniTicker":
      return { ps: symbol, st: 1 };
    default:
      return {};
  }
}

/** Documented: an event has the last update id of the one before it. */
function diffs(market: Market, symbol: string, period: number, now: number): Channel {
  const feed = new DepthFeed(market, symbol, now, levelFormat(market, symbol));
  const diff = every(period, (time) => {
    const event = feed.eventAt(time);
    return event && { ...event, T: time, pu: event.U - 1, ps: symbol, st: 1 };
  });
  return { ...diff, isDiff: true };
}
