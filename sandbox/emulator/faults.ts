/** What happens to the next requests that match. */
export interface OrderedFault<Effect> {
  method?: string | undefined;
  path?: string | undefined;
  times: number;
  effect: Effect;
}

/** The troubles that a test has ordered for requests. */
export class Faults<Effect> {
  #ordered: OrderedFault<Effect>[] = [];

  /** The first one that was ordered strikes first. */
  add(ordered: OrderedFault<Effect>): void {
    this.#ordered.push({ ...ordered });
  }

  clear(): void {
    this.#ordered = [];
  }

  /** @returns what is to happen to this request, if anything; it is used up by asking */
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
