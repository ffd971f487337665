import { describe, expect, test } from "@jest/globals";
import { parseDecimal } from "../../../binance/decimal.ts";
import type { OtoRequest, PlacedList } from "../../../binance/trading/oto.ts";
import { amounts, order, place, quiet, refusal, type TradingFloor } from "./support.ts";

describe("an OCO", () => {
  const legs = {
    symbol: "BTCUSDC",
    above: order({ type: "LIMIT_MAKER", side: "SELL", quantity: "0.5", price: "91000" }),
    below: order({ type: "STOP_LOSS", side: "SELL", quantity: "0.5", stopPrice: "89000" }),
  };

  test.each([
    ["91001", ["EXPIRED", "FILLED"]],
    ["88000", ["FILLED", "EXPIRED"]],
  ])("locks its funds once, and one of its orders ends the other: at %s", (price, statuses) => {
    const floor = quiet();
    const list = floor.engine.placeOco(legs);
    expect(amounts(floor, "BTC")).toEqual(["9.5", "0.5"]);
    floor.pin("BTCUSDC", price);
    const orders = floor.engine.ordersOf(list);
    expect(orders.map(({ status }) => status)).toEqual(statuses);
    expect(orders.find(({ status }) => status === "EXPIRED")?.expiryReason).toBe("OCO_TRIGGER");
    expect(list.isDone).toBe(true);
    expect(amounts(floor, "BTC")).toEqual(["9.5", "0"]);
  });

  test("to buy locks what the dearer order needs", () => {
    const floor = quiet();
    floor.engine.placeOco({
      symbol: "BTCUSDC",
      above: order({ type: "STOP_LOSS_LIMIT", quantity: "0.5", price: "92000", stopPrice: "91000" }),
      below: order({ type: "LIMIT_MAKER", quantity: "0.5", price: "89000" }),
    });
    expect(amounts(floor, "USDC")).toEqual(["954000", "46000"]);
    floor.pin("BTCUSDC", "88000");
    expect(amounts(floor, "USDC")).toEqual(["955500", "0"]);
  });

  test("is canceled as a whole", () => {
    const floor = quiet();
    const list = floor.engine.placeOco(legs);
    const [orderId = 0] = list.orderIds;
    floor.engine.cancel("BTCUSDC", { orderId });
    expect(floor.engine.ordersOf(list).map(({ status }) => status)).toEqual(["CANCELED", "CANCELED"]);
    expect(amounts(floor, "BTC")).toEqual(["10", "0"]);
  });

  test("is refused if its prices or types don't fit", () => {
    const floor = quiet();
    const { above, below } = legs;
    const oco = (first: Partial<typeof above>, second: Partial<typeof below>) => () =>
      floor.engine.placeOco({
        symbol: "BTCUSDC",
        above: { ...above, ...first },
        below: { ...below, ...second },
      });
    expect(refusal(oco({ price: parseDecimal("89900") }, {}))).toContain("The relationship of the prices");
    expect(refusal(oco({}, { stopPrice: parseDecimal("90100") }))).toContain(
      "The relationship of the prices",
    );
    const takeProfit = { type: "TAKE_PROFIT_LIMIT", stopPrice: parseDecimal("90500") } as const;
    expect(refusal(oco(takeProfit, {}))).toBe("accepted");
    expect(refusal(oco({ ...takeProfit, price: parseDecimal("89900") }, {}))).toContain(
      "The relationship of",
    );
    expect(refusal(oco(below, above))).toContain("A limit order in a sell OCO must be above.");
    expect(refusal(oco({}, above))).toContain("At least one OCO order must be contingent.");
  });
});

/** Buys 0.5 BTC at 89,000, and then does something with it. */
function oto(pending: OtoRequest["pending"], changes: Partial<OtoRequest> = {}): OtoRequest {
  const working = order({ quantity: "0.5", price: "89000" });
  return { symbol: "BTCUSDC", working, pending, isPaying: false, ...changes };
}

