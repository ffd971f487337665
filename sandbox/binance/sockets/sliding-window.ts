/** Counts events of the last milliseconds, against a limit. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #milliseconds: number;
  #times: number[] = [];

  constructor(limit: number, milliseconds: number) {
    this.#limit = limit;
    this.#milliseconds = milliseconds;
  }

  /** Counts one more event. @returns whether it is within the limit */
  add(now: number): boolean {
    this.#times = this.#times.filter((time) => now - time < this.#milliseconds);
    this.#times.push(now);
    return this.#times.length <= this.#limit;
  }
}
