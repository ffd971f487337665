import * as z from "zod";
import type { Exchange } from "../../state/exchange.ts";
import type { Connection } from "../connection.ts";
import type { Session } from "../session.ts";
import { idOf } from "../streams/control-message.ts";
import type { Subscriber } from "../user-data.ts";
import type { FuturesStreams } from "./endpoint.ts";

/** Documented, for all streams of futures. */
export const futuresMessageLimit = 10;

const endOfKey = z.object({ e: z.literal("listenKeyExpired"), listenKey: z.string() });

/** A connection that gets the events of the futures account, as long as its listen key is valid. */
export class PrivateSession implements Session, Subscriber {
  readonly messageLimit = futuresMessageLimit;
  readonly #exchange: Exchange;
  readonly #endpoint: FuturesStreams;
  readonly #connection: Connection;
  readonly #onClose: () => void;

  constructor(exchange: Exchange, endpoint: FuturesStreams, connection: Connection, onClose: () => void) {
    this.#exchange = exchange;
    this.#endpoint = endpoint;
    this.#connection = connection;
    this.#onClose = onClose;
  }

  get summary() {
    return { kind: "streams" as const, streams: ["listen key"], apiKey: null };
  }

  /** assumed: a listen key that isn't valid is accepted, and gets no events. */
  get isActive(): boolean {
    const { latest } = this.#exchange.futures.listenKeys;
    return latest !== undefined && this.#endpoint.names.includes(latest.key);
  }

  /** assumed: streams can't be added here. Each message is answered like a subscription, as clients expect. */
  receive(text: string): void {
    this.#connection.send({ result: null, id: idOf(text) });
  }

  deliver(event: object): void {
    const { events, isCombined, names } = this.#endpoint;
    // The event of a key's end names the key, which is no longer valid.
    const { listenKey } = endOfKey.safeParse(event).data ?? {};
    const key = names.find((name) => name === (listenKey ?? this.#current));
    const isWanted =
      listenKey !== undefined || events.length === 0 || ("e" in event && events.includes(String(event.e)));
    if (key !== undefined && isWanted) {
      this.#connection.send(isCombined ? { stream: key, data: event } : event);
    }
  }

  announceEnd(now: number): void {
    this.#connection.send({ e: "serverShutdown", E: now });
  }

  onClose(): void {
    this.#onClose();
  }

  get #current(): string | undefined {
    const { futures, clock } = this.#exchange;
    return futures.listenKeys.current(clock.now().getTime());
  }
}
