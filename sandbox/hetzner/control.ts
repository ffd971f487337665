import { EmulatorControl } from "../emulator/control-client.ts";
import {
  type ActionFailure,
  type Fault,
  type ListedPrimaryIp,
  type ListedServer,
  type LoggedRequest,
  loggedRequest,
  primaryIpList,
  serverList,
  type SoldOut,
} from "./control-protocol.ts";

export type {
  ActionFailure,
  Fault,
  ListedPrimaryIp,
  ListedServer,
  LoggedRequest,
  SoldOut,
} from "./control-protocol.ts";

/** The doors behind the emulated API, for tests and the demo. The program under test never knows them. */
export class HetznerControl extends EmulatorControl<LoggedRequest, Fault> {
  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    super(socket, loggedRequest);
  }

  /** Makes the next actions with a command fail. */
  async failAction(failure: ActionFailure): Promise<void> {
    await this.call("POST", "/action-failures", failure);
  }

  /** Replaces what can't be ordered; an empty list puts everything on sale again. */
  async setSoldOut(soldOut: SoldOut): Promise<void> {
    await this.call("PUT", "/sold-out", soldOut);
  }

  /** How long actions that begin from now on take at least. */
  async setActionDuration(milliseconds: number): Promise<void> {
    await this.call("PUT", "/action-duration", { milliseconds });
  }

  /** Leaves everybody who has sent a request before this many of them. */
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
