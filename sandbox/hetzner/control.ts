import { EmulatorControl } from "../emulator/control-client.ts";
import { type LoggedRequest, loggedRequest } from "../emulator/control-protocol.ts";
import type { ConditionsChange } from "./conditions.ts";
import {
  type ActionFault,
  type Fault,
  type ListedPrimaryIp,
  type ListedServer,
  type ListedVolume,
  primaryIpList,
  serverList,
  volumeList,
} from "./control-protocol.ts";

export type { ConditionsChange } from "./conditions.ts";
export type { ActionFault, Fault, ListedPrimaryIp, ListedServer, ListedVolume } from "./control-protocol.ts";

/** How an action fails. */
export type ActionFailure = Omit<ActionFault, "effect"> &
  Omit<Extract<ActionFault["effect"], { kind: "error" }>, "kind">;

/** A client of the emulator's control API, for tests and the demo. The program under test never uses it. */
export class HetznerControl extends EmulatorControl<LoggedRequest, Fault> {
  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    super(socket, loggedRequest);
  }

  /**
   * Changes what Hetzner is like: availability, prices, limits, tokens, locks, … (conditions.ts has all of them). Each
   * one replaces the previous one of its name; the others stay as they are.
   */
  async change(conditions: ConditionsChange): Promise<void> {
    await this.call("PUT", "/conditions", conditions);
  }

  /** Makes all conditions normal again, removes all faults, and ends actions that hang. */
  async reset(): Promise<void> {
    await this.call("DELETE", "/conditions");
    await this.clearFaults();
  }

  /** Replaces the list of what can't be ordered. After an empty list everything can be ordered. */
  setSoldOut(soldOut: NonNullable<ConditionsChange["soldOut"]>): Promise<void> {
    return this.change({ soldOut });
  }

  /** How long actions that begin from now on take at least, in milliseconds. */
  setActionDuration(milliseconds: number): Promise<void> {
    return this.change({ actionDuration: milliseconds });
  }

  /** Makes the next actions with a command fail, before any of their work or after all of it. */
  async failAction({ command, times, ...effect }: ActionFailure): Promise<void> {
    await this.#orderForAction({ command, times, effect: { kind: "error", ...effect } });
  }

  /** Makes the next action with a command run forever: until clearFaults(), which ends it with an error. */
  async hangAction(command: string): Promise<void> {
    await this.#orderForAction({ command, effect: { kind: "hang" } });
  }

  async #orderForAction(ordered: ActionFault): Promise<void> {
    await this.call("POST", "/action-faults", ordered);
  }

  /** Makes a server vanish at once, as if its owner had deleted it in another window. */
  async vanish(serverId: number): Promise<void> {
    await this.call("DELETE", `/servers/${serverId}`);
  }

  /** Leaves every client that has sent a request before this many more requests. */
  async setRemainingRequests(remaining: number): Promise<void> {
    await this.call("PUT", "/remaining-requests", { remaining });
  }

  /** The servers of all projects, each with the id of its machine. */
  async servers(): Promise<ListedServer[]> {
    return serverList.parse(await this.call("GET", "/servers")).servers;
  }

  /** The Primary IPs of all projects. */
  async primaryIps(): Promise<ListedPrimaryIp[]> {
    return primaryIpList.parse(await this.call("GET", "/primary-ips")).primaryIps;
  }

  /** The volumes of all projects. */
  async volumes(): Promise<ListedVolume[]> {
    return volumeList.parse(await this.call("GET", "/volumes")).volumes;
  }
}
