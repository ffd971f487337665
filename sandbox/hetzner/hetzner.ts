import type { FastifyInstance } from "fastify";
import { type Clock, systemClock } from "../emulator/clock.ts";
import { type ApiOptions, buildApi } from "./api.ts";
import { Projects } from "./authentication.ts";
import type { ConditionsChange } from "./conditions.ts";
import { buildControl } from "./control-server.ts";
import type { DataCentre } from "./data-centre.ts";
import { buildMetadata } from "./metadata.ts";
import { RateLimit } from "./rate-limit.ts";
import { createSharedState } from "./state/shared-state.ts";

/** The documented limit of a project. */
const requestsPerHour = 3600;

/** The options of an emulated Hetzner. All but the first two default to the values of the real one. */
export interface HetznerOptions {
  dataCentre: DataCentre;
  /** Each token has its own project. */
  tokens: readonly string[];
  clock?: Clock;
  requestsPerHour?: number;
  /** What is different from normal from the start. */
  conditions?: ConditionsChange;
  tls?: ApiOptions["tls"];
  /** Prints a line to the log; by default to standard error. */
  report?: (line: string) => void;
}

/** Hetzner's three servers. None of them listens yet. */
export interface Hetzner {
  api: FastifyInstance;
  /** The metadata service, which only servers can reach. */
  metadata: FastifyInstance;
  /** The control API, for tests. */
  control: FastifyInstance;
}

/** Makes an emulated Hetzner. */
export function createHetzner(options: HetznerOptions): Hetzner {
  const clock = options.clock ?? systemClock;
  const shared = createSharedState({
    dataCentre: options.dataCentre,
    clock,
    report: options.report ?? ((line) => process.stderr.write(`hetzner: ${line}\n`)),
    conditions: options.conditions,
  });
  const projects = new Projects(options.tokens, shared);
  const rateLimit = new RateLimit(options.requestsPerHour ?? requestsPerHour, clock);
  return {
    api: buildApi({ shared, projects, rateLimit, tls: options.tls }),
    metadata: buildMetadata(projects),
    control: buildControl({ shared, projects, rateLimit }),
  };
}
