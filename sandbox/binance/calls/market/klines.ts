import type { Call, Route } from "../../call.ts";
import { formatDecimal } from "../../decimal.ts";
import type { Kline } from "../../market/types.ts";
import { intervalIn, limitIn, symbolIn, timeIn, timeZoneIn } from "./parameters.ts";

/** Documented: uiKlines are made for charts. assumed: here they are the same. */
export const klineRoutes: Route[] = ["klines", "uiKlines"].map((name) => ({
  method: "GET",
  path: `/api/v3/${name}`,
  weight: 2,
  security: "NONE",
  parameters: ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"],
  answer,
}));

function answer(call: Call): object {
  return klinesOf(call, symbolIn(call).symbol, 1000);
}

/** The klines that a request is about, of a symbol. */
export function klinesOf(call: Call, symbol: string, maximum: number): object {
  const { exchange, values } = call;
  const query = {
    interval: intervalIn(values),
    offset: timeZoneIn(values),
    from: timeIn(values, "startTime"),
    to: timeIn(values, "endTime"),
    limit: limitIn(values, 500, maximum),
  };
  return exchange.market.klines(symbol, query, exchange.clock.now().getTime()).map(klineJson);
}

function klineJson(kline: Kline): (string | number)[] {
  return [
    kline.openTime,
    ...[kline.open, kline.high, kline.low, kline.close, kline.volume].map(formatDecimal),
    kline.closeTime,
    formatDecimal(kline.quoteVolume),
    kline.lastTradeId - kline.firstTradeId + 1,
    formatDecimal(kline.takerBuyVolume),
    formatDecimal(kline.takerBuyQuoteVolume),
    // Documented: not used.
    "0",
  ];
}
