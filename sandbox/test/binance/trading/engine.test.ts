import { describe, expect, test } from "@jest/globals";
import { formatDecimal, formatShort, parseDecimal, sum } from "../../../binance/decimal.ts";
import { amounts, openMarket, place, quiet, refusal, stateOf } from "./support.ts";

describe("a market order", () => {
  test("takes the book's best prices, and pays the commission from what it receives", () => {
    const floor = quiet();
    const { asks } = floor.market.book("BTCUSDC", floor.clock.now().getTime());
    const bought = place(floor, { type: "MARKET", quantity: "0.5" });
    expect(stateOf(bought)).toEqual(["FILLED", "0.5"]);
    expect(bought.fills[0]?.price).toBe(asks[0]?.price);
    expect(sum(bought.fills.map(({ quantity }) => quantity))).toBe(bought.executed);
    expect(sum(bought.fills.map(({ quote }) => quote))).toBe(bought.executedQuote);
    for (const { quantity, commission, commissionAsset } of bought.fills) {
      expect([commission, commissionAsset]).toEqual([quantity / 1000n, "BTC"]);
    }
    const commission = sum(bought.fills.map((fill) => fill.commission));
    expect(floor.engine.balances.free("BTC")).toBe(parseDecimal("10.5") - commission);
    expect(floor.engine.balances.free("USDC")).toBe(parseDecimal("1000000") - bought.executedQuote);
    expect(amounts(floor, "USDC")[1]).toBe("0");
  });

  test("spends an amount of the quote asset as far as the step of the quantity allows", () => {
    const floor = quiet();
    const bought = place(floor, { type: "MARKET", quote: "100" });
    expect(bought.status).toBe("FILLED");
    const { stepSize } = floor.market.symbol("BTCUSDC")?.filters.lotSize ?? { stepSize: 1n };
    expect(bought.executed % stepSize).toBe(0n);
    expect(bought.executedQuote).toBeLessThanOrEqual(parseDecimal("100"));
    expect(bought.executedQuote).toBeGreaterThan(parseDecimal("99"));
    const sold = place(floor, { type: "MARKET", side: "SELL", quote: "100" });
    expect(sold.executedQuote).toBeGreaterThan(parseDecimal("99"));
  });

  test("is refused if the account can't pay it", () => {
    const floor = quiet();
    const text = "Account has insufficient balance for requested action.";
    expect(refusal(() => place(floor, { type: "MARKET", quantity: "20" }))).toContain(text);
    expect(refusal(() => place(floor, { type: "MARKET", quote: "1000001" }))).toContain(text);
    expect(refusal(() => place(floor, { type: "MARKET", side: "SELL", quantity: "11" }))).toContain(text);
  });

  test("pays its commission in BNB with a discount, as long as there is enough", () => {
    const floor = quiet({ paysInBnb: true });
    floor.pin("BNBUSDC", "900");
    const sold = place(floor, { type: "MARKET", side: "SELL", quantity: "0.1" });
    const [fill] = sold.fills;
    // 0.075 % of the value, at 900 USDC a BNB.
    expect([fill?.commissionAsset, fill?.commission]).toEqual([
      "BNB",
      ((fill?.quote ?? 0n) * 75n) / 100_000n / 900n,
    ]);
    floor.engine.setBalance("BNB", 0n, 0n);
    expect(place(floor, { type: "MARKET", side: "SELL", quantity: "0.1" }).fills[0]?.commissionAsset).toBe(
      "USDC",
    );
  });

  test("can sell all BNB, although commissions are paid in BNB", () => {
    const floor = openMarket({ paysInBnb: true });
    const sold = place(floor, { symbol: "BNBUSDC", type: "MARKET", side: "SELL", quantity: "100" });
    expect(sold.status).toBe("FILLED");
    expect(floor.engine.balances.free("BNB")).toBe(0n);
  });
});

