import type { Clock } from "../../emulator/clock.ts";
import type { LoggedRequest } from "../../emulator/control-protocol.ts";
import { RequestLog } from "../../emulator/request-log.ts";
import { changeConditions, type Conditions, type ConditionsChange, normalConditions } from "../conditions.ts";
import type { DataCentre } from "../data-centre.ts";
import { HetznerFaults } from "../faults.ts";
import { Account } from "./account.ts";
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
  /** Prints a line to the log. No line contains a secret. */
  readonly report: (line: string) => void;
  conditions: Conditions;
  readonly account: Account;
}

/** What createSharedState() needs. */
export type SharedStateOptions = Pick<SharedState, "dataCentre" | "clock" | "report"> & {
  /** What is different from normal from the start. */
  conditions?: ConditionsChange | undefined;
};

export function createSharedState({ conditions = {}, ...options }: SharedStateOptions): SharedState {
  return {
    ...options,
    conditions: changeConditions(normalConditions, conditions),
    account: new Account(),
    ids: new Ids(),
    addresses: new AddressPool(),
    faults: new HetznerFaults(),
    log: new RequestLog(),
  };
}
