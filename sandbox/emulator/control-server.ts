import fastify, { type FastifyInstance } from "fastify";
import type * as z from "zod";
import type { Faults, OrderedFault } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import type { RequestLog } from "./request-log.ts";

/** What every emulator's control socket gives access to. */
export interface ControlOptions<Entry extends { status: number | null }, Effect> {
  log: RequestLog<Entry>;
  faults: Faults<Effect>;
  /** What a fault looks like when it is ordered. */
  fault: z.ZodType<OrderedFault<Effect>>;
}

/**
 * The door behind an API, with what all emulators let tests do: look at the requests, order trouble. Each adds
 * its own. EmulatorControl is the client.
 */
export function controlDoor<Entry extends { status: number | null }, Effect>(
  options: ControlOptions<Entry, Effect>,
): FastifyInstance {
  const { log, faults, fault } = options;
  const control = fastify({ forceCloseConnections: true });
  control.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return reply.code(422).send({ refused: error.message });
  });

  control.get("/requests", () => ({ requests: log.list() }));
  control.delete("/requests", (_request, reply) => {
    log.clear();
    return reply.code(204).send();
  });
  control.post("/faults", (request, reply) => {
    faults.add(fault.parse(request.body));
    return reply.code(204).send();
  });
  control.delete("/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  return control;
}
