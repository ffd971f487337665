import type { OrderSide } from "../market/types.ts";

export const orderTypes = [
  "LIMIT",
  "LIMIT_MAKER",
  "MARKET",
  "STOP_LOSS",
  "STOP_LOSS_LIMIT",
  "TAKE_PROFIT",
  "TAKE_PROFIT_LIMIT",
] as const;
export type OrderType = (typeof orderTypes)[number];

export const timesInForce = ["GTC", "IOC", "FOK"] as const;
type TimeInForce = (typeof timesInForce)[number];

/** assumed: every symbol has the modes that people see for Binance's large pairs. */
export const allowedPreventionModes = [
  ...(["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"] as const),
];
export type SelfTradePreventionMode = (typeof allowedPreventionModes)[number];
export const defaultPreventionMode: SelfTradePreventionMode = "EXPIRE_MAKER";

type OrderStatus = "NEW" | "PENDING_NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";

export type ExpiryReason =
  | "REJECTED"
  | "EXCHANGE_CANCELED"
  | "OCO_TRIGGER"
  | "OTO_PHASE_ONE_EXPIRED"
  | "UNFILLED_IOC_QUANTITY_EXPIRED"
  | "UNFILLED_FOK_ORDER_EXPIRED"
  | "INSUFFICIENT_LIQUIDITY";

/** What a client orders. A price or an amount that isn't part of it is 0n. */
export interface OrderRequest {
  symbol: string;
  side: OrderSide;
  type: OrderType;
  timeInForce: TimeInForce;
  quantity: bigint;
  /** For a market order whose quantity follows from an amount of the quote asset. */
  quoteOrderQuantity: bigint;
  price: bigint;
  stopPrice: bigint;
  icebergQuantity: bigint;
  /** In basis points; 0 if it isn't a trailing stop order. */
  trailingDelta: number;
  clientOrderId?: string | undefined;
  strategyId?: number | undefined;
  strategyType?: number | undefined;
  selfTradePreventionMode: SelfTradePreventionMode;
}

/** An order that was accepted. */
export interface Order extends Required<Pick<OrderRequest, "side" | "symbol" | "type">> {
  readonly id: number;
  /** -1 if it isn't part of an order list. */
  readonly listId: number;
  clientOrderId: string;
  readonly timeInForce: TimeInForce;
  quantity: bigint;
  readonly quoteOrderQuantity: bigint;
  readonly price: bigint;
  readonly stopPrice: bigint;
  icebergQuantity: bigint;
  readonly trailingDelta: number;
  readonly strategyId: number | undefined;
  readonly strategyType: number | undefined;
  readonly selfTradePreventionMode: SelfTradePreventionMode;
  status: OrderStatus;
  executed: bigint;
  /** What the fills were worth in the quote asset. */
  executedQuote: bigint;
  readonly time: number;
  updateTime: number;
  /** When it came into the book; -1 as long as it waits for its trigger or for another order of its list. */
  workingTime: number;
  expiryReason: ExpiryReason | undefined;
  /** The price that its funds are locked at; 0n if they aren't locked at a price. */
  lockPrice: bigint;
  /** What the working order of its list has bought for it, if one pays the other. It is locked until the order is placed. */
  received: bigint;
  /** The market's trades until this time were considered. */
  seenUntil: number;
  /** When a trailing stop order began to follow the price; -1 before that. */
  trailingTime: number;
  /** The best price since then. */
  trailingExtreme: bigint;
  amendments: Amendment[];
  /** The fills that have happened so far. */
  readonly fills: Fill[];
}

/** A trade of the account. */
export interface Fill {
  /** Unique for the symbol. */
  readonly id: number;
  readonly symbol: string;
  readonly orderId: number;
  readonly listId: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly quote: bigint;
  readonly commission: bigint;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
}

/** A reduction of an order's quantity. */
export interface Amendment {
  executionId: number;
  time: number;
  origClientOrderId: string;
  newClientOrderId: string;
  origQty: bigint;
  newQty: bigint;
}

/**
 * Orders that belong together. In an OCO, one order cancels the other. In an OTO, the working order places the pending
 * ones when it is filled: a single order, or an OCO.
 */
export interface OrderList {
  readonly id: number;
  readonly symbol: string;
  readonly contingencyType: "OCO" | "OTO";
  readonly clientOrderId: string;
  readonly orderIds: readonly number[];
  /** undefined in an OCO. */
  readonly workingId: number | undefined;
  /** Whether the pending orders sell what the working order buys. */
  readonly isPaying: boolean;
  isDone: boolean;
  transactionTime: number;
}

export function isOpen({ status }: Pick<Order, "status">): boolean {
  return status === "NEW" || status === "PENDING_NEW" || status === "PARTIALLY_FILLED";
}

/** Whether it waits until the working order of its list is filled. */
export function isPending({ status }: Pick<Order, "status">): boolean {
  return status === "PENDING_NEW";
}

/** Whether it is in the book, and doesn't wait for a trigger. */
export function isWorking(order: Pick<Order, "workingTime">): boolean {
  return order.workingTime !== -1;
}

/** Documented: these are "algo" orders, which wait for the price. */
export function isContingent(type: OrderType): boolean {
  return type !== "LIMIT" && type !== "LIMIT_MAKER" && type !== "MARKET";
}

/** Whether it takes any price. */
export function isAtMarket(type: OrderType): boolean {
  return type === "MARKET" || type === "STOP_LOSS" || type === "TAKE_PROFIT";
}

export function remaining({ quantity, executed }: Pick<Order, "quantity" | "executed">): bigint {
  return quantity - executed;
}

/** Documented under "Price above market price": which way the price must move to trigger the order. */
export function triggersAbove({ type, side }: Pick<Order, "type" | "side">): boolean {
  return type.startsWith("STOP_LOSS") === (side === "BUY");
}