const sale = order({ side: "SELL", quantity: "0.5", price: "92000" });
const pair = {
  above: order({ type: "LIMIT_MAKER", side: "SELL", quantity: "0.5", price: "92000" }),
  below: order({ type: "STOP_LOSS", side: "SELL", quantity: "0.5", stopPrice: "87000" }),
};

/** The same orders without a quantity, because the working order pays for them. */
const paidPair = { above: { ...pair.above, quantity: 0n }, below: { ...pair.below, quantity: 0n } };

function statuses({ engine }: TradingFloor, { list }: PlacedList): string[] {
  return engine.ordersOf(list).map(({ status }) => status);
}

function reasons({ engine }: TradingFloor, { list }: PlacedList): (string | undefined)[] {
  return engine.ordersOf(list).map(({ expiryReason }) => expiryReason);
}

describe("an OTO", () => {
  test("places its pending order when the working one is filled, and then ends with it", () => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto(sale));
    expect(statuses(floor, placed)).toEqual(["NEW", "PENDING_NEW"]);
    expect([amounts(floor, "USDC"), amounts(floor, "BTC")]).toEqual([
      ["955500", "44500"],
      ["10", "0"],
    ]);
    const [working] = placed.orders;
    floor.engine.fill(working?.id ?? 0, parseDecimal("0.2"));
    expect(statuses(floor, placed)).toEqual(["PARTIALLY_FILLED", "PENDING_NEW"]);
    floor.pin("BTCUSDC", "88000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "NEW"]);
    expect(amounts(floor, "BTC")).toEqual(["9.9995", "0.5"]);
    floor.pin("BTCUSDC", "92001");
    expect(statuses(floor, placed)).toEqual(["FILLED", "FILLED"]);
    expect(placed.list.isDone).toBe(true);
    expect(floor.engine.balances.locked("BTC")).toBe(0n);
  });

  test("whose working order is filled at once shows the pending order as it was before", () => {
    const floor = quiet();
    const working = order({ quantity: "0.1", price: "90100" });
    const market = order({ type: "MARKET", side: "SELL", quantity: "0.05" });
    const placed = floor.engine.placeOto(oto(market, { working }));
    expect(placed.orders.map(({ status }) => status)).toEqual(["FILLED", "PENDING_NEW"]);
    expect(placed.list.isDone).toBe(false);
    expect(statuses(floor, placed)).toEqual(["FILLED", "FILLED"]);
    expect(floor.engine.list({ id: placed.list.id })?.isDone).toBe(true);
  });

  test("expires as a whole if its working order does", () => {
    const floor = quiet();
    const working = order({ quantity: "0.5", price: "89000", timeInForce: "IOC" });
    const placed = floor.engine.placeOto(oto(pair, { working }));
    expect(statuses(floor, placed)).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
    expect(reasons(floor, placed)).toEqual([
      "UNFILLED_IOC_QUANTITY_EXPIRED",
      "OTO_PHASE_ONE_EXPIRED",
      "OTO_PHASE_ONE_EXPIRED",
    ]);
    expect(placed.list.isDone).toBe(true);
    expect(amounts(floor, "USDC")).toEqual(["1000000", "0"]);
  });

  test.each([0, 1])("is canceled as a whole by a cancel of its order %i", (index) => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto(sale));
    floor.engine.cancel("BTCUSDC", { orderId: placed.orders[index]?.id });
    expect(statuses(floor, placed)).toEqual(["CANCELED", "CANCELED"]);
    expect(amounts(floor, "USDC")).toEqual(["1000000", "0"]);
  });

  test("whose pending order can't be paid when its turn comes loses it", () => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto({ ...sale, quantity: parseDecimal("20") }));
    floor.pin("BTCUSDC", "88000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "EXPIRED"]);
    expect(reasons(floor, placed)).toEqual([undefined, "REJECTED"]);
  });

  test("counts two orders, and is refused if the working order is", () => {
    const floor = quiet();
    floor.engine.placeOto(oto(sale));
    expect(floor.engine.count.at(floor.clock.now().getTime())).toEqual([2, 2]);
    const poor = oto(sale, { working: order({ quantity: "20", price: "89000" }) });
    expect(refusal(() => floor.engine.placeOto(poor))).toContain("insufficient balance");
    const sameId = { ...sale, clientOrderId: "same" };
    const twice = oto(sameId, { working: { ...oto(sale).working, clientOrderId: "same" } });
    expect(refusal(() => floor.engine.placeOto(twice))).toContain("Duplicate order sent.");
    const wrong = oto({ ...sale, price: 1n });
    expect(refusal(() => floor.engine.placeOto(wrong))).toContain("PRICE_FILTER");
    expect(floor.engine.count.at(floor.clock.now().getTime())).toEqual([2, 2]);
  });

  test("reports its orders, its steps and its end", () => {
    const floor = quiet();
    floor.events.length = 0;
    const { orders } = floor.engine.placeOto(oto(sale));
    floor.engine.fill(orders[0]?.id ?? 0);
    floor.engine.amend("BTCUSDC", { orderId: orders[1]?.id }, parseDecimal("0.4"), "less");
    floor.engine.cancel("BTCUSDC", { orderId: orders[1]?.id });
    expect(
      floor.events.filter(({ e }) => e !== "outboundAccountPosition").map((event) => ({ ...event })),
    ).toMatchObject([
      { e: "listStatus", c: "OTO", l: "EXEC_STARTED", L: "EXECUTING" },
      { e: "executionReport", x: "NEW", X: "NEW", S: "BUY", w: true },
      { e: "executionReport", x: "NEW", X: "PENDING_NEW", S: "SELL", w: false },
      { e: "executionReport", x: "TRADE", X: "FILLED", S: "BUY" },
      { e: "executionReport", x: "NEW", X: "NEW", S: "SELL", w: true },
      { e: "executionReport", x: "REPLACED", X: "NEW", q: "0.40000000" },
      { e: "listStatus", l: "UPDATED", L: "EXECUTING" },
      { e: "executionReport", x: "CANCELED", S: "SELL" },
      { e: "listStatus", l: "ALL_DONE", L: "ALL_DONE" },
    ]);
  });

  test("lets each of its orders be amended alone", () => {
    const floor = quiet();
    const { orders } = floor.engine.placeOto(oto(sale));
    floor.engine.amend("BTCUSDC", { orderId: orders[1]?.id }, parseDecimal("0.3"));
    expect(orders.map(({ quantity }) => quantity)).toEqual([parseDecimal("0.5"), parseDecimal("0.3")]);
  });
});

