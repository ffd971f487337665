import { EmulatorControl } from "../emulator/control-client.ts";
import { type LoggedRequest, loggedRequest } from "../emulator/control-protocol.ts";
import {
  type ActionFailure,
  type Fault,
  type ListedPrimaryIp,
  type ListedServer,
  primaryIpList,
  serverList,
  type SoldOut,
} from "./control-protocol.ts";

export type { ActionFailure, Fault, ListedPrimaryIp, ListedServer, SoldOut } from "./control-protocol.ts";

/** A client of the emulator's control API, for tests and the demo. The program under test never uses it. */
export class HetznerControl extends EmulatorControl<LoggedRequest, Fault> {
  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    super(socket, loggedRequest);
  }

  /** Makes the next actions with a command fail. */
  async failAction(failure: ActionFailure): Promise<void> {
    await this.call("POST", "/action-failures", failure);
  }

  /** Replaces the list of what can't be ordered. After an empty list everything can be ordered. */
  async setSoldOut(soldOut: SoldOut): Promise<void> {
    await this.call("PUT", "/sold-out", soldOut);
  }

  /** How long actions that begin from now on take at least, in milliseconds. */
  async setActionDuration(milliseconds: number): Promise<void> {
    await this.call("PUT", "/action-duration", { milliseconds });
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
}