describe("a limit order", () => {
  test("rests, locks what it may cost, and is filled when the market trades through it", () => {
    const floor = quiet();
    const resting = place(floor, { quantity: "0.5", price: "89000" });
    expect(stateOf(resting)).toEqual(["NEW", "0"]);
    expect(amounts(floor, "USDC")).toEqual(["955500", "44500"]);
    floor.pin("BTCUSDC", "89000.01");
    expect(stateOf(resting)).toEqual(["NEW", "0"]);
    floor.pin("BTCUSDC", "88000");
    expect(stateOf(resting)).toEqual(["FILLED", "0.5"]);
    expect(resting.fills).toMatchObject([{ price: parseDecimal("89000"), isMaker: true, isBuyer: true }]);
    expect(amounts(floor, "USDC")).toEqual(["955500", "0"]);
    expect(amounts(floor, "BTC")).toEqual(["10.4995", "0"]);
  });

  test("is filled partly by trades that only touch its price", () => {
    const floor = quiet();
    const resting = place(floor, { side: "SELL", quantity: "9", price: "90100" });
    floor.market.pinPrice("BTCUSDC", parseDecimal("90100"), floor.clock.now().getTime());
    floor.clock.advance(300);
    floor.engine.advance();
    expect(resting.status).toBe("PARTIALLY_FILLED");
    expect(floor.engine.balances.locked("BTC")).toBe(parseDecimal("9") - resting.executed);
    const trades = floor.engine.myTrades("BTCUSDC");
    expect(trades.length).toBeGreaterThan(1);
    expect(sum(trades.map(({ quantity }) => quantity))).toBe(resting.executed);
    expect(new Set(trades.map(({ id }) => id)).size).toBe(trades.length);
  });

  test("that crosses the book takes from it up to its price, and the rest rests", () => {
    const floor = quiet();
    const { asks } = floor.market.book("BTCUSDC", floor.clock.now().getTime());
    const [best] = asks;
    const price = formatDecimal(best?.price ?? 0n);
    const crossing = place(floor, { quantity: "10", price });
    expect([crossing.status, crossing.executed]).toEqual(["PARTIALLY_FILLED", best?.quantity]);
    expect(refusal(() => place(floor, { type: "LIMIT_MAKER", quantity: "0.1", price }))).toContain(
      "Order would immediately match and take.",
    );
    const immediate = place(floor, { quantity: "1", price, timeInForce: "FOK", side: "SELL" });
    expect([immediate.status, immediate.expiryReason]).toEqual(["EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED"]);
    expect(
      place(floor, { quantity: "0.1", price: "90000", side: "SELL", timeInForce: "IOC" }).expiryReason,
    ).toBe("UNFILLED_IOC_QUANTITY_EXPIRED");
  });

  test("frees its funds when it is canceled, and its id may be used again", () => {
    const floor = quiet();
    const sent = { quantity: "0.5", price: "89000", clientOrderId: "mine" };
    const first = place(floor, sent);
    expect(refusal(() => place(floor, sent))).toContain("Duplicate order sent.");
    floor.engine.cancel("BTCUSDC", { clientOrderId: "mine" });
    expect(first.status).toBe("CANCELED");
    expect(amounts(floor, "USDC")).toEqual(["1000000", "0"]);
    const second = place(floor, sent);
    expect(floor.engine.order("BTCUSDC", { clientOrderId: "mine" })).toBe(second);
    expect(refusal(() => floor.engine.cancel("BTCUSDC", { orderId: first.id }))).toContain(
      "Unknown order sent.",
    );
    expect(
      refusal(() => floor.engine.cancel("BTCUSDC", { orderId: second.id, clientOrderId: "other" })),
    ).toContain("Unknown order sent.");
  });

  test("is found by its client id, also if a newer one that is done has had it since", () => {
    const floor = quiet();
    const sent = { quantity: "0.5", price: "89000", clientOrderId: "mine" };
    const amend = (from: string, to: string, quantity: string) =>
      floor.engine.amend("BTCUSDC", { clientOrderId: from }, parseDecimal(quantity), to);
    const first = place(floor, sent);
    amend("mine", "renamed", "0.4");
    place(floor, sent);
    floor.engine.cancel("BTCUSDC", { clientOrderId: "mine" });
    amend("renamed", "mine", "0.3");
    floor.engine.cancel("BTCUSDC", { clientOrderId: "mine" });
    expect(first.status).toBe("CANCELED");
  });

  test("keeps its place when its quantity is reduced", () => {
    const floor = quiet();
    const { id } = place(floor, { quantity: "0.5", price: "89000" });
    const { order: amended } = floor.engine.amend("BTCUSDC", { orderId: id }, parseDecimal("0.2"));
    expect([amended.id, formatShort(amended.quantity)]).toEqual([id, "0.2"]);
    expect(amounts(floor, "USDC")).toEqual(["982200", "17800"]);
    for (const [quantity, text] of [
      ["0.2", "change no state"],
      ["0.3", "quantity increase"],
      ["0.0000001", "LOT_SIZE"],
    ] as const) {
      expect(refusal(() => floor.engine.amend("BTCUSDC", { orderId: id }, parseDecimal(quantity)))).toContain(
        text,
      );
    }
  });
});