describe("an OTOCO", () => {
  test.each([
    ["92001", ["FILLED", "EXPIRED", "FILLED"]],
    ["86000", ["FILLED", "FILLED", "EXPIRED"]],
  ])("places an OCO, of which one order is filled: at %s", (price, ended) => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto(pair));
    floor.pin("BTCUSDC", "88000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "NEW", "NEW"]);
    expect(floor.engine.balances.locked("BTC")).toBe(parseDecimal("0.5"));
    floor.pin("BTCUSDC", price);
    expect(statuses(floor, placed)).toEqual(ended);
    expect(placed.list.isDone).toBe(true);
    expect(floor.engine.balances.locked("BTC")).toBe(0n);
  });

  test("loses its pair if the working order's price is not between its prices", () => {
    const floor = quiet();
    const below = { ...pair.below, stopPrice: parseDecimal("89500") };
    const placed = floor.engine.placeOto(oto({ ...pair, below }));
    floor.pin("BTCUSDC", "88000");
    expect(reasons(floor, placed)).toEqual([undefined, "REJECTED", "REJECTED"]);
    expect(placed.list.isDone).toBe(true);
  });

  test("has the rules of an OCO for its types", () => {
    const floor = quiet();
    const placed = (above: object, below: object) => () =>
      floor.engine.placeOto(oto({ above: { ...pair.above, ...above }, below: { ...pair.below, ...below } }));
    expect(refusal(placed({ type: "LIMIT" }, {}))).toContain("Order type not supported in OCO.");
    expect(refusal(placed({}, { type: "TAKE_PROFIT" }))).toContain(
      "A take profit order in a sell OCO must be above.",
    );
    expect(refusal(placed({ type: "STOP_LOSS", stopPrice: parseDecimal("92000") }, {}))).toContain(
      "A stop loss order in a sell OCO must be below.",
    );
  });
});

