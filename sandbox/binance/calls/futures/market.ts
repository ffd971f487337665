import type { Call, Route } from "../../call.ts";
import type { Contract } from "../../catalogue/contracts.ts";
import { formatDecimal, formatPlaces } from "../../decimal.ts";
import { futuresWeightLimit } from "../../dispatch.ts";
import { fundingInterval, fundingRate, nextFunding } from "../../futures/advance.ts";
import { futuresOrderLimits } from "../../futures/engine.ts";
import { invalidDepthLimit } from "../../futures/errors.ts";
import { marketOpened } from "../../market/slots.ts";
import type { BookLevel, Trade } from "../../market/types.ts";
import { limitsJson } from "../../trading/order-count.ts";
import { klinesOf } from "../market/klines.ts";
import { limitIn, timeIn } from "../market/parameters.ts";
import { changeJson, miniJson } from "../market/tickers.ts";
import { aggregated, historicalTrades, recentTrades, tradeJson } from "../market/trades.ts";
import { required } from "../read.ts";
import { contractIn, optionalContract, withContracts } from "./read.ts";

const open = { method: "GET", security: "NONE" } as const;
const range = ["interval", "startTime", "endTime", "limit"];

export const futuresMarketRoutes: Route[] = [
  { ...open, path: "/fapi/v1/depth", weight: depthWeight, parameters: ["symbol", "limit"], answer: depth },
  market("trades", 5, ["symbol", "limit"], (call) => recentTrades(withContracts(call)).map(futuresTradeJson)),
  market("historicalTrades", 20, ["symbol", "limit", "fromId"], (call) =>
    historicalTrades(withContracts(call)).map(futuresTradeJson),
  ),
  market("aggTrades", 20, ["symbol", "fromId", "startTime", "endTime", "limit"], (call) =>
    aggregated(withContracts(call)).map(aggregateJson),
  ),
  klines("klines", ["symbol", ...range], "symbol"),
  klines("markPriceKlines", ["symbol", ...range], "symbol"),
  klines("indexPriceKlines", ["pair", ...range], "pair"),
  klines("continuousKlines", ["pair", "contractType", ...range], "pair"),
  market("ticker/24hr", (values) => (values.has("symbol") ? 1 : 40), ["symbol"], each(ticker24Hours)),
  market("ticker/price", (values) => (values.has("symbol") ? 1 : 2), ["symbol"], each(priceTicker)),
  { ...market("ticker/price", 1, ["symbol"], each(priceTicker)), path: "/fapi/v2/ticker/price" },
  market("ticker/bookTicker", (values) => (values.has("symbol") ? 2 : 5), ["symbol"], each(bookTicker)),
  market("premiumIndex", (values) => (values.has("symbol") ? 1 : 10), ["symbol"], each(premiumIndex)),
  market("fundingRate", 1, ["symbol", "startTime", "endTime", "limit"], fundingRates),
  // Documented: only contracts whose funding differs from the usual one.
  market("fundingInfo", 0, [], () => []),
];

function market(
  name: string,
  weight: Route["weight"],
  parameters: readonly string[],
  answer: (call: Call) => object,
): Route {
  return { ...open, path: `/fapi/v1/${name}`, weight, parameters, answer };
}

/** The mark price and the index price are the latest price, because the basis is always zero. */
function klines(name: string, parameters: readonly string[], symbolName: string): Route {
  return market(name, klineWeight, parameters, (call) => {
    const { symbol } = contractIn(call.exchange, new Map([["symbol", required(call.values, symbolName)]]));
    return klinesOf(withContracts(call), symbol, 1500);
  });
}

/** Documented: by the limit. */
function klineWeight(values: ReadonlyMap<string, string>): number {
  const limit = Number(values.get("limit") ?? 500);
  const steps = [[99, 1] as const, [499, 2] as const, [1000, 5] as const];
  return steps.find(([most]) => limit <= most)?.[1] ?? 10;
}

/** Documented: by the limit. */
function depthWeight(values: ReadonlyMap<string, string>): number {
  const limit = Number(values.get("limit") ?? 500);
  const steps = [[50, 2] as const, [100, 5] as const, [500, 10] as const];
  return steps.find(([most]) => limit <= most)?.[1] ?? 20;
}

