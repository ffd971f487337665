import { request } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { RuleViolation } from "./rule-violation.ts";

const refused = z.object({ refused: z.string() });

/** A client of an emulator's control API, for tests and the demo. The program under test never uses it. */
export class EmulatorControl<Entry, Fault> {
  readonly #socket: string;
  readonly #requests: z.ZodType<{ requests: Entry[] }>;

  /**
   * @param socket the path of the emulator's control socket
   * @param entry the schema of an entry in its request log
   */
  constructor(socket: string, entry: z.ZodType<Entry>) {
    this.#socket = socket;
    this.#requests = z.object({ requests: z.array(entry) });
  }

  /** Every request since the start, or since the log was cleared, in the order of arrival. */
  async requests(): Promise<Entry[]> {
    return this.#requests.parse(await this.call("GET", "/requests")).requests;
  }

  /** Clears the log, runs `happening`, and returns the requests that arrived meanwhile. */
  async during<Result>(happening: () => Promise<Result>): Promise<{ result: Result; requests: Entry[] }> {
    await this.clearRequests();
    const result = await happening();
    return { result, requests: await this.requests() };
  }

  async clearRequests(): Promise<void> {
    await this.call("DELETE", "/requests");
  }

  /** Orders a fault for the next requests that match. */
  async inject(fault: Fault): Promise<void> {
    await this.call("POST", "/faults", fault);
  }

  /** Removes every fault that has not hit a request yet. */
  async clearFaults(): Promise<void> {
    await this.call("DELETE", "/faults");
  }

  /** @throws RuleViolation if a rule of the emulated company forbids it */
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
      throw new RuleViolation(refused.parse(JSON.parse(answer)).refused);
    }
    if (status >= 300) {
      throw new Error(`${method} ${path} on the control socket: ${status} ${answer}`);
    }
    const parsed: unknown = answer === "" ? undefined : JSON.parse(answer);
    return parsed;
  }
}
