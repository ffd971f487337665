import * as z from "zod";
import { type Clock, systemClock } from "./clock.ts";
import { HetznerError } from "./failure.ts";
import { type HttpRequest, send } from "./http.ts";
import { type Action, action } from "./replies.ts";
import { waitBeforeRetry } from "./retries.ts";
import { quote } from "./text.ts";

/** What a call needs, besides its path. */
export const hetznerAccess = z.object({
  /** The API token of the project. */
  token: z.string(),
  /** Where the API is, with its version; "https://api.hetzner.cloud/v1" by default. */
  endpoint: z.string().optional(),
});
export type HetznerAccess = z.output<typeof hetznerAccess>;

export interface ClientOptions {
  clock?: Clock;
  /** For each request with its reply, in ms. */
  timeout?: number;
}

/** The highest number that Hetzner accepts. */
const perPage = 50;
/** A list that doesn't end after so many pages is a mistake. */
const mostPages = 200;

/**
 * A client of Hetzner's API: the few calls that this program makes itself. It repeats what Hetzner asks to repeat
 * (retries.ts). A POST whose answer was lost isn't repeated: look first whether it was performed.
 */
export class HetznerClient {
  readonly clock: Clock;
  readonly #token: string;
  readonly #endpoint: string;
  readonly #timeout: number;

  constructor({ token, endpoint }: HetznerAccess, options: ClientOptions = {}) {
    this.#token = token;
    this.#endpoint = (endpoint ?? "https://api.hetzner.cloud/v1").replace(/\/+$/, "");
    this.clock = options.clock ?? systemClock;
    this.#timeout = options.timeout ?? 30_000;
  }

  /**
   * @param path below the endpoint, such as "/servers/42"
   * @throws HetznerError
   */
  get<T>(path: string, reply: z.ZodType<T>): Promise<T> {
    return this.#request("GET", path, undefined, reply, true);
  }

  /**
   * Reads a whole list, page by page.
   *
   * @param key the list's name in the reply, such as "servers"
   * @param query filters
   * @throws HetznerError
   */
  async list<T>(key: string, item: z.ZodType<T>, query: Record<string, string> = {}): Promise<T[]> {
    const items: T[] = [];
    let next: number | null | undefined = 1;
    for (let page = 1; next && page <= mostPages; page += 1) {
      const parameters = new URLSearchParams({ ...query, page: String(next), per_page: String(perPage) });
      const path = `/${key}?${parameters.toString()}`;
      const reply: z.output<typeof pageReply> = await this.get(path, pageReply);
      items.push(...readReply(`GET ${this.#endpoint}${path}`, reply[key], z.array(item)));
      next = reply.meta?.pagination.next_page;
    }
    return items;
  }

  /**
   * @param isRepeatable performing it twice does no harm, so that it is repeated if an answer was lost
   * @throws HetznerError
   */
  post<T>(path: string, body: object, reply: z.ZodType<T>, isRepeatable = false): Promise<T> {
    return this.#request("POST", path, body, reply, isRepeatable);
  }

  /**
   * Changes something. Doing it twice does no harm, so it is repeated if an answer was lost.
   *
   * @throws HetznerError
   */
  async put(path: string, body: object): Promise<void> {
    await this.#request("PUT", path, body, z.unknown(), true);
  }

  /**
   * Starts an action and waits until it has succeeded.
   *
   * @param limit for the action itself, in ms
   * @throws HetznerError with the action's code if it fails; "unfinished" if it takes longer than the limit
   */
  async act(path: string, body: object = {}, limit = 5 * 60_000): Promise<void> {
    const reply = await this.post(path, body, actionReply);
    await this.waitFor(reply.action, limit);
  }

  /**
   * Deletes something, and waits until that is done.
   *
   * @throws HetznerError, code "not_found" if it doesn't exist
   */
  async delete(path: string, limit = 5 * 60_000): Promise<void> {
    // Only a server's deletion is an action.
    const reply = await this.#request("DELETE", path, undefined, actionReply.optional(), true);
    if (reply !== undefined) {
      await this.waitFor(reply.action, limit);
    }
  }

  /**
   * Waits until an action has succeeded.
   *
   * @throws HetznerError as `act` does
   */
  async waitFor(started: Action, limit: number): Promise<void> {
    const deadline = this.clock.now() + limit;
    let current = started;
    while (current.status === "running") {
      if (this.clock.now() >= deadline) {
        throw new HetznerError("unfinished", `Hetzner's action ${current.command} has not ended in time.`);
      }
      await this.clock.sleep(500);
      ({ action: current } = await this.get(`/actions/${current.id}`, actionReply));
    }
    if (current.status === "error") {
      const { code, message } = current.error ?? { code: "action_failed", message: "no reason given" };
      const reason = `${quote(message, this.#token)} (${quote(code, this.#token)})`;
      throw new HetznerError(code, `Hetzner's action ${current.command} failed: ${reason}.`);
    }
  }

  async #request<T>(
    method: HttpRequest["method"],
    path: string,
    body: object | undefined,
    expected: z.ZodType<T>,
    isRepeatable: boolean,
  ): Promise<T> {
    const url = `${this.#endpoint}${path}`;
    const start = this.clock.now();
    for (let tries = 1; ; tries += 1) {
      try {
        const reply = await send({ method, url, token: this.#token, body, timeout: this.#timeout });
        return readReply(`${method} ${url}`, reply.body, expected);
      } catch (error) {
        const now = this.clock.now();
        const wait =
          error instanceof HetznerError
            ? waitBeforeRetry(error, { tries, elapsed: now - start, now }, isRepeatable)
            : undefined;
        if (wait === undefined) {
          throw error;
        }
        await this.clock.sleep(wait);
      }
    }
  }
}

const actionReply = z.looseObject({ action });
const pagination = z.looseObject({ next_page: z.int().positive().nullish() });
const pageReply = z.looseObject({ meta: z.looseObject({ pagination }).optional() });

function readReply<T>(call: string, body: unknown, expected: z.ZodType<T>): T {
  const result = expected.safeParse(body);
  if (result.success) {
    return result.data;
  }
  const fields = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].filter(Boolean);
  const problem =
    fields.length === 0
      ? "has another shape than documented"
      : `has no readable ${fields.slice(0, 3).join(", ")}`;
  throw new HetznerError("unreadable", `${call}: the reply ${problem}.`);
}
