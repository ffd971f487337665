import type { TradedSymbol } from "../catalogue/symbols.ts";
import { one, type Rounding, roundToStep } from "../decimal.ts";

/** How a symbol's ticks and lots are converted to amounts in units of 1e-8. */
export class Scale {
  /** The price of one tick. */
  readonly tick: bigint;
  /** The quantity of one lot: the smallest multiple of the step for which a trade's value has at most eight places. */
  readonly lot: bigint;

  constructor({ filters }: Pick<TradedSymbol, "filters">) {
    this.tick = filters.priceFilter.tickSize;
    this.lot = exactLot(filters.priceFilter.tickSize, filters.lotSize.stepSize);
  }

  price(ticks: number): bigint {
    return BigInt(ticks) * this.tick;
  }

  quantity(lots: number): bigint {
    return BigInt(lots) * this.lot;
  }

  /** @param product a sum of ticks times lots */
  quote(product: bigint): bigint {
    return (product * this.tick * this.lot) / one;
  }

  /** The nearest whole number of ticks in that direction. */
  ticks(price: bigint, rounding: Rounding = "down"): number {
    return Number(roundToStep(price, this.tick, rounding) / this.tick);
  }

  lots(quantity: bigint): number {
    return Math.max(1, Number(quantity / this.lot));
  }
}

function exactLot(tick: bigint, step: bigint): bigint {
  let lot = step;
  while ((tick * lot) % one !== 0n) {
    lot *= 10n;
  }
  return lot;
}
