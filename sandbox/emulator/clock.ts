/** The time as an emulator sees it. Tests use a clock that they set by hand. */
export interface Clock {
  now(): Date;
  /** Resolves after this time. */
  wait(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
