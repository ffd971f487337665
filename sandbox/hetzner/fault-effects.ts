import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./errors.ts";
import type { FaultEffect } from "./faults.ts";

/** Does to a request what a test has ordered for it, before anything else looks at it. */
export function strike(effect: FaultEffect, request: FastifyRequest, reply: FastifyReply): void {
  switch (effect.kind) {
    case "error":
      throw new ApiError(effect.status, effect.code, effect.message);
    case "garbage":
      reply.code(effect.status).type("text/html").send(effect.body);
      return;
    case "hang":
      reply.hijack();
      return;
    case "reset":
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return;
    case "lose-answer":
      // Sent when the call has been carried out, but nobody is there any more.
      losing.add(request);
      return;
  }
}

const losing = new WeakSet<FastifyRequest>();

/** Cuts the connection instead of answering, if that was ordered. */
export function loseAnswer(request: FastifyRequest, reply: FastifyReply): boolean {
  if (!losing.has(request)) return false;
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return true;
}
