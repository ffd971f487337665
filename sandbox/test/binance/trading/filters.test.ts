import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { SymbolFilters } from "../../../binance/catalogue/filters.ts";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { parseDecimal } from "../../../binance/decimal.ts";
import { ErrorAnswer } from "../../../binance/errors.ts";
import { checkFilters, failedFilters } from "../../../binance/trading/filters.ts";
import type { OrderRequest } from "../../../binance/trading/order.ts";
import { order } from "./support.ts";

const numRuns = Number(process.env.BINANCE_CASES ?? 300);

interface Case {
  request: OrderRequest;
  filters: SymbolFilters;
  companions: OrderRequest[];
}

const valid: Case = {
  request: order({
    ...{ type: "STOP_LOSS_LIMIT", quantity: "0.01", price: "90000", stopPrice: "90000" },
    ...{ iceberg: "0.01", trailingDelta: 100 },
  }),
  filters: filtersOf("BTCUSDC"),
  companions: [order({})],
};

function filtersOf(name: string): SymbolFilters {
  const symbol = newSymbols().find((one) => one.symbol === name);
  if (!symbol) {
    throw new Error(`there is no symbol ${name}`);
  }
  return symbol.filters;
}

const offTick = 1n;
const billion = parseDecimal("1000000000");
const half = parseDecimal("0.5");

/** How to break each filter without breaking another, in the order in which filters.md lists them. */
const breaking: [string, (from: Case) => Case][] = [
  ["PRICE_FILTER", (from) => withRequest(from, { stopPrice: from.request.stopPrice + offTick })],
  [
    "PERCENT_PRICE_BY_SIDE",
    (from) =>
      withFilters(from, {
        percentPriceBySide: { ...from.filters.percentPriceBySide, bidMultiplierUp: half },
      }),
  ],
  ["LOT_SIZE", (from) => withRequest(from, { quantity: from.request.quantity - 1n })],
  ["NOTIONAL", (from) => withFilters(from, { notional: { ...from.filters.notional, minNotional: billion } })],
  ["ICEBERG_PARTS", (from) => withFilters(from, { icebergParts: 0 })],
  ["MAX_NUM_ORDERS", (from) => withFilters(from, { maxNumOrders: 1 })],
  ["MAX_NUM_ALGO_ORDERS", (from) => withFilters(from, { maxNumAlgoOrders: 0 })],
  ["TRAILING_DELTA", (from) => withRequest(from, { trailingDelta: 1 })],
  ["MAX_NUM_ORDER_LISTS", (from) => withFilters(from, { maxNumOrderLists: 0 })],
];

function withRequest(from: Case, change: Partial<OrderRequest>): Case {
  return { ...from, request: { ...from.request, ...change } };
}

function withFilters(from: Case, change: Partial<SymbolFilters>): Case {
  return { ...from, filters: { ...from.filters, ...change } };
}

function contextOf({ filters, companions }: Case) {
  const averagePrice = () => parseDecimal("90000");
  return { filters, companions, averagePrice, openOrders: [], openLists: 0 };
}

function refusal(one: Case): string {
  try {
    checkFilters(one.request, contextOf(one));
    return "none";
  } catch (error) {
    return error instanceof ErrorAnswer ? error.message : String(error);
  }
}

test("of several filters that an order fails, the one that is documented first is reported", () => {
  fc.assert(
    fc.property(fc.subarray(breaking), (broken) => {
      const one = broken.reduce((from, [, change]) => change(from), valid);
      const names = broken.map(([name]) => name);
      expect(failedFilters(one.request, contextOf(one))).toEqual(names);
      const first = names[0] === undefined ? "none" : `{"code":-1013,"msg":"Filter failure: ${names[0]}"}`;
      expect(refusal(one)).toBe(first);
    }),
    { numRuns },
  );
});

test.each([
  ["0.00001", "accepted at the lower end", []],
  ["9000", "accepted at the upper end", []],
  ["0", "too small", ["LOT_SIZE", "NOTIONAL"]],
  ["9000.00001", "too large", ["LOT_SIZE"]],
])("a quantity of %s is %s", (quantity, _about, failed) => {
  const request = order({ quantity, price: "900000" });
  const context = { ...contextOf(valid), companions: [], averagePrice: () => parseDecimal("900000") };
  expect(failedFilters(request, { ...context, filters: lowNotional(valid.filters) })).toEqual(failed);
});

/** Any value but zero is accepted. */
function lowNotional(filters: SymbolFilters): SymbolFilters {
  return { ...filters, notional: { ...filters.notional, minNotional: 1n, maxNotional: 0n } };
}

test.each([
  [{ type: "MARKET", quantity: "0.00005" }, ["NOTIONAL"]],
  [{ type: "MARKET", quantity: "0.0001" }, []],
  [{ type: "MARKET", quote: "4.99" }, ["NOTIONAL"]],
  [{ type: "MARKET", quote: "5" }, []],
  [{ type: "LIMIT", quantity: "200", price: "90000" }, ["NOTIONAL"]],
  [{ type: "MARKET", quantity: "200" }, ["MARKET_LOT_SIZE"]],
] as const)("the value of an order has its limits: %j", (typed, failed) => {
  expect(failedFilters(order(typed), { ...contextOf(valid), companions: [] })).toEqual(failed);
});
