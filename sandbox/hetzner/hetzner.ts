import type { FastifyInstance } from "fastify";
import { buildApi, type ApiOptions } from "./api.ts";
import { Projects } from "./authentication.ts";
import { systemClock, type Clock } from "../emulator/clock.ts";
import { buildControl } from "./control-server.ts";
import type { DataCentre } from "./data-centre.ts";
import { RateLimit } from "./rate-limit.ts";
import { createWorld } from "./state/world.ts";

/** What the documentation gives a project. */
const requestsPerHour = 3600;

/** What an emulated Hetzner is made of; all but the first two have what is true of the real one. */
export interface HetznerOptions {
  dataCentre: DataCentre;
  /** Each token is a project of its own. */
  tokens: readonly string[];
  clock?: Clock;
  /** How long an action takes at least, in milliseconds. */
  actionDuration?: number;
  requestsPerHour?: number;
  serverLimit?: number;
  tls?: ApiOptions["tls"];
  /** Where lines for whoever looks after the emulator go; by default to standard error. */
  report?: (line: string) => void;
}

/** Hetzner in two doors: the public one, and the one behind. Neither listens yet. */
export function createHetzner(options: HetznerOptions): { api: FastifyInstance; control: FastifyInstance } {
  const clock = options.clock ?? systemClock;
  const world = createWorld({
    dataCentre: options.dataCentre,
    clock,
    actionDuration: options.actionDuration ?? 300,
    report: options.report ?? ((line) => process.stderr.write(`hetzner: ${line}\n`)),
    ...(options.serverLimit === undefined ? {} : { serverLimit: options.serverLimit }),
  });
  const projects = new Projects(options.tokens, world);
  const rateLimit = new RateLimit(options.requestsPerHour ?? requestsPerHour, clock);
  return {
    api: buildApi({ world, projects, rateLimit, tls: options.tls }),
    control: buildControl({ world, projects, rateLimit }),
  };
}