describe("a stop order", () => {
  test.each([
    [{ type: "STOP_LOSS", side: "SELL", stopPrice: "89000" }, "89000.01", "89000"],
    [{ type: "TAKE_PROFIT", side: "SELL", stopPrice: "91000" }, "90999.99", "91000"],
    [{ type: "STOP_LOSS", side: "BUY", stopPrice: "91000" }, "90999.99", "91000"],
    [{ type: "TAKE_PROFIT", side: "BUY", stopPrice: "89000" }, "89000.01", "88999"],
  ] as const)("waits for its price, and takes any price then: %j", (typed, before, after) => {
    const floor = quiet();
    const waiting = place(floor, { quantity: "0.1", ...typed });
    floor.pin("BTCUSDC", before);
    expect([waiting.status, waiting.workingTime]).toEqual(["NEW", -1]);
    floor.pin("BTCUSDC", after);
    expect(stateOf(waiting)).toEqual(["FILLED", "0.1"]);
    expect(waiting.fills[0]?.isMaker).toBe(false);
    expect(amounts(floor, typed.side === "SELL" ? "BTC" : "USDC")[1]).toBe("0");
  });

  test("with a limit comes into the book when it is triggered", () => {
    const floor = quiet();
    const waiting = place(floor, {
      ...{ type: "STOP_LOSS_LIMIT", side: "SELL", quantity: "0.1", price: "89500", stopPrice: "89000" },
    });
    floor.pin("BTCUSDC", "89000");
    expect(waiting.status).toBe("NEW");
    expect(waiting.workingTime).toBeGreaterThan(waiting.time);
    floor.pin("BTCUSDC", "89600");
    expect(waiting.fills).toMatchObject([{ price: parseDecimal("89500"), isMaker: true }]);
  });

  test("is refused if it would be triggered at once", () => {
    const floor = quiet();
    for (const typed of [
      { type: "STOP_LOSS", side: "SELL", stopPrice: "90000" },
      { type: "TAKE_PROFIT", side: "SELL", stopPrice: "90000" },
      { type: "STOP_LOSS", side: "BUY", stopPrice: "89999" },
    ] as const) {
      expect(refusal(() => place(floor, { quantity: "0.1", ...typed }))).toContain(
        "Order would trigger immediately.",
      );
    }
  });

  test("follows the price, and is triggered when it turns back", () => {
    const floor = quiet();
    const trailing = place(floor, { type: "STOP_LOSS", side: "SELL", quantity: "0.1", trailingDelta: 100 });
    for (const price of ["91000", "95000", "94100"]) {
      floor.pin("BTCUSDC", price);
      expect(trailing.status).toBe("NEW");
    }
    expect(formatShort(trailing.trailingExtreme)).toBe("95000");
    floor.pin("BTCUSDC", "94050");
    expect(trailing.status).toBe("FILLED");
  });
});

