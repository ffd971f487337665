import type { Bracket, Contract } from "../catalogue/contracts.ts";
import { absolute, greatest, multiply, sum } from "../decimal.ts";
import type { OrderSide } from "../market/types.ts";
import { contractOf, type Futures, markPrice } from "./account.ts";
import { notionalOf, unrealizedOf } from "./positions.ts";
import { type MarginType, type Position, type PositionSide, remaining } from "./types.ts";

/** What a position, with the open orders that would enlarge it, needs as margin. */
export interface PositionMargin {
  position: Position;
  marginType: MarginType;
  mark: bigint;
  notional: bigint;
  unrealized: bigint;
  /** What its open orders to buy and to sell are worth, apart from those that only reduce it. */
  bids: bigint;
  asks: bigint;
  /** For position and open orders. */
  initial: bigint;
  positionInitial: bigint;
  maintenance: bigint;
  /** What is set aside for it if it is isolated, and otherwise 0n. */
  isolatedWallet: bigint;
}

/** The margins of the whole account. */
export interface AccountMargin {
  positions: PositionMargin[];
  unrealized: bigint;
  crossUnrealized: bigint;
  initial: bigint;
  positionInitial: bigint;
  maintenance: bigint;
  crossWallet: bigint;
  /** What may be used for more. */
  available: bigint;
}

/** An order that isn't placed yet. */
interface Planned {
  symbol: string;
  side: OrderSide;
  positionSide: PositionSide;
  quote: bigint;
}

function bracketOf({ brackets }: Contract, notional: bigint): Bracket {
  const bracket = brackets.find(({ cap }) => notional <= cap) ?? brackets.at(-1);
  if (!bracket) {
    throw new Error("a contract has brackets");
  }
  return bracket;
}

/** The greatest value of a position with this leverage. */
export function maxNotional({ brackets }: Contract, leverage: number): bigint {
  return brackets.findLast((bracket) => bracket.leverage >= leverage)?.cap ?? 0n;
}

/** @param planned counts like an open order */
export function positionMargin(
  futures: Futures,
  { symbol, side }: { symbol: string; side: PositionSide },
  time: number,
  planned?: Planned,
): PositionMargin {
  const { account } = futures;
  const position = account.positions.of(symbol, side);
  const { leverage, marginType } = account.settings(symbol);
  const mark = markPrice(futures, symbol, time);
  const notional = notionalOf(position, mark);
  const [bids, asks] = (["BUY", "SELL"] as const).map(
    (orderSide) =>
      openValue(futures, symbol, side, orderSide) +
      (planned?.symbol === symbol && planned.positionSide === side && planned.side === orderSide
        ? planned.quote
        : 0n),
  );
  const exposure = greatest(
    absolute(notional),
    absolute(notional + (bids ?? 0n)),
    absolute(notional - (asks ?? 0n)),
  );
  return {
    ...{ position, marginType, mark, notional },
    unrealized: unrealizedOf(position, mark),
    ...{ bids: bids ?? 0n, asks: asks ?? 0n },
    // assumed: the margin of open orders is what they could add to the position.
    initial: exposure / BigInt(leverage),
    positionInitial: absolute(notional) / BigInt(leverage),
    maintenance: multiply(
      absolute(notional),
      bracketOf(contractOf(futures, symbol), absolute(notional)).maintenance,
      "down",
    ),
    // assumed: the margin at which it was opened. Nothing is added to it or taken from it.
    isolatedWallet: marginType === "ISOLATED" ? position.cost / BigInt(leverage) : 0n,
  };
}

function openValue({ account }: Futures, symbol: string, side: PositionSide, orderSide: OrderSide): bigint {
  const orders = account.openOrders(symbol).filter((order) => order.positionSide === side);
  return sum(
    orders
      .filter((order) => order.side === orderSide && !order.reduceOnly)
      .map((order) => multiply(order.price, remaining(order), "down")),
  );
}

/** The margins of all positions, and of all contracts with open orders. */
export function accountMargin(futures: Futures, time: number, planned?: Planned): AccountMargin {
  const { account, contracts } = futures;
  const positions = contracts
    .flatMap(({ symbol }) => account.positionSides.map((side) => ({ symbol, side })))
    .filter((name) => isUsed(futures, name) || isPlannedFor(name, planned))
    .map((name) => positionMargin(futures, name, time, planned));
  const isCross = ({ marginType }: PositionMargin) => marginType === "CROSSED";
  const crossWallet = account.wallet - sum(positions.map(({ isolatedWallet }) => isolatedWallet));
  const crossUnrealized = sum(positions.filter(isCross).map(({ unrealized }) => unrealized));
  const initial = sum(positions.map((one) => one.initial));
  const positionInitial = sum(positions.map((one) => one.positionInitial));
  const used = sum(positions.map((one) => one.initial - (isCross(one) ? 0n : one.positionInitial)));
  return {
    ...{ positions, crossUnrealized, initial, positionInitial, crossWallet },
    unrealized: sum(positions.map(({ unrealized }) => unrealized)),
    maintenance: sum(positions.map(({ maintenance }) => maintenance)),
    available: greatest(0n, crossWallet + crossUnrealized - used),
  };
}

/** Whether a new order may be placed: if it needs more margin, that much must be available. */
export function hasMarginFor(futures: Futures, planned: Planned, commission: bigint, time: number): boolean {
  const before = accountMargin(futures, time);
  const after = accountMargin(futures, time, planned);
  const needed = after.initial - before.initial;
  return needed <= 0n || needed + commission <= before.available;
}

function isUsed({ account }: Futures, { symbol, side }: { symbol: string; side: PositionSide }): boolean {
  return (
    account.positions.of(symbol, side).amount !== 0n ||
    account.openOrders(symbol).some((order) => order.positionSide === side)
  );
}

function isPlannedFor(
  { symbol, side }: { symbol: string; side: PositionSide },
  planned: Planned | undefined,
): boolean {
  return planned?.symbol === symbol && planned.positionSide === side;
}
