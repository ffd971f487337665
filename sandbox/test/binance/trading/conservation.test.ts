import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { greatest, multiply, one, roundToStep, sum } from "../../../binance/decimal.ts";
import { ErrorAnswer } from "../../../binance/errors.ts";
import { type Fill, isOpen, type Order, remaining } from "../../../binance/trading/order.ts";
import type { OtoRequest } from "../../../binance/trading/oto.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";
import { newMarket, openMarket, order, type TradingFloor } from "./support.ts";

// No sequence of orders, cancels and moves of the price creates or destroys an asset, apart from commissions.

const symbols = ["BTCUSDC", "ETHBTC", "BNBUSDC"] as const;
const assets = ["BTC", "ETH", "BNB", "USDC", "USDT"];
const numRuns = Number(process.env.BINANCE_CASES ?? 60);

/** A number of per mille, for a price around the market's or a part of what the account has. */
const perMille = fc.integer({ min: 900, max: 1100 });
const symbol = fc.constantFrom(...symbols);
const side = fc.constantFrom("BUY", "SELL");
const part = fc.integer({ min: 1, max: 1200 });

const placing = fc.record({
  action: fc.constant("place"),
  symbol,
  side,
  type: fc.constantFrom(
    ...([
      "LIMIT",
      "LIMIT_MAKER",
      "MARKET",
      "STOP_LOSS",
      "STOP_LOSS_LIMIT",
      "TAKE_PROFIT",
      "TAKE_PROFIT_LIMIT",
    ] as const),
  ),
  timeInForce: fc.constantFrom("GTC", "IOC", "FOK"),
  part,
  price: perMille,
  stopPrice: perMille,
  trailingDelta: fc.constantFrom(0, 0, 0, 50),
  isByQuote: fc.boolean(),
});
const step = fc.oneof(
  { arbitrary: placing, weight: 5 },
  fc.record({ action: fc.constant("oco"), symbol, side, part, price: perMille, stopPrice: perMille }),
  fc.record({
    action: fc.constant("oto"),
    symbol,
    side,
    pendingSide: side,
    part,
    ...{ price: perMille, pendingPrice: perMille, stopPrice: perMille },
    pending: fc.constantFrom("MARKET", "LIMIT", "STOP_LOSS", "OCO"),
    isPaying: fc.boolean(),
  }),
  fc.record({ action: fc.constant("cancel"), which: fc.nat(20) }),
  fc.record({ action: fc.constant("cancel all"), symbol }),
  fc.record({ action: fc.constant("amend"), which: fc.nat(20), part }),
  fc.record({ action: fc.constant("fill"), which: fc.nat(20), part }),
  { arbitrary: fc.record({ action: fc.constant("pin"), symbol, price: perMille }), weight: 3 },
  {
    arbitrary: fc.record({ action: fc.constant("wait"), milliseconds: fc.integer({ min: 1, max: 600_000 }) }),
    weight: 2,
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Named<Action> = Extract<Step, { action: Action }>;

/** A market takes long to make, so several cases share one, each on another day. */
class SharedMarket {
  readonly #casesEach = 50;
  #market = newMarket();
  #cases = 0;

  next() {
    if (this.#cases % this.#casesEach === 0) {
      this.#market = newMarket();
    }
    this.#cases += 1;
    const clock = new ManualClock();
    clock.advance((this.#cases % this.#casesEach) * 86_400_000);
    for (const { symbol } of this.#market.symbols) {
      this.#market.releasePrice(symbol, clock.now().getTime());
    }
    return { market: this.#market, clock };
  }
}

const shared = new SharedMarket();

test("assets are conserved, locks fit the open orders, and orders fit their trades", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.boolean(), (steps, paysInBnb) => {
      const floor = openMarket({ paysInBnb, ...shared.next() });
      const initial = new Map(assets.map((asset) => [asset, floor.engine.balances.total(asset)]));
      for (const next of steps) {
        take(floor, next);
        expect([...wrongBalances(floor, initial), ...wrongOrders(floor)]).toEqual([]);
      }
    }),
    { numRuns },
  );
});

/** Does something that may be refused. */
function take(floor: TradingFloor, next: Step): void {
  try {
    attempt(floor, next);
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) {
      throw error;
    }
  }
}

function attempt(floor: TradingFloor, next: Step): void {
  const { engine, clock } = floor;
  switch (next.action) {
    case "place": {
      const { timeInForce, trailingDelta, type } = next;
      const isByQuote = type === "MARKET" && next.isByQuote;
      engine.place({
        ...order({ symbol: next.symbol, side: next.side, type }),
        quantity: isByQuote ? 0n : quantityOf(floor, next),
        quoteOrderQuantity: isByQuote ? BigInt(next.part) * one : 0n,
        timeInForce: type.endsWith("LIMIT") ? timeInForce : "GTC",
        price: type.includes("LIMIT") ? priceOf(floor, next.symbol, next.price) : 0n,
        stopPrice:
          type.includes("_") && type !== "LIMIT_MAKER" ? priceOf(floor, next.symbol, next.stopPrice) : 0n,
        trailingDelta: type.includes("_") && type !== "LIMIT_MAKER" ? trailingDelta : 0,
      });
      return;
    }
    case "oco":
      engine.placeOco({ symbol: next.symbol, ...pairOf(floor, next, quantityOf(floor, next)) });
      return;
    case "oto":
      engine.placeOto(otoOf(floor, next));
      return;
    case "cancel":
      withOpenOrder(floor, next.which, ({ id, symbol }) => engine.cancel(symbol, { orderId: id }));
      return;
    case "cancel all":
      engine.cancelAll(next.symbol);
      return;
    case "amend":
      withOpenOrder(floor, next.which, ({ id, symbol, quantity }) =>
        engine.amend(symbol, { orderId: id }, onStep(floor, symbol, (quantity * BigInt(next.part)) / 1200n)),
      );
      return;
    case "fill":
      withOpenOrder(floor, next.which, (open) => {
        const quantity = onStep(floor, open.symbol, (remaining(open) * BigInt(next.part)) / 1200n);
        if (open.workingTime !== -1 && quantity > 0n) {
          engine.fill(open.id, quantity);
        }
      });
      return;
    case "pin":
      floor.market.pinPrice(next.symbol, priceOf(floor, next.symbol, next.price), clock.now().getTime());
      clock.advance(250);
      engine.advance();
      return;
    case "wait":
      clock.advance(next.milliseconds);
      engine.advance();
      return;
  }
}

/** The two orders of an OCO. */
function pairOf(
  floor: TradingFloor,
  { symbol, side, price, stopPrice }: Pick<Named<"oco">, "symbol" | "side" | "price" | "stopPrice">,
  quantity: bigint,
) {
  const shared = { ...order({ symbol, side }), quantity };
  const limit = { ...shared, type: "LIMIT_MAKER" as const, price: priceOf(floor, symbol, price) };
  const stop = { ...shared, type: "STOP_LOSS" as const, stopPrice: priceOf(floor, symbol, stopPrice) };
  return side === "BUY" ? { above: stop, below: limit } : { above: limit, below: stop };
}

function otoOf(floor: TradingFloor, next: Named<"oto">): OtoRequest {
  const { symbol, isPaying, pending: type } = next;
  const working = {
    ...order({ symbol, side: isPaying ? "BUY" : next.side }),
    quantity: quantityOf(floor, next),
    price: priceOf(floor, symbol, next.price),
  };
  const pending = {
    ...order({ symbol, side: isPaying ? "SELL" : next.pendingSide }),
    quantity: isPaying ? 0n : working.quantity,
  };
  const prices = { ...next, side: pending.side, price: next.pendingPrice };
  if (type === "OCO") {
    return { symbol, isPaying, working, pending: pairOf(floor, prices, pending.quantity) };
  }
  const price = type === "LIMIT" ? priceOf(floor, symbol, next.pendingPrice) : 0n;
  const stopPrice = type === "STOP_LOSS" ? priceOf(floor, symbol, next.stopPrice) : 0n;
  return { symbol, isPaying, working, pending: { ...pending, type, price, stopPrice } };
}

function withOpenOrder({ engine }: TradingFloor, which: number, action: (order: Order) => unknown): void {
  const open = engine.openOrders();
  const chosen = open[which % Math.max(1, open.length)];
  if (chosen) {
    action(chosen);
  }
}

function priceOf({ market, clock }: TradingFloor, symbol: string, ratio: number): bigint {
  const price = (market.priceAt(symbol, clock.now().getTime()) * BigInt(ratio)) / 1000n;
  return roundToStep(price, market.symbol(symbol)?.filters.priceFilter.tickSize ?? 1n, "down");
}

/** A part of what the account could trade, or a bit more. */
function quantityOf(floor: TradingFloor, next: { symbol: string; side: string; part: number }): bigint {
  const { baseAsset = "", quoteAsset = "" } = floor.market.symbol(next.symbol) ?? {};
  const { balances } = floor.engine;
  const price = priceOf(floor, next.symbol, 1000);
  const all = next.side === "SELL" ? balances.free(baseAsset) : (balances.free(quoteAsset) * one) / price;
  return onStep(floor, next.symbol, (all * BigInt(next.part)) / 1000n);
}

function onStep({ market }: TradingFloor, symbol: string, quantity: bigint): bigint {
  return roundToStep(quantity, market.symbol(symbol)?.filters.lotSize.stepSize ?? 1n, "down");
}

/** What is wrong with the balances, as text. */
function wrongBalances(floor: TradingFloor, initial: ReadonlyMap<string, bigint>): string[] {
  const { engine, market } = floor;
  const { balances } = engine;
  const expected = new Map(initial);
  const add = (asset: string, amount: bigint) => expected.set(asset, (expected.get(asset) ?? 0n) + amount);
  const locks = new Map<string, bigint>();
  for (const name of symbols) {
    const { baseAsset = "", quoteAsset = "" } = market.symbol(name) ?? {};
    for (const trade of engine.myTrades(name)) {
      const quote = (trade.price * trade.quantity) / one;
      add(baseAsset, trade.isBuyer ? trade.quantity : -trade.quantity);
      add(quoteAsset, trade.isBuyer ? -quote : quote);
      add(trade.commissionAsset, -trade.commission);
    }
    for (const orders of groups(floor, engine.openOrders(name))) {
      const asset = orders[0]?.side === "BUY" ? quoteAsset : baseAsset;
      locks.set(asset, (locks.get(asset) ?? 0n) + greatest(0n, ...orders.map(need)));
    }
  }
  return assets.flatMap((asset) => [
    ...(balances.total(asset) === expected.get(asset) ? [] : [`the total of ${asset}`]),
    ...(balances.locked(asset) === (locks.get(asset) ?? 0n) ? [] : [`what is locked of ${asset}`]),
    ...(balances.free(asset) >= 0n && balances.locked(asset) >= 0n ? [] : [`${asset} is negative`]),
  ]);
}

/** Single orders, working orders, and the others of a list together. */
function groups({ engine }: TradingFloor, orders: readonly Order[]): Order[][] {
  const keyOf = ({ id, listId }: Order) =>
    listId === -1 || engine.list({ id: listId })?.workingId === id ? `order ${id}` : `list ${listId}`;
  return [...Map.groupBy(orders, keyOf).values()];
}

function need(open: Order): bigint {
  if (open.status === "PENDING_NEW") {
    return open.received;
  }
  return open.side === "SELL" ? remaining(open) : multiply(open.lockPrice, remaining(open), "up");
}

/** What is wrong with the orders and their trades, as text. */
function wrongOrders({ engine }: TradingFloor): string[] {
  return symbols.flatMap((name) => {
    const trades = engine.myTrades(name);
    const isAscending = trades.every(({ id }, index) => id > (trades[index - 1]?.id ?? 0));
    return [
      ...(isAscending ? [] : [`the ids of the trades of ${name}`]),
      ...engine.allOrders(name).flatMap((one) => wrongOrder(one, trades)),
    ];
  });
}

function wrongOrder(one: Order, trades: readonly Fill[]): string[] {
  const { id, side, price: limit, executed, quantity, status } = one;
  const own = trades.filter(({ orderId }) => orderId === id);
  const isLimited =
    limit === 0n || own.every(({ price }) => (side === "BUY" ? price <= limit : price >= limit));
  const facts: [boolean, string][] = [
    [executed === sum(own.map((fill) => fill.quantity)), "quantity"],
    [one.executedQuote === sum(own.map((fill) => fill.quote)), "value"],
    // What an order of an OPO will sell isn't known before its turn comes.
    [executed <= quantity && (status === "FILLED") === (executed === quantity && quantity > 0n), "end"],
    [(isOpen(one) && executed > 0n) === (status === "PARTIALLY_FILLED"), "status"],
    [isLimited, "limit"],
  ];
  return facts.flatMap(([isRight, name]) => (isRight ? [] : [`the ${name} of order ${id}`]));
}