/** One answer for the contract of the request, or a list of all. */
function each(answer: (call: Call, contract: Contract, now: number) => object): (call: Call) => object {
  return (call) => {
    const { exchange, values } = call;
    const now = exchange.clock.now().getTime();
    const one = optionalContract(exchange, values);
    return one
      ? answer(call, one, now)
      : exchange.futures.contracts.map((contract) => answer(call, contract, now));
  };
}

/** Documented: the limits that are allowed. */
const depthLimits = ["5", "10", "20", "50", "100", "500", "1000"];

function depth({ exchange, values }: Call): object {
  const contract = contractIn(exchange, values);
  const limit = values.get("limit") ?? "500";
  if (!depthLimits.includes(limit)) {
    throw invalidDepthLimit(limit);
  }
  const now = exchange.clock.now().getTime();
  const { lastUpdateId, bids, asks } = exchange.futures.market.book(contract.symbol, now, Number(limit));
  const level = ({ price, quantity }: BookLevel) => [
    formatPlaces(price, contract.places.price),
    formatPlaces(quantity, contract.places.quantity),
  ];
  return { lastUpdateId, E: now, T: now, bids: bids.map(level), asks: asks.map(level) };
}

function futuresTradeJson(trade: Trade): object {
  return { ...tradeJson(trade), isRPITrade: false };
}

function aggregateJson({ id, price, quantity, time, isBuyerMaker }: Trade): object {
  const amount = formatDecimal(quantity);
  return { a: id, p: formatDecimal(price), q: amount, nq: amount, f: id, l: id, T: time, m: isBuyerMaker };
}

function ticker24Hours({ exchange }: Call, { symbol }: Contract, now: number): object {
  const change = exchange.futures.market.ticker24h(symbol, now);
  return {
    symbol,
    ...changeJson(change),
    lastQty: formatDecimal(change?.lastQuantity ?? 0n),
    ...miniJson(change),
  };
}

function priceTicker({ exchange }: Call, { symbol, places }: Contract, now: number): object {
  const { price, time } = exchange.futures.market.lastTrade(symbol, now);
  return { symbol, price: formatPlaces(price, places.price), time };
}

function bookTicker({ exchange }: Call, { symbol, places }: Contract, now: number): object {
  const { bids, asks, lastUpdateId } = exchange.futures.market.book(symbol, now, 1);
  return {
    symbol,
    bidPrice: formatPlaces(bids[0]?.price ?? 0n, places.price),
    bidQty: formatPlaces(bids[0]?.quantity ?? 0n, places.quantity),
    askPrice: formatPlaces(asks[0]?.price ?? 0n, places.price),
    askQty: formatPlaces(asks[0]?.quantity ?? 0n, places.quantity),
    time: now,
    lastUpdateId,
  };
}

function premiumIndex({ exchange }: Call, { symbol }: Contract, now: number): object {
  const price = formatDecimal(exchange.futures.market.priceAt(symbol, now));
  return {
    symbol,
    ...{ markPrice: price, indexPrice: price, estimatedSettlePrice: price },
    lastFundingRate: formatDecimal(fundingRate),
    interestRate: formatDecimal(fundingRate),
    nextFundingTime: nextFunding(now),
    time: now,
  };
}

/** Documented: the oldest from the start on, or else the newest. */
function fundingRates({ exchange, values }: Call): object {
  const { clock, futures } = exchange;
  const one = optionalContract(exchange, values);
  const limit = limitIn(values, 100, 1000);
  const now = clock.now().getTime();
  const start = timeIn(values, "startTime");
  const last = nextFunding(Math.min(timeIn(values, "endTime") ?? now, now)) - fundingInterval;
  const first = Math.max(
    nextFunding((start ?? last - (limit - 1) * fundingInterval) - 1),
    nextFunding(marketOpened),
  );
  const count = Math.max(0, Math.min(limit, (last - first) / fundingInterval + 1));
  const times = Array.from({ length: count }, (_, index) => first + index * fundingInterval);
  return times
    .flatMap((time) => (one ? [one] : futures.contracts).map(({ symbol }) => ({ symbol, time })))
    .map(({ symbol, time }) => ({
      symbol,
      fundingRate: formatDecimal(fundingRate),
      fundingTime: time,
      markPrice: formatDecimal(futures.market.priceAt(symbol, time)),
      rateType: "Regular",
    }));
}

/** Documented: the limits of futures. */
export const futuresLimits = [
  { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: futuresWeightLimit },
  ...limitsJson(futuresOrderLimits),
];
