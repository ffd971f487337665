import { request } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { RuleViolation } from "./rule-violation.ts";

const refused = z.object({ refused: z.string() });
const invalid = z.object({ invalid: z.string() });

/** A client of an emulator's control API, for tests and the demo. The program under test never uses it. */
export class EmulatorControl<Entry, Fault> {
  readonly #socket: string;
  readonly #log: z.ZodType<{ requests: Entry[]; dropped: number }>;

  /**
   * @param socket the path of the emulator's control socket
   * @param entry the schema of an entry in its request log
   */
  constructor(socket: string, entry: z.ZodType<Entry>) {
    this.#socket = socket;
    this.#log = z.object({ requests: z.array(entry), dropped: z.int() });
  }

  /** The newest requests since the start, or since the log was cleared, in the order of arrival. */
  async requests(): Promise<Entry[]> {
    return (await this.requestLog()).requests;
  }

  /** The newest requests, and how many older ones were dropped, because the log has a limit. */
  async requestLog(): Promise<{ requests: Entry[]; dropped: number }> {
    return this.#log.parse(await this.call("GET", "/requests"));
  }

  /**
   * Clears the log, runs `happening`, and returns the requests that arrived meanwhile.
   *
   * @throws Error if there were more than the log keeps
   */
  async during<Result>(happening: () => Promise<Result>): Promise<{ result: Result; requests: Entry[] }> {
    await this.clearRequests();
    const result = await happening();
    const { requests, dropped } = await this.requestLog();
    if (dropped > 0) {
      throw new Error(`${dropped} of ${dropped + requests.length} requests are no longer in the request log`);
    }
    return { result, requests };
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
      // A connection for each request: a kept one may have been closed meanwhile, which a busy test learns too late.
      agent: false,
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
    const problem = status === 400 ? invalid.safeParse(JSON.parse(answer)) : undefined;
    if (problem?.success) {
      throw new Error(problem.data.invalid);
    }
    if (status >= 300) {
      throw new Error(`${method} ${path} on the control socket: ${status} ${answer}`);
    }
    const parsed: unknown = answer === "" ? undefined : JSON.parse(answer);
    return parsed;
  }
}
