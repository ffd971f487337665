import { describe, expect, test } from "@jest/globals";
import { formatShort, multiply, parseDecimal } from "../../../binance/decimal.ts";
import { algo, openFutures, order, pin } from "./support.ts";

const btc = (text: string) => parseDecimal(text);
const usdt = parseDecimal;

/** A market whose price stands at 90,000. */
function atNinety() {
  const floor = openFutures();
  pin(floor, "BTCUSDT", usdt("90000"));
  return floor;
}

describe("the market of futures", () => {
  test("has the spot market's prices, and its own trades", () => {
    const { engine, spot, clock } = openFutures();
    const now = clock.now().getTime();
    for (const { symbol } of engine.contracts) {
      for (const time of [now, now - 86_400_000, now - 12_345_600]) {
        expect(engine.market.priceAt(symbol, time)).toBe(spot.priceAt(symbol, time));
      }
    }
    spot.movePrice("BTCUSDT", usdt("80000"), { now });
    clock.advance(500);
    expect(engine.market.priceAt("BTCUSDT", clock.now().getTime())).toBe(
      spot.priceAt("BTCUSDT", clock.now().getTime()),
    );
    const before = spot.lastTrade("BTCUSDT", clock.now().getTime()).id;
    engine.place(order({ quantity: btc("0.001") }));
    expect(spot.lastTrade("BTCUSDT", clock.now().getTime()).id).toBe(before);
  });
});

describe("a position", () => {
  test("earns what the price moved, less commissions, when it is closed", () => {
    const floor = atNinety();
    const { engine } = floor;
    const opened = engine.place(order({ quantity: btc("0.01") }));
    pin(floor, "BTCUSDT", usdt("91000"));
    expect(engine.margin().unrealized).toBeGreaterThan(usdt("9.9"));
    const closed = engine.place(order({ side: "SELL", quantity: btc("0.01"), reduceOnly: true }));
    const profit = closed.executedQuote - opened.executedQuote;
    const fees = multiply(closed.executedQuote + opened.executedQuote, usdt("0.0005"), "down");
    expect(engine.account.wallet).toBe(usdt("1000") + profit - fees);
    expect(engine.account.positions.open()).toEqual([]);
    expect(engine.isIdle).toBe(true);
  });

  test("turns to the other side if more is sold than was bought", () => {
    const { engine } = atNinety();
    engine.place(order({ quantity: btc("0.01") }));
    engine.place(order({ side: "SELL", quantity: btc("0.03") }));
    expect(engine.account.positions.open()).toMatchObject([{ side: "BOTH", amount: -btc("0.02") }]);
  });

  test("is two in hedge mode", () => {
    const { engine } = atNinety();
    engine.changePositionMode(true);
    engine.place(order({ positionSide: "LONG", quantity: btc("0.01") }));
    engine.place(order({ positionSide: "SHORT", side: "SELL", quantity: btc("0.02") }));
    expect(engine.account.positions.open()).toMatchObject([
      { side: "LONG", amount: btc("0.01") },
      { side: "SHORT", amount: -btc("0.02") },
    ]);
    const tooMuch = order({ positionSide: "SHORT", quantity: btc("0.03") });
    expect(() => engine.place(tooMuch)).toThrow("-2022");
    expect(() => engine.place(order({ quantity: btc("0.01") }))).toThrow("-4061");
    expect(() => {
      engine.changePositionMode(false);
    }).toThrow("-4068");
  });

  test("pays and gets funding every eight hours", () => {
    const floor = atNinety();
    const { engine, clock } = floor;
    engine.place(order({ quantity: btc("0.01") }));
    const before = engine.account.wallet;
    clock.advance(24 * 3_600_000);
    engine.advance();
    const paid = engine.account.incomes.filter(({ type }) => type === "FUNDING_FEE");
    expect(paid.map(({ amount }) => formatShort(amount))).toEqual(["-0.09", "-0.09", "-0.09"]);
    expect(engine.account.wallet).toBe(before - usdt("0.27"));
  });

  test("needs margin by its leverage", () => {
    const { engine } = atNinety();
    expect(() => engine.place(order({ quantity: btc("0.3") }))).toThrow("-2019");
    engine.changeLeverage("BTCUSDT", 50);
    engine.place(order({ quantity: btc("0.3") }));
    expect(engine.margin().positionInitial / 10n ** 8n).toBe(540n);
    expect(() => engine.changeLeverage("BTCUSDT", 126)).toThrow("-4028");
    expect(() => {
      engine.changeMarginType("BTCUSDT", "ISOLATED");
    }).toThrow("-4048");
  });
});