describe("an OPO", () => {
  const empty = { ...sale, quantity: 0n };

  test("locks what the working order buys, and sells it", () => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto(empty, { isPaying: true }));
    const [working, pending] = placed.orders;
    floor.engine.fill(working?.id ?? 0, parseDecimal("0.2"));
    // The commission of 0.0002 is taken from what was free before.
    expect(amounts(floor, "BTC")).toEqual(["9.9998", "0.2"]);
    expect(
      refusal(() => floor.engine.amend("BTCUSDC", { orderId: pending?.id }, parseDecimal("0.1"))),
    ).toContain("Order amend (pending OPO order) is not supported.");
    floor.pin("BTCUSDC", "88000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "NEW"]);
    expect(pending?.quantity).toBe(parseDecimal("0.5"));
    expect(amounts(floor, "BTC")).toEqual(["9.9995", "0.5"]);
  });

  test("sells less by the commission if nothing else is free, in steps of the quantity", () => {
    const floor = quiet();
    floor.engine.setBalance("BTC", 0n, 0n);
    const placed = floor.engine.placeOto(oto(paidPair, { isPaying: true }));
    floor.pin("BTCUSDC", "88000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "NEW", "NEW"]);
    expect(amounts(floor, "BTC")).toEqual(["0", "0.4995"]);
    floor.pin("BTCUSDC", "86000");
    expect(statuses(floor, placed)).toEqual(["FILLED", "FILLED", "EXPIRED"]);
    expect(amounts(floor, "BTC")).toEqual(["0", "0"]);
  });

  test("frees what was bought if it is canceled", () => {
    const floor = quiet();
    const placed = floor.engine.placeOto(oto(paidPair, { isPaying: true }));
    floor.engine.fill(placed.orders[0]?.id ?? 0, parseDecimal("0.2"));
    floor.engine.cancelList("BTCUSDC", { id: placed.list.id });
    expect(amounts(floor, "BTC")).toEqual(["10.1998", "0"]);
    expect(amounts(floor, "USDC")).toEqual(["982200", "0"]);
  });

  test("buys first and sells then", () => {
    const floor = quiet();
    const selling = { working: { ...sale, quantity: parseDecimal("0.5") }, isPaying: true };
    expect(refusal(() => floor.engine.placeOto(oto(empty, selling)))).toContain(
      "Working order in an OPO list must be a bid.",
    );
    expect(
      refusal(() => floor.engine.placeOto(oto({ ...empty, side: "BUY" }, { isPaying: true }))),
    ).toContain("Pending orders in an OPO list must be asks.");
  });
});

test("what a pending order of an OPO will sell can't be sold by another order", () => {
  const floor = quiet();
  floor.engine.setBalance("BTC", 0n, 0n);
  const placed = floor.engine.placeOto(oto({ ...sale, quantity: 0n }, { isPaying: true }));
  floor.engine.fill(placed.orders[0]?.id ?? 0, parseDecimal("0.2"));
  expect(refusal(() => place(floor, { type: "MARKET", side: "SELL", quantity: "0.1" }))).toContain(
    "insufficient balance",
  );
});
