import { formatDecimal, greatest } from "../decimal.ts";

/** What the account has of an asset. */
export interface Balance {
  free: bigint;
  /** For open orders. */
  ordered: bigint;
  /** For something outside of trading, which only a person can set. */
  held: bigint;
}

/** The account's assets. What is free or locked is never negative. */
export class Balances {
  readonly #balances = new Map<string, Balance>();
  /** The assets that changed since they were last taken. */
  readonly #changed = new Set<string>();

  constructor(balances: Readonly<Record<string, { free: bigint; held?: bigint }>> = {}) {
    for (const [asset, { free, held = 0n }] of Object.entries(balances)) {
      this.#balances.set(asset, { free, ordered: 0n, held });
    }
  }

  assets(): string[] {
    return [...this.#balances.keys()];
  }

  free(asset: string): bigint {
    return this.#of(asset).free;
  }

  locked(asset: string): bigint {
    const { ordered, held } = this.#of(asset);
    return ordered + held;
  }

  total(asset: string): bigint {
    return this.free(asset) + this.locked(asset);
  }

  /** What open orders lock. */
  ordered(asset: string): bigint {
    return this.#of(asset).ordered;
  }

  /** Sets what is free, and what is locked apart from open orders. */
  set(asset: string, free: bigint, held: bigint): void {
    this.#edit(asset, (balance) => Object.assign(balance, { free, held }));
  }

  /** Adds to what is free; a negative amount takes from it. */
  add(asset: string, amount: bigint): void {
    this.#edit(asset, (balance) => (balance.free += amount));
  }

  /** Moves an amount from free to locked, or back if it is negative. */
  lock(asset: string, amount: bigint): void {
    this.#edit(asset, (balance) => {
      balance.free -= amount;
      balance.ordered += amount;
    });
  }

  /** Takes the amount of a fill, and lowers the lock of its order. The rest of the lock becomes free. */
  payFromLock(asset: string, amount: bigint, released: bigint): void {
    this.#edit(asset, (balance) => {
      balance.free += released - amount;
      balance.ordered -= released;
    });
  }

  /** The assets that changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #of(asset: string): Readonly<Balance> {
    return this.#balances.get(asset) ?? { free: 0n, ordered: 0n, held: 0n };
  }

  #edit(asset: string, edit: (balance: Balance) => void): void {
    const balance = { ...this.#of(asset) };
    edit(balance);
    if (balance.free < 0n || balance.ordered < 0n) {
      throw new RangeError(`the balance of ${asset} would be ${formatDecimal(balance.free)} free`);
    }
    this.#balances.set(asset, { ...balance, held: greatest(0n, balance.held) });
    this.#changed.add(asset);
  }
}