describe("an order", () => {
  test("rests and fills when the price crosses it, partly if the price only touches it", () => {
    const floor = atNinety();
    const { engine } = floor;
    const limit = { type: "LIMIT", price: usdt("89000"), quantity: btc("0.05") } as const;
    const resting = engine.place(order(limit));
    expect(resting.status).toBe("NEW");
    expect(engine.margin().initial).toBe(usdt("222.5"));
    pin(floor, "BTCUSDT", usdt("88000"));
    expect(resting).toMatchObject({ status: "FILLED", executedQuote: usdt("4450") });
    expect(engine.account.trades("BTCUSDT")).toMatchObject([{ isMaker: true, commission: usdt("0.89") }]);
  });

  test.each([
    ["-4014", { type: "LIMIT", price: 1n + usdt("90000"), quantity: btc("0.01") }],
    ["-4016", { type: "LIMIT", price: usdt("95000"), quantity: btc("0.01") }],
    ["-4024", { type: "LIMIT", side: "SELL", price: usdt("80000"), quantity: btc("0.01") }],
    ["-4164", { type: "LIMIT", price: usdt("49000"), quantity: btc("0.001") }],
    ["-4003", { quantity: 0n }],
    ["-4005", { quantity: btc("121") }],
    ["-4023", { quantity: btc("0.0015") }],
    ["-2022", { side: "SELL", quantity: btc("0.01"), reduceOnly: true }],
    ["-5022", { type: "LIMIT", timeInForce: "GTX", price: usdt("90100"), quantity: btc("0.01") }],
    ["-5021", { type: "LIMIT", timeInForce: "FOK", price: usdt("89000"), quantity: btc("0.01") }],
    ["-4061", { positionSide: "LONG", quantity: btc("0.01") }],
  ] as const)("is refused with %s", (code, different) => {
    const { engine } = atNinety();
    expect(() => engine.place(order(different))).toThrow(code);
    expect(engine.account.orders()).toEqual([]);
  });

  test("that only reduces ends with the position", () => {
    const floor = atNinety();
    const { engine } = floor;
    engine.place(order({ quantity: btc("0.01") }));
    const limit = { side: "SELL", type: "LIMIT", price: usdt("91000"), reduceOnly: true } as const;
    const resting = engine.place(order({ ...limit, quantity: btc("0.02") }));
    pin(floor, "BTCUSDT", usdt("92000"));
    expect(resting).toMatchObject({ status: "EXPIRED", executed: btc("0.01") });
    expect(engine.account.positions.open()).toEqual([]);
  });

  test("is canceled if it is changed to less than was filled", () => {
    const { engine } = atNinety();
    const resting = engine.place(order({ type: "LIMIT", price: usdt("89000"), quantity: btc("0.01") }));
    engine.fill(resting.id, btc("0.005"));
    engine.modify("BTCUSDT", { orderId: resting.id }, { price: usdt("89000"), quantity: btc("0.004") });
    expect(resting).toMatchObject({ status: "CANCELED", executed: btc("0.005"), quantity: btc("0.01") });
  });

  test("can be changed, and fills if its new price crosses", () => {
    const { engine } = atNinety();
    const resting = engine.place(order({ type: "LIMIT", price: usdt("89000"), quantity: btc("0.01") }));
    const name = { orderId: resting.id };
    const same = { price: usdt("89000"), quantity: btc("0.01") };
    expect(() => engine.modify("BTCUSDT", name, same)).toThrow("-5027");
    engine.modify("BTCUSDT", name, { price: usdt("90100"), quantity: btc("0.02") });
    expect(resting).toMatchObject({ status: "FILLED", executed: btc("0.02") });
  });
});

describe("a conditional order", () => {
  test("closes the position when the price gets there", () => {
    const floor = atNinety();
    const { engine, events } = floor;
    engine.place(order({ quantity: btc("0.01") }));
    const stop = engine.placeAlgo(algo({ triggerPrice: usdt("89000"), closePosition: true }));
    events.length = 0;
    pin(floor, "BTCUSDT", usdt("88500"));
    expect(stop).toMatchObject({ status: "FINISHED", order: { status: "FILLED", origType: "STOP_MARKET" } });
    expect(engine.account.positions.open()).toEqual([]);
    expect(events.map(({ e }) => e)).toEqual([
      ...["ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"],
      ...["ALGO_UPDATE", "ALGO_UPDATE"],
    ]);
  });

  test("becomes a limit order, or fails like one", () => {
    const floor = atNinety();
    const { engine } = floor;
    const limit = { side: "BUY", type: "STOP", triggerPrice: usdt("90500"), price: usdt("90400") } as const;
    const small = engine.placeAlgo(algo({ ...limit, quantity: btc("0.01") }));
    const large = engine.placeAlgo(algo({ ...limit, quantity: btc("0.9") }));
    pin(floor, "BTCUSDT", usdt("90600"));
    expect(small).toMatchObject({ status: "TRIGGERED", order: { type: "LIMIT", status: "NEW" } });
    expect(large).toMatchObject({ status: "REJECTED", order: undefined });
    expect(large.failure).toContain("-2019");
  });

  test.each([
    ["-2021", { triggerPrice: usdt("91000"), quantity: btc("0.01") }],
    ["-2021", { type: "TAKE_PROFIT_MARKET", triggerPrice: usdt("89000"), quantity: btc("0.01") }],
    ["-4003", { triggerPrice: usdt("89000") }],
  ] as const)("is refused with %s", (code, different) => {
    expect(() => atNinety().engine.placeAlgo(algo(different))).toThrow(code);
  });

  test("that closes a position exists once for each direction", () => {
    const { engine } = atNinety();
    engine.placeAlgo(algo({ triggerPrice: usdt("89000"), closePosition: true }));
    const second = algo({ triggerPrice: usdt("88000"), closePosition: true });
    expect(() => engine.placeAlgo(second)).toThrow("-4130");
  });
});
