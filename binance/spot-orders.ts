import * as z from "zod";
import { serverTime } from "./calls.ts";
import { type Market, openOrder } from "./open-orders.ts";
import { binanceHost, type Call } from "./request.ts";

/** Weight 80 for all symbols. */
const openOrders: Call = { method: "GET", path: "/api/v3/openOrders", security: "SIGNED" };

/** Weight 1. */
function cancelOpenOrders(name: string): Call {
  return { method: "DELETE", path: "/api/v3/openOrders", parameters: { symbol: name }, security: "SIGNED" };
}

const canceledOrder = z.looseObject({ orderId: z.int() }).transform(({ orderId }) => [orderId]);
const canceledList = z
  .looseObject({ orderReports: z.array(canceledOrder) })
  .transform(({ orderReports }) => orderReports.flat());

/** The ids of the canceled orders. */
const cancelReply = z.array(z.union([canceledList, canceledOrder])).transform((entries) => entries.flat());

const openReply = z.array(openOrder).transform((orders) => ({ orders, positions: [], unread: [] }));

export const spotMarket: Market = {
  name: "spot",
  host: binanceHost,
  serverTime,
  read: (client) => client.request(openOrders, openReply),
  cancel: (client, name) => client.request(cancelOpenOrders(name), cancelReply),
};
