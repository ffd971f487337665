import { setTimeout } from "node:timers/promises";

/** The time as an emulator sees it. Tests use a clock that they set by hand. */
export interface Clock {
  now(): Date;
  /** Resolves after this time, or when the signal is aborted. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) {
        throw error;
      }
    }),
};
