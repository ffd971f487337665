/** Random numbers that follow from a seed. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    // xorshift32 never leaves zero.
    this.#state = seed >>> 0 || 1;
  }

  /** @returns an integer from 1 to `most` */
  upTo(most: number): number {
    let next = this.#state;
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    this.#state = next >>> 0;
    return 1 + (this.#state % most);
  }
}
