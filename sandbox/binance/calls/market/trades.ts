import type { Call, Route } from "../../call.ts";
import { formatDecimal } from "../../decimal.ts";
import { badCombination } from "../../errors.ts";
import type { Trade } from "../../market/types.ts";
import { limitIn, symbolIn, timeIn, wholeNumberIn } from "./parameters.ts";

export const tradeRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/trades",
    weight: 25,
    security: "NONE",
    parameters: ["symbol", "limit"],
    answer: (call) => recentTrades(call).map(spotTradeJson),
  },
  {
    method: "GET",
    path: "/api/v3/historicalTrades",
    weight: 25,
    security: "NONE",
    parameters: ["symbol", "limit", "fromId"],
    answer: (call) => historicalTrades(call).map(spotTradeJson),
  },
  {
    method: "GET",
    path: "/api/v3/aggTrades",
    weight: 4,
    security: "NONE",
    parameters: ["symbol", "fromId", "startTime", "endTime", "limit"],
    answer: aggregateTrades,
  },
  {
    method: "GET",
    path: "/api/v3/historicalBlockTrades",
    weight: 25,
    security: "NONE",
    parameters: ["symbol", "fromId", "limit"],
    answer: noBlockTrades,
  },
];

const [usualLimit, maximumLimit] = [500, 1000];

/** The newest trades of a symbol. */
export function recentTrades(call: Call): Trade[] {
  const { exchange, values } = call;
  const { symbol } = symbolIn(call);
  const now = exchange.clock.now().getTime();
  const limit = limitIn(values, usualLimit, maximumLimit);
  const last = exchange.market.lastTrade(symbol, now).id;
  return exchange.market.tradesFrom(symbol, last - limit + 1, limit, now);
}

/** The trades from an id on, or else the newest. */
export function historicalTrades(call: Call): Trade[] {
  const { exchange, values } = call;
  const { symbol } = symbolIn(call);
  const from = wholeNumberIn(values, "fromId");
  if (from === undefined) {
    return recentTrades(call);
  }
  const limit = limitIn(values, usualLimit, maximumLimit);
  return exchange.market.tradesFrom(symbol, from, limit, exchange.clock.now().getTime());
}

/** What trades of both markets show. */
export function tradeJson({ id, time, price, quantity, quoteQuantity, isBuyerMaker }: Trade): object {
  return {
    id,
    price: formatDecimal(price),
    qty: formatDecimal(quantity),
    quoteQty: formatDecimal(quoteQuantity),
    time,
    isBuyerMaker,
  };
}

function spotTradeJson(trade: Trade): object {
  return { ...tradeJson(trade), isBestMatch: true };
}

/** Here no two trades have the same taker, so that none are aggregated: both kinds of trades have the same ids. */
function aggregateTrades(call: Call): object {
  return aggregated(call).map(({ id, price, quantity, time, isBuyerMaker }) => ({
    a: id,
    p: formatDecimal(price),
    q: formatDecimal(quantity),
    ...{ f: id, l: id, T: time, m: isBuyerMaker, M: true },
  }));
}

/** Documented: from an id or a time on, or else the most recent ones until a time. */
export function aggregated(call: Call): Trade[] {
  const { exchange, values } = call;
  const { market } = exchange;
  const { symbol } = symbolIn(call);
  const now = exchange.clock.now().getTime();
  const limit = limitIn(values, usualLimit, maximumLimit);
  const [id, start] = [wholeNumberIn(values, "fromId"), timeIn(values, "startTime")];
  const end = Math.min(timeIn(values, "endTime") ?? now, now);
  if (id !== undefined && (start !== undefined || values.has("endTime"))) {
    // assumed: the error. Documented: only that each of them exists.
    throw badCombination();
  }
  if (id !== undefined) {
    return market.tradesFrom(symbol, id, limit, now);
  }
  const first = market.summary(symbol, start ?? 0, end + 1);
  if (first === undefined) {
    return [];
  }
  const from = start === undefined ? first.lastTradeId - limit + 1 : first.firstTradeId;
  return market.tradesFrom(symbol, from, limit, end);
}

/** Nobody makes block trades here. */
function noBlockTrades(call: Call): object {
  symbolIn(call);
  return [];
}
