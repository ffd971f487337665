import * as z from "zod";
import type { BinanceClient } from "./client.ts";
import type { Failure, Result } from "./failure.ts";
import {
  decimal,
  type LeftOpen,
  type ListName,
  type Market,
  type OpenOrder,
  openOrder,
  orderType,
  type Position,
  side,
  symbol,
} from "./open-orders.ts";
import { type Call, futuresHost } from "./request.ts";

// USDⓈ-M futures, at futuresHost. Orders that wait for a price have their own calls since December 2025 ("algo orders").

const get = (path: string): Call => ({ method: "GET", path, security: "SIGNED" });

/** Weight 40 for all symbols. */
const openOrders = get("/fapi/v1/openOrders");
/** Weight 40 for all symbols. */
const openAlgoOrders = get("/fapi/v1/openAlgoOrders");
/** Weight 5. */
const positionRisk = get("/fapi/v3/positionRisk");

/** Weight 1 each. */
const cancelPaths = ["/fapi/v1/allOpenOrders", "/fapi/v1/algoOpenOrders"];

const algoOrder = z
  .object({
    symbol,
    algoId: z.int().nonnegative(),
    side,
    orderType,
    quantity: decimal,
    price: decimal,
    triggerPrice: decimal,
  })
  .transform(({ algoId, orderType: type, quantity, triggerPrice, ...rest }): OpenOrder => ({
    ...rest,
    orderId: algoId,
    type,
    origQty: quantity,
    executedQty: "0",
    stopPrice: triggerPrice,
  }));

const position = z.object({
  symbol,
  positionAmt: z.string().regex(/^-?\d{1,30}(\.\d{1,30})?$/),
  entryPrice: decimal,
});

/** Binance lists a position also for a while after it was closed. */
const positionReply = z
  .array(position)
  .transform((positions): Position[] => positions.filter(({ positionAmt }) => Number(positionAmt) !== 0));

/** Binance reports no ids, only that it was done. */
const cancelReply = z.looseObject({ code: z.literal(200) });

export const futuresMarket: Market = {
  name: "futures",
  host: futuresHost,
  serverTime: { method: "GET", path: "/fapi/v1/time", security: "NONE" },
  read,
  cancel,
};

async function read(client: BinanceClient): Promise<Result<LeftOpen>> {
  // Each list is useful without the others. A client that may send nothing more skips them.
  return combine(
    await client.request(openOrders, z.array(openOrder)),
    await client.request(openAlgoOrders, z.array(algoOrder)),
    await client.request(positionRisk, positionReply),
  );
}

/** What could be read. @returns the first failure if that is nothing */
function combine(
  orders: Result<OpenOrder[]>,
  conditionalOrders: Result<OpenOrder[]>,
  positions: Result<Position[]>,
): Result<LeftOpen> {
  const unread = [
    ...failureOf("orders", orders),
    ...failureOf("conditional orders", conditionalOrders),
    ...failureOf("positions", positions),
  ];
  const [first] = unread;
  if (first !== undefined && unread.length === 3) {
    return { ok: false, failure: first.failure };
  }
  const value = {
    orders: [...valueOr(orders), ...valueOr(conditionalOrders)],
    positions: valueOr(positions),
    unread,
  };
  return { ok: true, value };
}

function failureOf<T>(name: ListName, result: Result<T>): { name: ListName; failure: Failure }[] {
  return result.ok ? [] : [{ name, failure: result.failure }];
}

function valueOr<T>(result: Result<T[]>): T[] {
  return result.ok ? result.value : [];
}

async function cancel(client: BinanceClient, name: string): Promise<Result<undefined>> {
  const failures: Failure[] = [];
  for (const path of cancelPaths) {
    const call: Call = { method: "DELETE", path, parameters: { symbol: name }, security: "SIGNED" };
    const result = await client.request(call, cancelReply);
    if (!result.ok) {
      failures.push(result.failure);
    }
  }
  // A lost answer, because then nobody knows what was canceled; otherwise the first failure.
  const failure = failures.find(({ kind }) => kind !== "refused" && kind !== "skipped") ?? failures[0];
  return failure === undefined ? { ok: true, value: undefined } : { ok: false, failure };
}
