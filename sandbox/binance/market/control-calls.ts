import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { formatDecimal, parseDecimal } from "../decimal.ts";
import type { Exchange } from "../state/exchange.ts";
import { priceChange, serviceEdit, type ShownPrice } from "./control-protocol.ts";

/** The part of the control API that changes prices, and how the service answers. */
export function addMarketCalls(control: FastifyInstance, exchange: Exchange): void {
  control.get("/prices/:symbol", (request) => shownPrice(exchange, symbolIn(request.params)));
  control.put("/prices/:symbol", (request) => ({
    from: changePrice(exchange, symbolIn(request.params), priceChange.parse(request.body)).toISOString(),
  }));
  control.patch("/service", (request, reply) => {
    const { isInMaintenance, delay } = serviceEdit.parse(request.body);
    exchange.service.isInMaintenance = isInMaintenance ?? exchange.service.isInMaintenance;
    exchange.service.delay = delay ?? exchange.service.delay;
    return reply.code(204).send();
  });
}

const params = z.object({ symbol: z.string() });

function symbolIn(sent: unknown): string {
  return params.parse(sent).symbol;
}

function shownPrice({ market, clock }: Exchange, symbol: string): ShownPrice {
  const { price, time } = market.lastTrade(symbol, clock.now().getTime());
  return { symbol, price: formatDecimal(price), time: new Date(time).toISOString() };
}

/** @returns when the change is complete */
function changePrice(
  { market, clock }: Exchange,
  symbol: string,
  change: z.output<typeof priceChange>,
): Date {
  const now = clock.now().getTime();
  switch (change.kind) {
    case "move":
      return new Date(market.movePrice(symbol, parseDecimal(change.price), { now, within: change.within }));
    case "pin":
      return new Date(market.pinPrice(symbol, parseDecimal(change.price), now));
    case "release":
      return new Date(market.releasePrice(symbol, now));
  }
}
