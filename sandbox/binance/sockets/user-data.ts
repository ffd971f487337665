import type { Clock } from "../../emulator/clock.ts";
import { mayUse } from "../authentication.ts";
import type { Exchange } from "../state/exchange.ts";
import type { ApiKey } from "../state/keys.ts";
import { eventIn, type TimeUnit } from "../time-unit.ts";
import type { Connection } from "./connection.ts";
import { subscriptionActive, subscriptionInactive } from "./errors.ts";

/** The events of the account that one connection gets. */
export interface Subscription {
  id: number;
  key: ApiKey;
  /** Whether the session's key subscribed. Documented: only then does session.logout end it. */
  isOfLogon: boolean;
}

/** A session that may get the account's events. */
export interface Subscriber {
  readonly isActive: boolean;
  deliver: (event: object) => void;
}

/** The subscriptions of one connection. There is one account, so at most one of them is active. */
export class Subscriptions implements Subscriber {
  readonly #exchange: Exchange;
  readonly #connection: Connection;
  readonly #timeUnit: TimeUnit;
  readonly #active = new Map<number, Subscription>();
  #nextId = 0;

  constructor(exchange: Exchange, connection: Connection, timeUnit: TimeUnit) {
    this.#exchange = exchange;
    this.#connection = connection;
    this.#timeUnit = timeUnit;
  }

  get ids(): number[] {
    return [...this.#active.keys()];
  }

  get isActive(): boolean {
    return this.#active.size > 0;
  }

  /** @throws ErrorAnswer if the account's events already go to this connection */
  start(key: ApiKey, isOfLogon: boolean): number {
    if (this.#active.size > 0) {
      throw subscriptionActive();
    }
    const id = this.#nextId;
    this.#nextId += 1;
    this.#active.set(id, { id, key, isOfLogon });
    return id;
  }

  /** @throws ErrorAnswer if there is no such subscription */
  stop(id: number): void {
    if (!this.#active.delete(id)) {
      throw subscriptionInactive();
    }
    this.#send(id, { e: "eventStreamTerminated", E: this.#exchange.clock.now().getTime() });
  }

  stopAll(): void {
    for (const id of this.ids) {
      this.stop(id);
    }
  }

  /** Stops the subscription of the session's key. */
  stopOfLogon(): void {
    for (const { id, isOfLogon } of [...this.#active.values()]) {
      if (isOfLogon) {
        this.stop(id);
      }
    }
  }

  /** assumed: a key that has become invalid gets no event any more. The documentation only says what its requests get. */
  deliver(event: object): void {
    for (const { id, key } of [...this.#active.values()]) {
      if (mayUse(this.#exchange, key, "enableReading", this.#connection.source)) {
        this.#send(id, event);
      } else {
        this.stop(id);
      }
    }
  }

  #send(subscriptionId: number, event: object): void {
    this.#connection.send({ subscriptionId, event: eventIn(this.#timeUnit, event) });
  }
}

/** How far ahead the next fill is searched, in milliseconds. */
const longestLook = 10_000;

/** The account whose events are delivered. */
export interface UserDataSource {
  clock: Pick<Clock, "now">;
  /** Carries out what happened until now. */
  advance: () => void;
  /** Whether nothing can happen without a request. */
  isIdle: () => boolean;
  /** When the market will next do something to the account, if that is until this time. */
  nextEventUntil: (time: number) => number | undefined;
  /** Calls the function with each event. */
  listen: (accept: (event: object) => void) => void;
}

/** Delivers the account's events to all connections that subscribed. */
export class UserData {
  /** How long each event is held back, in milliseconds. Only control changes this. */
  delay = 0;
  readonly #source: UserDataSource;
  readonly #onEvent: () => void;
  readonly #subscribers = new Set<Subscriber>();
  #waiting: { event: object; time: number }[] = [];

  /** @param onEvent is called after each event: the next one may be earlier than expected */
  constructor(source: UserDataSource, onEvent: () => void) {
    this.#source = source;
    this.#onEvent = onEvent;
    source.listen((event) => {
      this.#accept(event);
    });
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /**
   * When run() must be called next. What the market does to orders until then is only found by looking, which is needed
   * only if a session watches.
   */
  due(now: number): number {
    const held = this.#waiting[0]?.time ?? Infinity;
    if (!this.#isWatched || this.#source.isIdle()) {
      return held;
    }
    return Math.min(held, this.#source.nextEventUntil(now + longestLook) ?? now + longestLook);
  }

  /** Delivers what has happened, and what was held back long enough. */
  run(now: number): void {
    if (this.#isWatched) {
      this.#source.advance();
    }
    const ready = this.#waiting.filter(({ time }) => time <= now);
    this.#waiting = this.#waiting.filter(({ time }) => time > now);
    for (const { event } of ready) {
      this.#deliver(event);
    }
  }

  get #isWatched(): boolean {
    return [...this.#subscribers].some(({ isActive }) => isActive);
  }

  #accept(event: object): void {
    if (this.delay === 0 && this.#waiting.length === 0) {
      this.#deliver(event);
    } else {
      this.#waiting.push({ event, time: this.#source.clock.now().getTime() + this.delay });
    }
    this.#onEvent();
  }

  #deliver(event: object): void {
    for (const subscriber of this.#subscribers) {
      subscriber.deliver(event);
    }
  }
}
