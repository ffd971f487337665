import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { followPrice, type Trail } from "../../../binance/trading/retracement.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";
import { newMarket } from "./support.ts";

const symbol = "BTCUSDC";
const start = new ManualClock().now().getTime();

/** Looks at every trade. */
function followEach(market: ReturnType<typeof newMarket>, trail: Trail, from: number, to: number) {
  let { extreme } = trail;
  for (const trade of market.tradesBetween(symbol, from + 1, to + 1)) {
    const isBetter = trail.side === "SELL" ? trade.price > extreme : trade.price < extreme;
    extreme = isBetter ? trade.price : extreme;
    const [part, whole] = [BigInt(trail.delta), 10_000n];
    const isBack =
      trail.side === "SELL"
        ? trade.price * whole <= extreme * (whole - part)
        : trade.price * whole >= extreme * (whole + part);
    if (isBack) {
      return { trade };
    }
  }
  return { extreme };
}

test("the search for the trade that triggers a trailing stop finds what a look at every trade finds", () => {
  const market = newMarket();
  const side = fc.constantFrom("BUY", "SELL");
  const delay = fc.integer({ min: 0, max: 3_600_000 });
  fc.assert(
    fc.property(side, fc.integer({ min: 1, max: 20 }), delay, delay, (of, delta, offset, length) => {
      const from = start + offset;
      const trail: Trail = { symbol, side: of, delta, extreme: market.priceAt(symbol, from) };
      expect(followPrice(market, trail, from, from + length)).toEqual(
        followEach(market, trail, from, from + length),
      );
    }),
    { numRuns: 30 },
  );
});
