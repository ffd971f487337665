import * as z from "zod";
import type { Exchange } from "../../state/exchange.ts";
import type { Watcher } from "../streams/stream-hub.ts";
import type { Subscriber, UserData } from "../user-data.ts";

const endOfKey = z.object({ e: z.literal("listenKeyExpired"), listenKey: z.string() });

/** The events of the futures account on one connection, whose streams are listen keys. */
export class AccountStream implements Subscriber {
  readonly #exchange: Exchange;
  readonly #userData: UserData;
  readonly #events: readonly string[];
  readonly #watchers = new Map<string, Watcher>();

  /** @param events only these are delivered; all if it is empty */
  constructor(exchange: Exchange, userData: UserData, events: readonly string[]) {
    this.#exchange = exchange;
    this.#userData = userData;
    this.#events = events;
  }

  /** assumed: a listen key that isn't valid is accepted, and gets no events. */
  watch(listenKey: string, watcher: Watcher): boolean {
    this.#watchers.set(listenKey, watcher);
    this.#userData.add(this);
    return true;
  }

  unwatch(listenKey: string): void {
    this.#watchers.delete(listenKey);
    if (this.#watchers.size === 0) {
      this.#userData.remove(this);
    }
  }

  get isActive(): boolean {
    return this.#watchers.has(this.#exchange.futures.listenKeys.latest?.key ?? "");
  }

  deliver(event: object): void {
    const { futures, clock } = this.#exchange;
    // The event of a key's end names the key, which is no longer valid. Every client gets it.
    const { listenKey: ended } = endOfKey.safeParse(event).data ?? {};
    const key = ended ?? futures.listenKeys.current(clock.now().getTime()) ?? "";
    if (ended !== undefined || this.#events.length === 0 || this.#events.includes(nameOf(event))) {
      this.#watchers.get(key)?.deliver(key, JSON.stringify(event));
    }
  }
}

function nameOf(event: object): string {
  return "e" in event ? String(event.e) : "";
}
