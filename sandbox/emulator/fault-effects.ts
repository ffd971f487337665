import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "./clock.ts";
import { resetConnection } from "./connections.ts";
import type { WireEffect } from "./fault-protocol.ts";

/** Does to a request what a test has ordered for it, before anything else looks at it. */
export async function strike(
  effect: WireEffect,
  request: FastifyRequest,
  reply: FastifyReply,
  clock: Clock,
): Promise<void> {
  switch (effect.kind) {
    case "garbage":
      reply.code(effect.status).type("text/html").send(effect.body);
      return;
    case "hang":
      reply.hijack();
      return;
    case "reset":
      reply.hijack();
      resetConnection(request.raw.socket);
      return;
    case "lose-answer":
      // Sent when the call has been carried out, but nobody is there any more.
      losing.add(request);
      return;
    case "slow":
      await clock.wait(effect.milliseconds);
      return;
  }
}

const losing = new WeakSet<FastifyRequest>();

/** Cuts the connection instead of answering, if that was ordered. */
export function loseAnswer(request: FastifyRequest, reply: FastifyReply): boolean {
  if (!losing.has(request)) {
    return false;
  }
  reply.hijack();
  resetConnection(request.raw.socket);
  return true;
}
