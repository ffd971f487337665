import { request } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { Refusal } from "./refusal.ts";

const refused = z.object({ refused: z.string() });

/** The door behind an emulated API, for tests and the demo. The program under test never knows it. */
export class EmulatorControl<Entry, Fault> {
  readonly #socket: string;
  readonly #requests: z.ZodType<{ requests: Entry[] }>;

  /**
   * @param socket the path of the emulator's control socket
   * @param entry what its request log holds
   */
  constructor(socket: string, entry: z.ZodType<Entry>) {
    this.#socket = socket;
    this.#requests = z.object({ requests: z.array(entry) });
  }

  /** Every request since the start, or since the log was cleared, in the order in which they came. */
  async requests(): Promise<Entry[]> {
    return this.#requests.parse(await this.call("GET", "/requests")).requests;
  }

  /** What was asked while something happened; the log begins anew with it. */
  async during<Result>(happening: () => Promise<Result>): Promise<{ result: Result; requests: Entry[] }> {
    await this.clearRequests();
    const result = await happening();
    return { result, requests: await this.requests() };
  }

  async clearRequests(): Promise<void> {
    await this.call("DELETE", "/requests");
  }

  /** Lets something happen to the next requests that match. */
  async inject(fault: Fault): Promise<void> {
    await this.call("POST", "/faults", fault);
  }

  /** Takes back every trouble that has not struck yet. */
  async clearFaults(): Promise<void> {
    await this.call("DELETE", "/faults");
  }

  /** @throws Refusal where a rule of the emulated company forbids it */
  protected async call(method: string, path: string, body?: unknown): Promise<unknown> {
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
    if (status === 422) {
      throw new Refusal(refused.parse(JSON.parse(answer)).refused);
    }
    if (status >= 300) {
      throw new Error(`${method} ${path} on the control socket: ${status} ${answer}`);
    }
    const parsed: unknown = answer === "" ? undefined : JSON.parse(answer);
    return parsed;
  }
}
