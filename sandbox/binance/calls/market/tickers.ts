import type { Call, Route } from "../../call.ts";
import { formatDecimal } from "../../decimal.ts";
import { invalidData } from "../../errors.ts";
import { beginOf, endOf } from "../../market/intervals.ts";
import type { PriceChange } from "../../market/tickers.ts";
import { bestPrices } from "./book.ts";
import { isMini, symbolIn, timeZoneIn } from "./parameters.ts";
import { eachOf, namedCount, selectedSymbols, selecting, weightEach } from "./selection.ts";

export const tickerRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/ticker/24hr",
    weight: weightOf24Hours,
    security: "NONE",
    parameters: [...selecting, "type"],
    answer: ticker24Hours,
  },
  {
    method: "GET",
    path: "/api/v3/ticker/tradingDay",
    weight: weightEach(4, 200),
    security: "NONE",
    parameters: [...selecting, "timeZone", "type"],
    answer: tradingDayTicker,
  },
  {
    method: "GET",
    path: "/api/v3/ticker",
    weight: weightEach(4, 200),
    security: "NONE",
    parameters: [...selecting, "windowSize", "type"],
    answer: windowTicker,
  },
  {
    method: "GET",
    path: "/api/v3/ticker/price",
    weight: (values) => (values.has("symbol") ? 2 : 4),
    security: "NONE",
    parameters: selecting,
    answer: priceTicker,
  },
  {
    method: "GET",
    path: "/api/v3/avgPrice",
    weight: 2,
    security: "NONE",
    parameters: ["symbol"],
    answer: averagePrice,
  },
];

/** Documented: by the number of symbols. */
function weightOf24Hours(values: ReadonlyMap<string, string>): number {
  const count = namedCount(values) ?? Infinity;
  if (count <= 20) {
    return 2;
  }
  return count <= 100 ? 40 : 80;
}

function ticker24Hours(call: Call): object {
  const { market, clock } = call.exchange;
  const now = clock.now().getTime();
  const mini = isMini(call.values);
  return eachOf(selectedSymbols(call, { needed: false }), ({ symbol }) => {
    const change = market.ticker24h(symbol, now);
    const full = mini ? {} : { ...changeJson(change), ...lastJson(change), ...bestPrices(call, symbol) };
    return { symbol, ...full, ...miniJson(change) };
  });
}

/** Documented: the day begins at midnight of the time zone. */
function tradingDayTicker(call: Call): object {
  const { exchange, values } = call;
  const offset = timeZoneIn(values);
  const now = exchange.clock.now().getTime();
  const begin = beginOf("1d", now, offset);
  // Documented: the time at which it closes is still to come.
  return windowJson(call, begin, { closeTime: endOf("1d", begin, offset) - 1 });
}

const minute = 60_000;
const unitLengths = { m: minute, h: 60 * minute, d: 24 * 60 * minute };

/** Documented: the window begins with a minute, so that it may be almost a minute longer than requested. */
function windowTicker(call: Call): object {
  const now = call.exchange.clock.now().getTime();
  const length = windowIn(call.values.get("windowSize") ?? "1d");
  return windowJson(call, Math.floor((now - length) / minute) * minute, { closeTime: now });
}

/** Documented: 1m to 59m, 1h to 23h, 1d to 7d. */
function windowIn(text: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d?)([mhd])$/.exec(text) ?? [];
  const most = { m: 59, h: 23, d: 7 };
  if ((unit === "m" || unit === "h" || unit === "d") && Number(count) <= most[unit]) {
    return Number(count) * unitLengths[unit];
  }
  throw invalidData("windowSize");
}

function windowJson(call: Call, openTime: number, { closeTime }: { closeTime: number }): object {
  const { market, clock } = call.exchange;
  const mini = isMini(call.values);
  return eachOf(selectedSymbols(call, { needed: true }), ({ symbol }) => {
    const change = market.priceChange(symbol, openTime, clock.now().getTime());
    return { symbol, ...(mini ? {} : changeJson(change)), ...miniJson(change), openTime, closeTime };
  });
}

/** assumed: zeros and -1 if there was no trade. */
export function miniJson(change: PriceChange | undefined): object {
  return {
    openPrice: formatDecimal(change?.open ?? 0n),
    highPrice: formatDecimal(change?.high ?? 0n),
    lowPrice: formatDecimal(change?.low ?? 0n),
    lastPrice: formatDecimal(change?.close ?? 0n),
    volume: formatDecimal(change?.volume ?? 0n),
    quoteVolume: formatDecimal(change?.quoteVolume ?? 0n),
    openTime: change?.openTime ?? 0,
    closeTime: change?.closeTime ?? 0,
    firstId: change?.firstTradeId ?? -1,
    lastId: change?.lastTradeId ?? -1,
    count: change ? change.lastTradeId - change.firstTradeId + 1 : 0,
  };
}

export function changeJson(change: PriceChange | undefined): object {
  return {
    priceChange: formatDecimal(change?.priceChange ?? 0n),
    priceChangePercent: percentText(change?.priceChangePercent ?? 0n),
    weightedAvgPrice: formatDecimal(change?.weightedAveragePrice ?? 0n),
  };
}

function lastJson(change: PriceChange | undefined): object {
  return {
    prevClosePrice: formatDecimal(change?.previousClose ?? 0n),
    lastQty: formatDecimal(change?.lastQuantity ?? 0n),
  };
}

/** Documented: three decimals. */
function percentText(thousandths: bigint): string {
  const digits = String(thousandths < 0n ? -thousandths : thousandths).padStart(4, "0");
  return `${thousandths < 0n ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

function priceTicker(call: Call): object {
  const { market, clock } = call.exchange;
  return eachOf(selectedSymbols(call, { needed: false }), ({ symbol }) => ({
    symbol,
    price: formatDecimal(market.priceAt(symbol, clock.now().getTime())),
  }));
}

const averageMinutes = 5;

function averagePrice(call: Call): object {
  const { market, clock } = call.exchange;
  const { symbol } = symbolIn(call);
  const now = clock.now().getTime();
  return {
    mins: averageMinutes,
    price: formatDecimal(market.averagePrice(symbol, now, averageMinutes)),
    closeTime: market.lastTrade(symbol, now).time,
  };
}
