import { randomText } from "../state/new-credential.ts";
import { noSuchListenKey } from "./errors.ts";

/** Documented. */
const lifetime = 60 * 60_000;

/** The key of the account's event stream. Documented: there is one, and a request for another returns the same. */
export class ListenKeys {
  #current: { key: string; until: number } | undefined;

  /** @returns the valid key, which is valid for an hour again */
  start(now: number): string {
    this.#current = { key: this.current(now) ?? randomText(), until: now + lifetime };
    return this.#current.key;
  }

  /** Extends it by an hour from now. @throws ErrorAnswer if there is none */
  keepAlive(now: number): string {
    if (this.current(now) === undefined) {
      throw noSuchListenKey();
    }
    return this.start(now);
  }

  stop(): void {
    this.#current = undefined;
  }

  /** @returns the key if it is still valid */
  current(now: number): string | undefined {
    return this.#current && this.#current.until > now ? this.#current.key : undefined;
  }

  /** The key, even if its end wasn't reported yet. */
  get latest(): { key: string; until: number } | undefined {
    return this.#current;
  }

  /** @returns the key whose time has ended, once */
  takeExpired(now: number): string | undefined {
    const key = this.current(now) === undefined ? this.#current?.key : undefined;
    if (key !== undefined) {
      this.#current = undefined;
    }
    return key;
  }
}
