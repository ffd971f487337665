import { formatDecimal } from "../decimal.ts";
import type { Balances } from "./balances.ts";
import { type Fill, isOpen, isWorking, type Order, type OrderList } from "./order.ts";

// The events of the user data stream, with the fields of user-data-stream.md.

export interface ExecutionReport {
  readonly e: "executionReport";
  readonly E: number;
  readonly [field: string]: unknown;
}

export interface OutboundAccountPosition {
  readonly e: "outboundAccountPosition";
  readonly E: number;
  readonly u: number;
  readonly B: readonly { a: string; f: string; l: string }[];
}

export interface BalanceUpdate {
  readonly e: "balanceUpdate";
  readonly E: number;
  readonly a: string;
  readonly d: string;
  readonly T: number;
}

export interface ListStatus {
  readonly e: "listStatus";
  readonly E: number;
  readonly [field: string]: unknown;
}

export type UserEvent = ExecutionReport | OutboundAccountPosition | BalanceUpdate | ListStatus;

/** What happened to an order. */
export interface Execution {
  type: "NEW" | "CANCELED" | "REPLACED" | "TRADE" | "EXPIRED";
  id: number;
  time: number;
  fill?: Fill;
  /** The order's client id, if the request that changed the order had its own. */
  origClientOrderId?: string;
  clientOrderId?: string;
}

export function executionReport(order: Order, execution: Execution): ExecutionReport {
  const { type, id, time, fill } = execution;
  return {
    e: "executionReport",
    E: time,
    s: order.symbol,
    c: execution.clientOrderId ?? order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: formatDecimal(order.quantity),
    p: formatDecimal(order.price),
    P: formatDecimal(order.stopPrice),
    ...(order.trailingDelta > 0 ? { d: order.trailingDelta, D: order.trailingTime } : {}),
    F: formatDecimal(order.icebergQuantity),
    g: order.listId,
    C: execution.origClientOrderId ?? "",
    x: type,
    X: order.status,
    r: "NONE",
    i: order.id,
    l: formatDecimal(fill?.quantity ?? 0n),
    z: formatDecimal(order.executed),
    L: formatDecimal(fill?.price ?? 0n),
    n: fill ? formatDecimal(fill.commission) : "0",
    N: fill?.commissionAsset ?? null,
    T: time,
    t: fill?.id ?? -1,
    I: id,
    w: isOpen(order) && isWorking(order),
    m: fill?.isMaker ?? false,
    M: false,
    O: order.time,
    Z: formatDecimal(order.executedQuote),
    Y: formatDecimal(fill?.quote ?? 0n),
    Q: formatDecimal(order.quoteOrderQuantity),
    ...(isWorking(order) ? { W: order.workingTime } : {}),
    V: order.selfTradePreventionMode,
    ...(order.strategyId === undefined ? {} : { j: order.strategyId }),
    ...(order.strategyType === undefined ? {} : { J: order.strategyType }),
    ...(order.expiryReason === undefined ? {} : { eR: order.expiryReason }),
  };
}

/** Documented: the assets that may have changed. */
export function accountPosition(
  balances: Balances,
  assets: readonly string[],
  time: number,
): OutboundAccountPosition {
  return {
    e: "outboundAccountPosition",
    E: time,
    u: time,
    B: assets.map((asset) => ({
      a: asset,
      f: formatDecimal(balances.free(asset)),
      l: formatDecimal(balances.locked(asset)),
    })),
  };
}

export function balanceUpdate(asset: string, delta: bigint, time: number): BalanceUpdate {
  return { e: "balanceUpdate", E: time, a: asset, d: formatDecimal(delta), T: time };
}

/** @param isUpdate whether only a client id in it has changed */
export function listStatus(
  list: OrderList,
  orders: readonly Order[],
  time: number,
  isUpdate: boolean,
): ListStatus {
  return {
    e: "listStatus",
    E: time,
    s: list.symbol,
    g: list.id,
    c: list.contingencyType,
    l: list.isDone ? "ALL_DONE" : isUpdate ? "UPDATED" : "EXEC_STARTED",
    L: list.isDone ? "ALL_DONE" : "EXECUTING",
    r: "NONE",
    C: list.clientOrderId,
    T: time,
    O: orders.map(({ symbol, id, clientOrderId }) => ({ s: symbol, i: id, c: clientOrderId })),
  };
}
