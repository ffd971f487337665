import type { OrderSide } from "../market/types.ts";

// What the futures account has. Prices and amounts are integers in units of 1e-8; times are milliseconds since 1970.

export const positionSides = ["BOTH", "LONG", "SHORT"] as const;
/** BOTH in one-way mode; LONG or SHORT in hedge mode. */
export type PositionSide = (typeof positionSides)[number];

export const timesInForce = ["GTC", "IOC", "FOK", "GTX"] as const;
type TimeInForce = (typeof timesInForce)[number];

export const algoTypes = ["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"] as const;
type AlgoType = (typeof algoTypes)[number];

export type MarginType = "CROSSED" | "ISOLATED";

export interface Position {
  readonly symbol: string;
  readonly side: PositionSide;
  /** Negative if it is short. */
  amount: bigint;
  /** What the amount was bought or sold for. Never negative. */
  cost: bigint;
  /** The profit that was realised so far, without commissions. */
  realized: bigint;
  updateTime: number;
}

/** What a client orders. */
export interface OrderRequest {
  symbol: string;
  side: OrderSide;
  positionSide: PositionSide;
  type: "LIMIT" | "MARKET";
  timeInForce: TimeInForce;
  quantity: bigint;
  /** 0n for a market order. */
  price: bigint;
  reduceOnly: boolean;
  clientOrderId: string | undefined;
}

/** An order that was accepted. */
export interface Order extends Readonly<Omit<OrderRequest, "quantity" | "price" | "clientOrderId">> {
  readonly id: number;
  readonly clientOrderId: string;
  /** The type of the conditional order that became this one, or else its own. */
  readonly origType: Order["type"] | AlgoType;
  /** Whether it closes the whole position. */
  readonly closePosition: boolean;
  quantity: bigint;
  price: bigint;
  status: "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";
  executed: bigint;
  /** What its fills were worth. */
  executedQuote: bigint;
  readonly time: number;
  updateTime: number;
  /** The market's trades until this time were considered. */
  seenUntil: number;
}

/** What a client orders that waits for a price. */
export interface AlgoRequest {
  symbol: string;
  side: OrderSide;
  positionSide: PositionSide;
  type: AlgoType;
  timeInForce: TimeInForce;
  /** 0n if it closes the position. */
  quantity: bigint;
  /** 0n if it becomes a market order. */
  price: bigint;
  triggerPrice: bigint;
  workingType: "MARK_PRICE" | "CONTRACT_PRICE";
  reduceOnly: boolean;
  closePosition: boolean;
  clientAlgoId: string | undefined;
}

/** A conditional order. */
export interface AlgoOrder extends Readonly<Omit<AlgoRequest, "clientAlgoId">> {
  readonly id: number;
  readonly clientAlgoId: string;
  status: "NEW" | "CANCELED" | "TRIGGERED" | "FINISHED" | "EXPIRED" | "REJECTED";
  /** The order that it became. */
  order: Order | undefined;
  /** Why that order was refused. */
  failure: string | undefined;
  readonly time: number;
  updateTime: number;
  /** 0 as long as it waits. */
  triggerTime: number;
  seenUntil: number;
}

/** A fill of an order of the account. */
export interface FuturesTrade {
  /** Unique for the contract. */
  readonly id: number;
  readonly symbol: string;
  readonly orderId: number;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly quote: bigint;
  /** Without the commission. */
  readonly realized: bigint;
  readonly commission: bigint;
  readonly time: number;
  readonly isMaker: boolean;
}

export type IncomeType = "TRANSFER" | "REALIZED_PNL" | "COMMISSION" | "FUNDING_FEE";

/** A change of the wallet. */
export interface Income {
  readonly id: number;
  /** Empty for a transfer. */
  readonly symbol: string;
  readonly type: IncomeType;
  /** Negative if it was paid. */
  readonly amount: bigint;
  readonly time: number;
  /** The trade that it comes from, or an empty text. */
  readonly tradeId: string;
}

/** An event of the account. */
export interface FuturesEvent {
  e: "ORDER_TRADE_UPDATE" | "ACCOUNT_UPDATE" | "ALGO_UPDATE" | "ACCOUNT_CONFIG_UPDATE" | "listenKeyExpired";
  E: number;
  [field: string]: unknown;
}

export function isOpen({ status }: Pick<Order, "status">): boolean {
  return status === "NEW" || status === "PARTIALLY_FILLED";
}

export function remaining({ quantity, executed }: Pick<Order, "quantity" | "executed">): bigint {
  return quantity - executed;
}

/** Documented: which way the price must move to trigger a conditional order. */
export function triggersAbove({ type, side }: Pick<AlgoOrder, "type" | "side">): boolean {
  return type.startsWith("STOP") === (side === "BUY");
}
