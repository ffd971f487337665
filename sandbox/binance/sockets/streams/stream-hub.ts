import type { Clock } from "../../../emulator/clock.ts";
import { eventIn, type TimeUnit } from "../../time-unit.ts";
import type { Channel } from "./channel.ts";

/** A session that gets a stream's events. */
export interface Watcher {
  timeUnit: TimeUnit;
  /** @param json the event */
  deliver: (stream: string, json: string) => void;
}

/** A stream with those who watch it. */
interface Watched {
  channel: Channel;
  watchers: Set<Watcher>;
  /** When the next events are due. */
  due: number;
}

/** The market whose streams a hub has. */
export interface StreamSource {
  clock: Pick<Clock, "now">;
  /** @returns undefined if there is no such stream */
  open: (stream: string, now: number) => Channel | undefined;
  /** Carries out what happened until now. */
  advance: () => void;
}

/** All streams that are watched. Nothing is computed for others. */
export class StreamHub {
  /** How many events of each depth stream are lost. Only control sets this. */
  readonly #gaps = new Map<Channel, number>();
  readonly #source: StreamSource;
  readonly #watched = new Map<string, Watched>();

  constructor(source: StreamSource) {
    this.#source = source;
  }

  /** @returns false if there is no such stream */
  watch(stream: string, watcher: Watcher): boolean {
    const watched = this.#watched.get(stream) ?? this.#open(stream);
    watched?.watchers.add(watcher);
    return watched !== undefined;
  }

  unwatch(stream: string, watcher: Watcher): void {
    const watched = this.#watched.get(stream);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size === 0) {
      this.#watched.delete(stream);
      this.#gaps.delete(watched.channel);
    }
  }

  /** Loses the next events of all depth streams that are watched. */
  loseDepth(events: number): void {
    for (const { channel } of this.#watched.values()) {
      if (channel.isDiff) {
        this.#gaps.set(channel, events);
      }
    }
  }

  /** When run() must be called next. */
  due(): number {
    let due = Infinity;
    for (const watched of this.#watched.values()) {
      due = Math.min(due, watched.due);
    }
    return due;
  }

  /** Sends the events that are due. */
  run(now: number): void {
    if (this.#watched.size > 0) {
      // The account's fills are trades, whose ids must be known before later ones are sent.
      this.#source.advance();
    }
    for (const [stream, watched] of this.#watched) {
      const { period } = watched.channel;
      if (watched.due > now + period) {
        // The clock was set back. The stream begins again, because it has sent what is still to come.
        this.#restart(stream, watched, now);
      } else if (watched.due <= now) {
        this.#send(stream, watched, now);
      }
    }
  }

  #open(stream: string): Watched | undefined {
    const now = this.#source.clock.now().getTime();
    const channel = this.#source.open(stream, now);
    if (!channel) {
      return undefined;
    }
    const watched = { channel, watchers: new Set<Watcher>(), due: nextAfter(now, channel.period) };
    this.#watched.set(stream, watched);
    return watched;
  }

  #restart(stream: string, watched: Watched, now: number): void {
    this.#gaps.delete(watched.channel);
    watched.channel = this.#source.open(stream, now) ?? watched.channel;
    watched.due = nextAfter(now, watched.channel.period);
  }

  #send(stream: string, watched: Watched, now: number): void {
    const { channel, watchers } = watched;
    const time = Math.floor(now / channel.period) * channel.period;
    watched.due = nextAfter(now, channel.period);
    for (const event of channel.eventsAt(time)) {
      if (!this.#isLost(channel)) {
        send(stream, event, watchers);
      }
    }
  }

  #isLost(channel: Channel): boolean {
    const left = this.#gaps.get(channel) ?? 0;
    this.#gaps.set(channel, Math.max(0, left - 1));
    return left > 0;
  }
}

function nextAfter(now: number, period: number): number {
  return (Math.floor(now / period) + 1) * period;
}

/** Each event is written as JSON once for each unit of time, however many watch. */
function send(stream: string, event: object, watchers: Iterable<Watcher>): void {
  const texts = new Map<TimeUnit, string>();
  for (const watcher of watchers) {
    const { timeUnit } = watcher;
    const json = texts.get(timeUnit) ?? JSON.stringify(eventIn(timeUnit, event));
    texts.set(timeUnit, json);
    watcher.deliver(stream, json);
  }
}