describe("the events of the user", () => {
  test("report an order, its fills and the balances", () => {
    const floor = quiet();
    place(floor, { type: "MARKET", quantity: "0.00011", clientOrderId: "mine" });
    expect(floor.events).toMatchObject([
      { e: "executionReport", x: "NEW", X: "NEW", c: "mine", q: "0.00011000", t: -1, N: null },
      {
        e: "executionReport",
        x: "TRADE",
        X: "FILLED",
        l: "0.00011000",
        z: "0.00011000",
        n: "0.00000011",
        N: "BTC",
        m: false,
      },
      { e: "outboundAccountPosition", B: [{ a: "USDC" }, { a: "BTC", f: "10.00010989", l: "0.00000000" }] },
    ]);
  });

  test("report what a cancel was called", () => {
    const floor = quiet();
    const { id } = place(floor, { quantity: "0.5", price: "89000", clientOrderId: "mine" });
    floor.events.splice(0);
    floor.engine.cancel("BTCUSDC", { orderId: id }, { clientOrderId: "cancel" });
    expect(floor.events).toMatchObject([
      { e: "executionReport", x: "CANCELED", X: "CANCELED", c: "cancel", C: "mine", i: id },
      { e: "outboundAccountPosition", B: [{ a: "USDC", f: "1000000.00000000", l: "0.00000000" }] },
    ]);
  });

  test("report a fill with the time of the market's trade, even if nobody asked at that time", () => {
    const floor = quiet();
    place(floor, { quantity: "0.5", price: "89000" });
    floor.events.splice(0);
    const now = floor.clock.now().getTime();
    floor.market.pinPrice("BTCUSDC", parseDecimal("88000"), now);
    const next = floor.engine.nextEventUntil(now + 3_600_000) ?? 0;
    expect(next).toBeGreaterThan(now);
    expect(next).toBeLessThanOrEqual(now + 200);
    floor.clock.advance(3_600_000);
    floor.engine.advance();
    expect(floor.events[0]).toMatchObject({ x: "TRADE", T: next, m: true });
    expect(floor.engine.nextEventUntil(now + 7_200_000)).toBeUndefined();
  });

  test("report deposits", () => {
    const floor = quiet();
    floor.engine.transfer("USDC", -parseDecimal("100"));
    expect(floor.events).toMatchObject([
      { e: "balanceUpdate", a: "USDC", d: "-100.00000000" },
      { e: "outboundAccountPosition", B: [{ a: "USDC", f: "999900.00000000" }] },
    ]);
    expect(() => {
      floor.engine.transfer("ETH", -parseDecimal("101"));
    }).toThrow("only 100 ETH are free");
  });
});

test("too many orders that aren't filled are refused until the interval ends", () => {
  const floor = quiet();
  floor.clock.advance(9000);
  const resting = () => place(floor, { quantity: "0.001", price: "80000" });
  for (let count = 0; count < 100; count += 1) {
    resting();
  }
  expect(refusal(resting)).toContain("Too many new orders; current limit is 100 orders per 10 SECOND.");
  floor.clock.advance(10_000);
  resting();
  expect(floor.engine.count.at(floor.clock.now().getTime())).toEqual([1, 101]);
  place(floor, { type: "MARKET", quantity: "0.001" });
  expect(floor.engine.count.at(floor.clock.now().getTime())).toEqual([1, 101]);
});

test("a refused order doesn't count", () => {
  const floor = quiet();
  refusal(() => place(floor, { quantity: "20", price: "89000" }));
  refusal(() => place(floor, { quantity: "0.000001", price: "89000" }));
  expect(floor.engine.count.at(floor.clock.now().getTime())).toEqual([0, 0]);
});
