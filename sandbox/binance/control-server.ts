import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { controlServer } from "../emulator/control-server.ts";
import { RuleViolation } from "../emulator/rule-violation.ts";
import {
  type AccessChange,
  accessChange,
  accountEdit,
  clockOffset,
  type CreatedKey,
  fault,
  keyEdit,
  keyRequest,
  type ListedKey,
  symbolEdit,
  weightLimits,
} from "./control-protocol.ts";
import { addFuturesCalls } from "./futures/control-calls.ts";
import { addMarketCalls } from "./market/control-calls.ts";
import { addSocketCalls } from "./sockets/control.ts";
import type { SocketServer } from "./sockets/socket-server.ts";
import { editAccount } from "./state/edit-account.ts";
import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";
import { nameOf } from "./state/permissions.ts";
import { addTradingCalls } from "./trading/control-calls.ts";

/** The control API: what the account's owner does on Binance's website, and what only tests do. control.ts is its client. */
export function buildControl(exchange: Exchange, sockets: SocketServer): FastifyInstance {
  const { keys } = exchange;
  const control = controlServer({ log: exchange.log, faults: exchange.faults, fault });

  addSocketCalls(control, sockets);
  addTradingCalls(control, exchange);
  addFuturesCalls(control, exchange);
  control.get("/keys", () => ({ keys: keys.list().map(listed) }));
  control.post("/keys", (request) => shownOnce(keys.create(keyRequest.parse(request.body))));
  control.patch("/keys/:name", (request) => {
    const key = keys.named(nameIn(request.params));
    keys.edit(key, keyEdit.parse(request.body));
    return listed(key);
  });
  control.delete("/keys/:name", (request, reply) => {
    keys.remove(keys.named(nameIn(request.params)));
    return reply.code(204).send();
  });

  control.patch("/account", (request, reply) => {
    editAccount(exchange, accountEdit.parse(request.body));
    return reply.code(204).send();
  });
  control.put("/symbols/:name", (request, reply) => {
    const name = nameIn(request.params);
    const symbol = exchange.symbols.find((one) => one.symbol === name);
    if (!symbol) {
      throw new RuleViolation(`there is no symbol "${name}"`);
    }
    symbol.status = symbolEdit.parse(request.body).status;
    return reply.code(204).send();
  });
  control.put("/sources/:name", (request, reply) => {
    changeAccess(exchange, nameIn(request.params), accessChange.parse(request.body));
    return reply.code(204).send();
  });
  control.put("/weight-limits", (request, reply) => {
    exchange.weightLimits = weightLimits.parse(request.body);
    return reply.code(204).send();
  });
  control.put("/clock", (request, reply) => {
    exchange.clock.offset = clockOffset.parse(request.body).milliseconds;
    return reply.code(204).send();
  });
  addMarketCalls(control, exchange);
  return control;
}

const named = z.object({ name: z.string() });

function nameIn(params: unknown): string {
  return named.parse(params).name;
}

function listed(key: ApiKey): ListedKey {
  return {
    id: key.id,
    label: key.label,
    type: key.credential.type,
    apiKey: key.apiKey,
    created: key.created.toISOString(),
    permissions: [...key.permissions].map(nameOf),
    whitelist: [...key.whitelist],
    symbols: [...key.symbols],
  };
}

function shownOnce(key: ApiKey): CreatedKey {
  return { ...listed(key), apiSecret: key.credential.type === "hmac" ? key.credential.secret : null };
}

function changeAccess({ sources }: Exchange, address: string, change: AccessChange): void {
  switch (change.kind) {
    case "ban":
      sources.ban(address, change.seconds);
      return;
    case "block":
      sources.block(address);
      return;
    case "restrict":
      sources.restrict(address);
      return;
    case "pardon":
      sources.pardon(address);
      return;
  }
}
