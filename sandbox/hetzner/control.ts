import { request } from "node:http";
import { text } from "node:stream/consumers";
import {
  primaryIpList,
  requestList,
  serverList,
  type ActionFailure,
  type Fault,
  type ListedPrimaryIp,
  type ListedServer,
  type LoggedRequest,
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
export class HetznerControl {
  readonly #socket: string;

  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Every request since the start, or since the log was cleared, in the order in which they came. */
  async requests(): Promise<LoggedRequest[]> {
    return requestList.parse(await this.#call("GET", "/requests")).requests;
  }

  /** What was asked while something happened; the log begins anew with it. */
  async during<Result>(
    happening: () => Promise<Result>,
  ): Promise<{ result: Result; requests: LoggedRequest[] }> {
    await this.clearRequests();
    const result = await happening();
    return { result, requests: await this.requests() };
  }

  async clearRequests(): Promise<void> {
    await this.#call("DELETE", "/requests");
  }

  /** Lets something happen to the next requests that match. */
  async inject(fault: Fault): Promise<void> {
    await this.#call("POST", "/faults", fault);
  }

  /** Makes the next actions with a command fail. */
  async failAction(failure: ActionFailure): Promise<void> {
    await this.#call("POST", "/action-failures", failure);
  }

  /** Takes back every trouble that has not struck yet. */
  async clearFaults(): Promise<void> {
    await this.#call("DELETE", "/faults");
  }

  /** Replaces what can't be ordered; an empty list puts everything on sale again. */
  async setSoldOut(soldOut: SoldOut): Promise<void> {
    await this.#call("PUT", "/sold-out", soldOut);
  }

  /** How long actions that begin from now on take at least. */
  async setActionDuration(milliseconds: number): Promise<void> {
    await this.#call("PUT", "/action-duration", { milliseconds });
  }

  /** Leaves everybody who has sent a request before this many of them. */
  async setRemainingRequests(remaining: number): Promise<void> {
    await this.#call("PUT", "/remaining-requests", { remaining });
  }

  /** The servers of all projects, each with the id of its machine. */
  async servers(): Promise<ListedServer[]> {
    return serverList.parse(await this.#call("GET", "/servers")).servers;
  }

  /** The Primary IPs of all projects. */
  async primaryIps(): Promise<ListedPrimaryIp[]> {
    return primaryIpList.parse(await this.#call("GET", "/primary-ips")).primaryIps;
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = request({
      socketPath: this.#socket,
      method,
      path,
      headers: body === undefined ? {} : { "content-type": "application/json" },
    });
    const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
      sent.once("error", reject);
      sent.once("response", (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, answer });
        }, reject);
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
    if (status >= 300) throw new Error(`${method} ${path} on the control socket: ${status} ${answer}`);
    const parsed: unknown = answer === "" ? undefined : JSON.parse(answer);
    return parsed;
  }
}
