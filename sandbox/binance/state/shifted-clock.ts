import type { Clock } from "../../emulator/clock.ts";

/** Binance's clock, which tests may set wrong. It alone decides about a request's age. */
export class ShiftedClock implements Clock {
  readonly #time: Clock;
  /** How far it is ahead, in milliseconds; negative if it is behind. */
  offset = 0;

  constructor(time: Clock) {
    this.#time = time;
  }

  now(): Date {
    return new Date(this.#time.now().getTime() + this.offset);
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#time.wait(milliseconds, signal);
  }
}
