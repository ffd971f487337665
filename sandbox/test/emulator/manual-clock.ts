import type { Clock } from "../../emulator/clock.ts";

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  #now = Date.parse("2026-11-23T12:00:00Z");
  #waiting: { until: number; resolve: () => void }[] = [];

  now(): Date {
    return new Date(this.#now);
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.#now + milliseconds, resolve });
      signal?.addEventListener("abort", () => {
        resolve();
      });
    });
  }

  /** Lets this time pass, and resolves the waits that end in it. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#waiting.filter(({ until }) => until <= this.#now);
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#now);
    for (const { resolve } of due) {
      resolve();
    }
  }
}
