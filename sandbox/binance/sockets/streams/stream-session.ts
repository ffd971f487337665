import type { Exchange } from "../../state/exchange.ts";
import { eventIn, type TimeUnit } from "../../time-unit.ts";
import type { Connection } from "../connection.ts";
import type { StreamsEndpoint } from "../endpoint.ts";
import type { Session } from "../session.ts";
import { type Command, idOf, readCommand, StreamError } from "./control-message.ts";
import type { StreamHub, Watcher } from "./stream-hub.ts";

/** Documented. */
const maximumStreams = 1024;
const spotMessageLimit = 5;

/** What distinguishes one connection from others. */
interface StreamSessionOptions extends Pick<StreamsEndpoint, "timeUnit" | "isCombined" | "names"> {
  messageLimit?: number;
  /** Whether the names of the streams are secrets, as listen keys are. The control API doesn't show them then. */
  areSecret?: boolean;
}

/** A connection to streams. */
export class StreamSession implements Session, Watcher {
  readonly messageLimit: number;
  readonly timeUnit: TimeUnit;
  readonly #connection: Connection;
  readonly #hub: Pick<StreamHub, "watch" | "unwatch">;
  readonly #streams = new Set<string>();
  readonly #areSecret: boolean;
  #isCombined: boolean;

  constructor(
    exchange: Exchange,
    endpoint: StreamSessionOptions,
    connection: Connection,
    hub: Pick<StreamHub, "watch" | "unwatch">,
  ) {
    this.timeUnit = endpoint.timeUnit;
    this.messageLimit = endpoint.messageLimit ?? spotMessageLimit;
    this.#isCombined = endpoint.isCombined;
    this.#areSecret = endpoint.areSecret ?? false;
    this.#connection = connection;
    this.#hub = hub;
    // assumed: names in the path that don't exist are ignored. ccxt connects to /ws/1 and subscribes afterwards.
    for (const name of this.#watch(endpoint.names)) {
      if (/[@!]/.test(name)) {
        exchange.report(`not emulated: the stream ${name}`);
      }
    }
  }

  get summary() {
    const streams = [...this.#streams].map((name) => (this.#areSecret ? "[redacted]" : name));
    return { kind: "streams" as const, streams, apiKey: null };
  }

  receive(text: string): void {
    const id = idOf(text);
    try {
      this.#connection.send({ result: this.#carryOut(readCommand(text)), id });
    } catch (error) {
      if (!(error instanceof StreamError)) {
        throw error;
      }
      // assumed: the id is missing if it can't be read.
      this.#connection.send({ error: { code: error.code, msg: error.message }, id });
    }
  }

  deliver(stream: string, json: string): void {
    this.#connection.sendText(
      this.#isCombined ? `{"stream":${JSON.stringify(stream)},"data":${json}}` : json,
    );
  }

  announceEnd(now: number): void {
    const event = eventIn(this.timeUnit, { e: "serverShutdown", E: now });
    this.deliver("!serverShutdown", JSON.stringify(event));
  }

  onClose(): void {
    for (const stream of this.#streams) {
      this.#hub.unwatch(stream, this);
    }
  }

  #carryOut(command: Command): string[] | boolean | null {
    switch (command.method) {
      case "SUBSCRIBE":
        this.#subscribe(command.streams);
        return null;
      case "UNSUBSCRIBE":
        this.#unsubscribe(command.streams);
        return null;
      case "LIST_SUBSCRIPTIONS":
        return [...this.#streams];
      case "SET_PROPERTY":
        this.#isCombined = command.isCombined;
        return null;
      case "GET_PROPERTY":
        return this.#isCombined;
    }
  }

  /** Reported: one name that doesn't exist is an error. assumed: the others of the message are subscribed anyway. */
  #subscribe(streams: string[]): void {
    if (this.#watch(streams).length > 0) {
      throw new StreamError(2, "Invalid request: invalid stream");
    }
  }

  /** @returns the names that don't exist */
  #watch(streams: string[]): string[] {
    const unknown = streams.filter((stream) => !this.#hub.watch(stream, this));
    for (const stream of streams.filter((one) => !unknown.includes(one))) {
      this.#streams.add(stream);
    }
    if (this.#streams.size > maximumStreams) {
      this.#connection.refuse("Too many streams");
    }
    return unknown;
  }

  #unsubscribe(streams: string[]): void {
    for (const stream of streams) {
      this.#hub.unwatch(stream, this);
      this.#streams.delete(stream);
    }
  }
}
