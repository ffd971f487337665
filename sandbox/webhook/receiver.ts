import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Clock, systemClock } from "../emulator/clock.ts";
import type { LoggedRequestFrom } from "../emulator/control-protocol.ts";
import { controlServer } from "../emulator/control-server.ts";
import { applyFault, loseAnswer } from "../emulator/fault-effects.ts";
import { Faults } from "../emulator/faults.ts";
import { RequestLog } from "../emulator/request-log.ts";
import { publicServer, type Tls } from "../emulator/server.ts";
import { fault, type FaultEffect, type Message } from "./control-protocol.ts";

/** The options of a receiver. */
export interface ReceiverOptions {
  clock?: Clock;
  /** Plain HTTP without it. */
  tls?: Tls;
}

/** A person's webhook: it accepts everything that is posted to it. Its control API shows the messages. */
export function createReceiver({ clock = systemClock, tls }: ReceiverOptions = {}): {
  api: FastifyInstance;
  control: FastifyInstance;
} {
  const log = new RequestLog<LoggedRequestFrom>();
  const faults = new Faults<FaultEffect>();
  let messages: Message[] = [];

  const api = publicServer(tls);
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    done(null, body);
  });
  api.addHook("onRequest", async (request, reply) => {
    const { method, url: path, ip: source } = request;
    const entry = log.add({ method, path, source, status: null });
    reply.raw.once("finish", () => (entry.status = reply.statusCode));
    const effect = faults.takeFor(method, path);
    if (effect) {
      await applyFault(effect, request, reply, clock, faults);
    }
    return reply.sent ? reply : undefined;
  });
  api.post("/*", (request, reply) => {
    messages.push(messageIn(request));
    return loseAnswer(request, reply) ? reply : reply.send("ok");
  });
  api.setNotFoundHandler((_request, reply) => onlyPost(reply));

  const control = controlServer({ log, faults, fault });
  control.get("/messages", () => ({ messages }));
  control.delete("/messages", (_request, reply) => {
    messages = [];
    return reply.code(204).send();
  });
  return { api, control };
}

function messageIn({ method, url, headers, body, ip }: FastifyRequest): Message {
  return {
    method,
    path: url,
    contentType: headers["content-type"] ?? null,
    body: typeof body === "string" ? body : "",
    source: ip,
  };
}

function onlyPost(reply: FastifyReply): FastifyReply {
  return reply.code(405).header("allow", "POST").send("This is a webhook: it accepts POST only.\n");
}
