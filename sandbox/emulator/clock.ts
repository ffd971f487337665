/** Time as an emulator sees it; tests bring one of their own and turn its hands. */
export interface Clock {
  now(): Date;
  /** Resolves when that much time has passed. */
  wait(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
