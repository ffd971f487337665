import fastify, { type FastifyInstance } from "fastify";
import * as z from "zod";
import type { Faults, OrderedFault } from "./faults.ts";
import type { RequestLog } from "./request-log.ts";
import { RuleViolation } from "./rule-violation.ts";

/** What every control API needs. */
export interface ControlOptions<Entry extends { status: number | null }, Effect> {
  log: RequestLog<Entry>;
  faults: Faults<Effect>;
  /** The schema of an ordered fault. */
  fault: z.ZodType<OrderedFault<Effect>>;
}

/**
 * A control API with the calls that all emulators have: read the requests, order faults. Each emulator adds its own
 * calls. EmulatorControl is the client.
 */
export function controlServer<Entry extends { status: number | null }, Effect>(
  options: ControlOptions<Entry, Effect>,
): FastifyInstance {
  const { log, faults, fault } = options;
  const control = fastify({ forceCloseConnections: true });
  control.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) {
      return reply.code(400).send({ invalid: invalidity(error) });
    }
    if (!(error instanceof RuleViolation)) {
      throw error;
    }
    return reply.code(422).send({ refused: error.message });
  });

  control.get("/requests", () => ({ requests: log.list(), dropped: log.dropped }));
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

/** What is wrong with a request, in one sentence. */
function invalidity({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `"${path.join(".")}" isn't valid: ${message}`))
    .join("; ");
}
