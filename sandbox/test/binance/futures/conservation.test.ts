import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { multiply, roundToStep, sum } from "../../../binance/decimal.ts";
import { ErrorAnswer } from "../../../binance/errors.ts";
import { FuturesEngine } from "../../../binance/futures/engine.ts";
import { entryPrice } from "../../../binance/futures/positions.ts";
import {
  isOpen,
  type Order,
  type PositionSide,
  positionSides,
  remaining,
} from "../../../binance/futures/types.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";
import { algo, type FuturesFloor, newMarkets, order } from "./support.ts";

// No sequence of orders, cancels, settings and moves of the price creates or destroys money: the wallet is what was paid
// in, plus realised profits and funding, less commissions, and all of it follows from the trades.

const symbols = ["BTCUSDT", "ETHUSDT"] as const;
const runs = Number(process.env.PROPERTY_RUNS ?? "60");

/** A number of per mille, for a price around the market's. */
const perMille = fc.integer({ min: 955, max: 1045 });
const symbol = fc.constantFrom(...symbols);
const side = fc.constantFrom("BUY", "SELL");
const positionSide = fc.constantFrom(...positionSides);
/** In per mille of the wallet: with leverage, a position may be worth more than it. */
const part = fc.integer({ min: 1, max: 120 }).map((hundreds) => hundreds * 100);
const which = fc.nat(20);

const shared = {
  symbol,
  side,
  positionSide,
  part,
  reduceOnly: fc.constantFrom(false, false, false, true),
  price: perMille,
};
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...shared,
      action: fc.constant("place"),
      type: fc.constantFrom("MARKET", "LIMIT"),
      timeInForce: fc.constantFrom("GTC", "IOC", "FOK", "GTX"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...shared,
      action: fc.constant("wait for a price"),
      type: fc.constantFrom("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"),
      trigger: perMille,
      closePosition: fc.boolean(),
    }),
  },
  fc.record({ action: fc.constant("cancel"), which }),
  fc.record({ action: fc.constant("cancel all"), symbol }),
  fc.record({ action: fc.constant("modify"), which, part, price: perMille }),
  fc.record({ action: fc.constant("fill"), which, part }),
  fc.record({ action: fc.constant("leverage"), symbol, leverage: fc.integer({ min: 1, max: 125 }) }),
  fc.record({ action: fc.constant("isolate"), symbol }),
  fc.record({ action: fc.constant("hedge"), isHedged: fc.boolean() }),
  { weight: 3, arbitrary: fc.record({ action: fc.constant("pin"), symbol, price: perMille }) },
  {
    weight: 2,
    arbitrary: fc.record({ action: fc.constant("wait"), minutes: fc.integer({ min: 1, max: 1000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Markets take long to make, so several cases share them, each at another time. */
const casesEach = 50;
let markets = newMarkets();
let cases = 0;

function nextFloor(): FuturesFloor {
  cases += 1;
  if (cases % casesEach === 0) {
    markets = newMarkets();
  }
  const clock = new ManualClock();
  clock.advance((cases % casesEach) * 40 * 86_400_000);
  for (const name of symbols) {
    markets.spot.releasePrice(name, clock.now().getTime());
  }
  const events: FuturesFloor["events"] = [];
  const engine = new FuturesEngine({ ...markets, clock });
  return { engine, spot: markets.spot, clock, events };
}

test("the wallet is the sum of what was paid in, earned and paid", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), (steps) => {
      const floor = nextFloor();
      for (const next of steps) {
        take(floor, next);
        expect([...wrongMoney(floor), ...symbols.flatMap((name) => wrongOf(floor, name))]).toEqual([]);
      }
    }),
    { numRuns: runs },
  );
});

/** Does something that may be refused. */
function take(floor: FuturesFloor, next: Step): void {
  try {
    attempt(floor, next);
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) {
      throw error;
    }
  }
}

function attempt(floor: FuturesFloor, next: Step): void {
  const { engine, clock, spot } = floor;
  switch (next.action) {
    case "place": {
      const { type, timeInForce, side, reduceOnly, symbol } = next;
      const positionSide = sideOf(floor, next.positionSide);
      const price = type === "LIMIT" ? priceOf(floor, symbol, next.price) : 0n;
      const quantity = quantityOf(floor, symbol, next.part);
      engine.place(order({ symbol, side, positionSide, type, price, quantity, reduceOnly, timeInForce }));
      return;
    }
    case "wait for a price": {
      const { type, side, symbol, closePosition } = next;
      const positionSide = sideOf(floor, next.positionSide);
      engine.placeAlgo(
        algo({
          ...{ symbol, side, positionSide, type, closePosition },
          reduceOnly: next.reduceOnly && !closePosition,
          price: type.endsWith("MARKET") ? 0n : priceOf(floor, symbol, next.price),
          quantity: closePosition ? 0n : quantityOf(floor, symbol, next.part),
          triggerPrice: priceOf(floor, symbol, next.trigger),
        }),
      );
      return;
    }
    case "cancel":
      withOpenOrder(floor, next.which, ({ symbol, id }) => engine.cancel(symbol, { orderId: id }));
      return;
    case "cancel all":
      engine.cancelAll(next.symbol);
      engine.cancelAllAlgos(next.symbol);
      return;
    case "modify":
      withOpenOrder(floor, next.which, ({ symbol, id }) => {
        const change = {
          price: priceOf(floor, symbol, next.price),
          quantity: quantityOf(floor, symbol, next.part),
        };
        engine.modify(symbol, { orderId: id }, change);
      });
      return;
    case "fill":
      withOpenOrder(floor, next.which, (open) => {
        const quantity = onStep(floor, open.symbol, (remaining(open) * BigInt(next.part)) / 12_000n);
        if (quantity > 0n) {
          engine.fill(open.id, quantity);
        }
      });
      return;
    case "leverage":
      engine.changeLeverage(next.symbol, next.leverage);
      return;
    case "isolate":
      engine.changeMarginType(next.symbol, "ISOLATED");
      return;
    case "hedge":
      engine.changePositionMode(next.isHedged);
      return;
    case "pin":
      spot.pinPrice(next.symbol, priceOf(floor, next.symbol, next.price), clock.now().getTime());
      clock.advance(250);
      engine.advance();
      return;
    case "wait":
      clock.advance(next.minutes * 60_000);
      engine.advance();
      return;
  }
}

