import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import { formatDecimal, parseDecimal } from "../decimal.ts";
import type { Exchange } from "../state/exchange.ts";
import { type ListedOrder, orderFill, orderQuery, transfer } from "./control-protocol.ts";
import { isOpen, type Order } from "./order.ts";
import { tradeList } from "./trade-result.ts";

const bySymbol = z.object({ symbol: z.string() });
const byId = z.object({ id: z.coerce.number().int() });

/** Adds the calls of the control API that are about orders and money. */
export function addTradingCalls(control: FastifyInstance, { trading, market }: Exchange): void {
  control.get("/orders", (request) => {
    const { symbol, only } = orderQuery.parse(request.query);
    const orders = market.symbols
      .filter((one) => symbol === undefined || one.symbol === symbol)
      .flatMap((one) => trading.allOrders(one.symbol))
      .filter((order) => only === undefined || isOpen(order));
    return { orders: orders.toSorted((one, other) => one.id - other.id).map(listed) };
  });
  control.delete("/orders", (_request, reply) => {
    for (const { symbol } of market.symbols) {
      trading.cancelAll(symbol);
    }
    return reply.code(204).send();
  });
  control.get("/trades/:symbol", (request) => {
    const { symbol: name } = bySymbol.parse(request.params);
    const symbol = market.symbol(name);
    if (symbol === undefined) {
      throw new RuleViolation(`there is no symbol "${name}"`);
    }
    return tradeList(symbol, trading.myTrades(name), market.priceAt(name, trading.advance()));
  });
  control.post("/orders/:id/fills", (request) => {
    const { quantity } = orderFill.parse(request.body);
    const order = trading.fill(
      byId.parse(request.params).id,
      quantity === undefined ? undefined : parseDecimal(quantity),
    );
    return listed(order);
  });
  control.post("/transfers", (request, reply) => {
    const { kind, asset, amount } = transfer.parse(request.body);
    trading.transfer(asset, kind === "deposit" ? parseDecimal(amount) : -parseDecimal(amount));
    return reply.code(204).send();
  });
}

function listed(order: Order): ListedOrder {
  return {
    orderId: order.id,
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: order.type,
    status: order.status,
    price: formatDecimal(order.price),
    stopPrice: formatDecimal(order.stopPrice),
    quantity: formatDecimal(order.quantity),
    executed: formatDecimal(order.executed),
    placed: new Date(order.time).toISOString(),
  };
}
