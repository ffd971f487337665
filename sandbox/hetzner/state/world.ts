import type { Clock } from "../../emulator/clock.ts";
import { RequestLog } from "../../emulator/request-log.ts";
import type { LoggedRequest, SoldOut } from "../control-protocol.ts";
import type { DataCentre } from "../data-centre.ts";
import { HetznerFaults } from "../faults.ts";
import { AddressPool } from "./address-pool.ts";
import { Ids } from "./ids.ts";

/** What all projects share: the machines, the time, the addresses, and what a test has arranged. */
export interface World {
  readonly dataCentre: DataCentre;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly addresses: AddressPool;
  readonly faults: HetznerFaults;
  readonly log: RequestLog<LoggedRequest>;
  /** How many servers one project may have. */
  readonly serverLimit: number;
  /** Takes a line for whoever looks after the emulator; none holds a secret. */
  readonly report: (line: string) => void;
  /** How long an action takes at least, in milliseconds. */
  actionDuration: number;
  soldOut: SoldOut;
}

/** What may be different from the default in a world. */
export type WorldOptions = Pick<World, "dataCentre" | "clock" | "report" | "actionDuration"> & {
  serverLimit?: number;
};

/** What a new account gets, as people report it. */
const defaultServerLimit = 5;

export function createWorld({ serverLimit = defaultServerLimit, ...options }: WorldOptions): World {
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
