import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "./clock.ts";
import { resetConnection } from "./connections.ts";
import type { WireEffect } from "./control-protocol.ts";
import type { Faults } from "./faults.ts";

/** Applies a fault that a test has ordered to a request, before the request is handled. */
export async function applyFault(
  effect: WireEffect,
  request: FastifyRequest,
  reply: FastifyReply,
  clock: Clock,
  faults: Faults<unknown>,
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
      // The call is carried out. loseAnswer() cuts the connection afterwards.
      losing.add(request);
      return;
    case "slow":
      await clock.wait(effect.milliseconds);
      return;
    case "hold":
      await faults.untilCleared();
      return;
  }
}

const losing = new WeakSet<FastifyRequest>();

/** Cuts the connection instead of answering, if a test has ordered that. */
export function loseAnswer(request: FastifyRequest, reply: FastifyReply): boolean {
  if (!losing.has(request)) {
    return false;
  }
  reply.hijack();
  resetConnection(request.raw.socket);
  return true;
}
