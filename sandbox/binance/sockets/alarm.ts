import type { Clock } from "../../emulator/clock.ts";

/** Calls a function at one time. It is the only timer of all sockets, and isn't set if nothing is due. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #setFor: { time: number; abort: AbortController } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets it for another time, in milliseconds since 1970, or for none. */
  set(time: number | undefined): void {
    if (time === this.#setFor?.time) {
      return;
    }
    this.#setFor?.abort.abort();
    this.#setFor = undefined;
    if (time !== undefined) {
      this.#start(time);
    }
  }

  #start(time: number): void {
    const abort = new AbortController();
    const waiting = Math.max(time - this.#clock.now().getTime(), 0);
    this.#setFor = { time, abort };
    void this.#clock.wait(waiting, abort.signal).then(() => {
      if (!abort.signal.aborted) {
        this.#setFor = undefined;
        this.#ring();
      }
    });
  }
}
