import type { Clock } from "../emulator/clock.ts";

/** What the API says in its three headers. */
export interface Budget {
  limit: number;
  remaining: number;
  /** UNIX time in seconds of when the budget will be whole again. */
  reset: number;
}

interface Bucket {
  level: number;
  /** When the level was that, in milliseconds. */
  at: number;
}

/**
 * The documented limit: so many requests an hour for each project, bursts allowed, refilled evenly (with 3600
 * an hour, one a second).
 */
export class RateLimit {
  readonly #perHour: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perHour: number, clock: Clock) {
    this.#perHour = perHour;
    this.#clock = clock;
  }

  /** Takes one request from somebody's budget, if there is one left. */
  take(who: string): { granted: boolean; budget: Budget } {
    const bucket = this.#refilled(who);
    const granted = bucket.level >= 1;
    if (granted) {
      bucket.level -= 1;
    }
    return { granted, budget: this.#budgetOf(bucket) };
  }

  /** For tests: leaves everybody who has asked before this many requests. */
  setRemaining(remaining: number): void {
    for (const who of this.#buckets.keys()) {
      this.#refilled(who).level = Math.min(remaining, this.#perHour);
    }
  }

  #refilled(who: string): Bucket {
    const now = this.#clock.now().getTime();
    const before = this.#buckets.get(who) ?? { level: this.#perHour, at: now };
    const level = Math.min(this.#perHour, before.level + ((now - before.at) * this.#perHour) / 3_600_000);
    const bucket = { level, at: now };
    this.#buckets.set(who, bucket);
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
