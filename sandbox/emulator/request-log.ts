/** How many requests are kept. A run of hours must not use up the memory. */
const requestsKept = 10_000;

/**
 * The newest requests of an emulator, for tests. It has no headers and no bodies, because they contain secrets.
 */
export class RequestLog<Entry extends { status: number | null }> {
  readonly #kept: number;
  #requests: Entry[] = [];
  #count = 0;

  constructor(kept = requestsKept) {
    this.#kept = kept;
  }

  /** @returns the entry, so that the caller can set its status when the answer is sent */
  add(request: Entry): Entry {
    this.#count += 1;
    this.#requests.push(request);
    // Not with each request, because it moves all that are kept.
    if (this.#requests.length >= 2 * this.#kept) {
      this.#requests = this.list();
    }
    return request;
  }

  list(): Entry[] {
    return this.#requests.slice(-this.#kept);
  }

  /** How many requests since the start, or since the log was cleared, are no longer in it. */
  get dropped(): number {
    return Math.max(0, this.#count - this.#kept);
  }

  clear(): void {
    this.#requests = [];
    this.#count = 0;
  }
}
