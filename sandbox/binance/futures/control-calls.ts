import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { formatDecimal, parseDecimal } from "../decimal.ts";
import type { Exchange } from "../state/exchange.ts";
import { orderFill } from "../trading/control-protocol.ts";
import { futuresTransfer, type ListedFutures } from "./control-protocol.ts";
import type { FuturesEngine } from "./engine.ts";
import { entryPrice } from "./positions.ts";

const byId = z.object({ id: z.coerce.number().int() });

/** Adds the calls of the control API that are about futures. */
export function addFuturesCalls(control: FastifyInstance, { futures }: Exchange): void {
  control.get("/futures", () => listed(futures));
  control.post("/futures/transfers", (request, reply) => {
    const { kind, amount } = futuresTransfer.parse(request.body);
    futures.transfer(kind === "deposit" ? parseDecimal(amount) : -parseDecimal(amount));
    return reply.code(204).send();
  });
  control.post("/futures/orders/:id/fills", (request, reply) => {
    const { quantity } = orderFill.parse(request.body);
    futures.fill(byId.parse(request.params).id, quantity === undefined ? undefined : parseDecimal(quantity));
    return reply.code(204).send();
  });
}

function listed(futures: FuturesEngine): ListedFutures {
  const { positions } = futures.margin();
  const { account } = futures;
  return {
    wallet: formatDecimal(account.wallet),
    positions: positions
      .filter(({ position }) => position.amount !== 0n)
      .map(({ position, unrealized }) => ({
        symbol: position.symbol,
        side: position.side,
        amount: formatDecimal(position.amount),
        entryPrice: formatDecimal(entryPrice(position)),
        unrealizedProfit: formatDecimal(unrealized),
      })),
    orders: [
      ...account.openOrders().map((order) => ({ ...order, triggerPrice: 0n })),
      ...account.openAlgos().map((algo) => ({ ...algo, executed: 0n })),
    ].map(({ id, symbol, side, type, price, triggerPrice, quantity, executed }) => ({
      ...{ id, symbol, side, type },
      price: formatDecimal(price),
      triggerPrice: formatDecimal(triggerPrice),
      quantity: formatDecimal(quantity),
      executed: formatDecimal(executed),
    })),
  };
}