/** A side that the position mode has, so that most orders aren't refused for it. */
function sideOf({ engine }: FuturesFloor, wanted: PositionSide): PositionSide {
  const { positionSides: allowed } = engine.account;
  return allowed.find((side) => side === wanted) ?? allowed[0] ?? wanted;
}

function withOpenOrder({ engine }: FuturesFloor, which: number, action: (order: Order) => unknown): void {
  const open = engine.account.openOrders();
  const chosen = open[which % Math.max(1, open.length)];
  if (chosen) {
    action(chosen);
  }
}

function priceOf({ engine, clock }: FuturesFloor, symbol: string, ratio: number): bigint {
  const price = (engine.market.priceAt(symbol, clock.now().getTime()) * BigInt(ratio)) / 1000n;
  return roundToStep(price, engine.contract(symbol)?.filters.priceFilter.tickSize ?? 1n, "down");
}

function quantityOf(floor: FuturesFloor, symbol: string, part: number): bigint {
  const price = priceOf(floor, symbol, 1000);
  const worth = (floor.engine.account.wallet * BigInt(part)) / 1000n;
  return onStep(floor, symbol, worth > 0n ? (worth * 10n ** 8n) / price : 0n);
}

function onStep({ engine }: FuturesFloor, symbol: string, quantity: bigint): bigint {
  return roundToStep(quantity, engine.contract(symbol)?.filters.lotSize.stepSize ?? 1n, "down");
}

/** What is wrong with the wallet, as text. Everything is computed again from the trades. */
function wrongMoney({ engine }: FuturesFloor): string[] {
  const { account } = engine;
  const trades = symbols.flatMap((name) => account.trades(name));
  const incomes = (type: string) =>
    sum(account.incomes.filter((one) => one.type === type).map(({ amount }) => amount));
  const cash = sum(trades.map(({ side, quote }) => (side === "SELL" ? quote : -quote)));
  const invested = sum(account.positions.open().map(({ amount, cost }) => (amount > 0n ? cost : -cost)));
  const commissions = sum(
    trades.map(({ quote, isMaker }) => multiply(quote, isMaker ? 20_000n : 50_000n, "down")),
  );
  const realized = cash + invested;
  const facts: [boolean, string][] = [
    [incomes("REALIZED_PNL") === realized, "realised profits"],
    [incomes("COMMISSION") === -commissions, "commissions"],
    [account.wallet === incomes("TRANSFER") + realized - commissions + incomes("FUNDING_FEE"), "wallet"],
  ];
  return facts.flatMap(([isRight, name]) => (isRight ? [] : [name]));
}

/** What is wrong with the positions and orders of a contract, as text. */
function wrongOf({ engine }: FuturesFloor, symbol: string): string[] {
  const { account } = engine;
  const trades = account.trades(symbol);
  const positions = positionSides.flatMap((side) => {
    const position = account.positions.of(symbol, side);
    const signed = trades
      .filter((trade) => trade.positionSide === side)
      .map((trade) => (trade.side === "BUY" ? trade.quantity : -trade.quantity));
    const facts: [boolean, string][] = [
      [position.amount === sum(signed), "amount"],
      [(position.amount === 0n) === (position.cost === 0n), "cost"],
      [side !== "LONG" || position.amount >= 0n, "sign of the long position"],
      [side !== "SHORT" || position.amount <= 0n, "sign of the short position"],
      [entryPrice(position) >= 0n, "entry price"],
    ];
    return facts.flatMap(([isRight, name]) => (isRight ? [] : [`${name} of ${symbol} ${side}`]));
  });
  const orders = account.orders(symbol).flatMap((one) => {
    const own = trades.filter(({ orderId }) => orderId === one.id);
    const facts: [boolean, string][] = [
      [one.executed === sum(own.map(({ quantity }) => quantity)), "quantity"],
      [one.executedQuote === sum(own.map(({ quote }) => quote)), "value"],
      [one.executed <= one.quantity && (one.status === "FILLED") === (remaining(one) === 0n), "end"],
      [(isOpen(one) && one.executed > 0n) === (one.status === "PARTIALLY_FILLED"), "status"],
    ];
    return facts.flatMap(([isRight, name]) => (isRight ? [] : [`${name} of order ${one.id}`]));
  });
  return [...positions, ...orders];
}
