/** A fault, and the requests that it hits. */
export interface OrderedFault<Effect> {
  method?: string | undefined;
  path?: string | undefined;
  times: number;
  effect: Effect;
}

/** The faults that a test has ordered. */
export class Faults<Effect> {
  #ordered: OrderedFault<Effect>[] = [];
  #whenCleared: (() => void)[] = [];

  /** If several match a request, the one that was ordered first hits it. */
  add(ordered: OrderedFault<Effect>): void {
    this.#ordered.push({ ...ordered });
  }

  clear(): void {
    this.#ordered = [];
    for (const resolve of this.#whenCleared.splice(0)) {
      resolve();
    }
  }

  untilCleared(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenCleared.push(resolve);
    });
  }

  /** @returns the fault that hits this request, if any. It counts as used then */
  takeFor(method: string, path: string): Effect | undefined {
    const hit = this.#ordered.find(
      (one) =>
        (one.method === undefined || one.method === method) &&
        (one.path === undefined || new RegExp(one.path).test(path)),
    );
    if (!hit) {
      return undefined;
    }
    hit.times -= 1;
    if (hit.times === 0) {
      this.#ordered = this.#ordered.filter((one) => one !== hit);
    }
    return hit.effect;
  }
}
