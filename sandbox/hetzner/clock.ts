/** Time as the emulator sees it; tests bring one of their own and turn its hands. */
export interface Clock {
  now(): Date;
  /** Resolves when that much time has passed. */
  wait(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** A point in time as the API writes it: RFC 3339 in UTC, to the second. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
