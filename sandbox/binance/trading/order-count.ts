/** exchangeInfo's limits of orders that were placed and not filled. */
export const orderLimits = [
  { interval: "SECOND", intervalNum: 10, limit: 100, milliseconds: 10_000, header: "10s" },
  { interval: "DAY", intervalNum: 1, limit: 200_000, milliseconds: 86_400_000, header: "1d" },
] as const;

/** assumed: how much less an order counts if it is first filled while it rests in the book. The FAQ's example has 5. */
const makerReward = 5;

/** The account's unfilled orders, in intervals of the clock. Documented in order_count_decrement.md. */
export class OrderCount {
  #counts = orderLimits.map(() => ({ start: 0, count: 0 }));

  /** The count of each limit. */
  at(time: number): number[] {
    return orderLimits.map(({ milliseconds }, index) => {
      const counted = this.#counts[index];
      return counted?.start === startOf(time, milliseconds) ? counted.count : 0;
    });
  }

  /** The first limit that so many more orders would exceed, and when its interval ends. */
  exceededBy(orders: number, time: number): ((typeof orderLimits)[number] & { end: number }) | undefined {
    const counts = this.at(time);
    const exceeded = orderLimits.find(({ limit }, index) => (counts[index] ?? 0) + orders > limit);
    return exceeded && { ...exceeded, end: startOf(time, exceeded.milliseconds) + exceeded.milliseconds };
  }

  add(orders: number, time: number): void {
    const counts = this.at(time);
    this.#counts = orderLimits.map(({ milliseconds }, index) => ({
      start: startOf(time, milliseconds),
      count: Math.max(0, (counts[index] ?? 0) + orders),
    }));
  }

  /** An order was filled for the first time. */
  filled(isMaker: boolean, time: number): void {
    this.add(isMaker ? -makerReward : -1, time);
  }
}

function startOf(time: number, milliseconds: number): number {
  return Math.floor(time / milliseconds) * milliseconds;
}
