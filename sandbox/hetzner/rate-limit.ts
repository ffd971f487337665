import type { Clock } from "../emulator/clock.ts";

/** The values of the API's three headers. */
export interface Budget {
  limit: number;
  remaining: number;
  /** UNIX time in seconds when the budget will be full again. */
  reset: number;
}

interface Bucket {
  level: number;
  /** The time of this level, in milliseconds. */
  at: number;
}

/**
 * The documented limit: a number of requests per hour for each project. Bursts are allowed, and the budget is refilled
 * evenly (with 3600 per hour, one per second).
 */
export class RateLimit {
  readonly #perHour: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perHour: number, clock: Clock) {
    this.#perHour = perHour;
    this.#clock = clock;
  }

  /** Takes one request from a client's budget, if one is left. */
  take(client: string): { granted: boolean; budget: Budget } {
    const bucket = this.#refilled(client);
    const granted = bucket.level >= 1;
    if (granted) {
      bucket.level -= 1;
    }
    return { granted, budget: this.#budgetOf(bucket) };
  }

  /** For tests: leaves every client that has sent a request before this many more. */
  setRemaining(remaining: number): void {
    for (const client of this.#buckets.keys()) {
      this.#refilled(client).level = Math.min(remaining, this.#perHour);
    }
  }

  #refilled(client: string): Bucket {
    const now = this.#clock.now().getTime();
    const before = this.#buckets.get(client) ?? { level: this.#perHour, at: now };
    const level = Math.min(this.#perHour, before.level + ((now - before.at) * this.#perHour) / 3_600_000);
    const bucket = { level, at: now };
    this.#buckets.set(client, bucket);
    return bucket;
  }

  #budgetOf(bucket: Bucket): Budget {
    const millisecondsToFull = ((this.#perHour - bucket.level) * 3_600_000) / this.#perHour;
    return {
      limit: this.#perHour,
      remaining: Math.floor(bucket.level),
      reset: Math.ceil((bucket.at + millisecondsToFull) / 1000),
    };
  }
}

/** The documented headers. */
export function rateLimitHeaders(budget: Budget): Record<string, string> {
  return {
    "ratelimit-limit": String(budget.limit),
    "ratelimit-remaining": String(budget.remaining),
    "ratelimit-reset": String(budget.reset),
  };
}
