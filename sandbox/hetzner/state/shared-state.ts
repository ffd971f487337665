import type { Clock } from "../../emulator/clock.ts";
import type { LoggedRequest } from "../../emulator/control-protocol.ts";
import { RequestLog } from "../../emulator/request-log.ts";
import type { SoldOut } from "../control-protocol.ts";
import type { DataCentre } from "../data-centre.ts";
import { HetznerFaults } from "../faults.ts";
import { AddressPool } from "./address-pool.ts";
import { Ids } from "./ids.ts";

/** What all projects share: machines, time, addresses, and what a test has prepared. */
export interface SharedState {
  readonly dataCentre: DataCentre;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly addresses: AddressPool;
  readonly faults: HetznerFaults;
  readonly log: RequestLog<LoggedRequest>;
  /** How many servers one project may have. */
  readonly serverLimit: number;
  /** Prints a line to the log. No line holds a secret. */
  readonly report: (line: string) => void;
  /** How long an action takes at least, in milliseconds. */
  actionDuration: number;
  soldOut: SoldOut;
}

/** What createSharedState() needs. */
export type SharedStateOptions = Pick<SharedState, "dataCentre" | "clock" | "report" | "actionDuration"> & {
  serverLimit?: number;
};

/** The limit of a new account, as people report it. */
const defaultServerLimit = 5;

export function createSharedState({
  serverLimit = defaultServerLimit,
  ...options
}: SharedStateOptions): SharedState {
  return {
    ...options,
    serverLimit,
    ids: new Ids(),
    addresses: new AddressPool(),
    faults: new HetznerFaults(),
    log: new RequestLog(),
    soldOut: [],
  };
}
