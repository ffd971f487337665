import { tooManyOrders } from "../order-errors.ts";

/** A limit of exchangeInfo: how many orders an account may place in an interval of the clock. */
export interface OrderLimit {
  interval: "SECOND" | "MINUTE" | "DAY";
  intervalNum: number;
  limit: number;
  milliseconds: number;
  /** The end of the header's name that has the count. */
  header: string;
}

/** The limits of orders that were placed and not filled. */
export const orderLimits: readonly OrderLimit[] = [
  { interval: "SECOND", intervalNum: 10, limit: 100, milliseconds: 10_000, header: "10s" },
  { interval: "DAY", intervalNum: 1, limit: 200_000, milliseconds: 86_400_000, header: "1d" },
];

/** assumed: how much less an order counts if it is first filled while it rests in the book. The FAQ's example has 5. */
const makerReward = 5;

/** The account's orders, in intervals of the clock. Documented in order_count_decrement.md: a fill lowers the count. */
export class OrderCount {
  readonly #limits: readonly OrderLimit[];
  #counts: { start: number; count: number }[];

  constructor(limits = orderLimits) {
    this.#limits = limits;
    this.#counts = limits.map(() => ({ start: 0, count: 0 }));
  }

  /** The count of each limit. */
  at(time: number): number[] {
    return this.#limits.map(({ milliseconds }, index) => {
      const counted = this.#counts[index];
      return counted?.start === startOf(time, milliseconds) ? counted.count : 0;
    });
  }

  /** The limits as answers show them, with their counts. */
  shown(time: number): object[] {
    const counts = this.at(time);
    return limitsJson(this.#limits).map((limit, index) => ({ ...limit, count: counts[index] ?? 0 }));
  }

  /** The headers of an answer to a new order, with the counts. */
  headers(time: number): Record<string, string> {
    const counts = this.at(time);
    return Object.fromEntries(
      this.#limits.map(({ header }, index) => [`x-mbx-order-count-${header}`, String(counts[index] ?? 0)]),
    );
  }

  /** @throws ErrorAnswer if so many more orders are too many */
  check(orders: number, time: number): void {
    const exceeded = this.#exceededBy(orders, time);
    if (exceeded) {
      const { limit, intervalNum, interval, end } = exceeded;
      throw tooManyOrders(limit, `${intervalNum} ${interval}`, Math.ceil((end - time) / 1000));
    }
  }

  /** Counts new orders before they are placed, because a fill at once counts less again. A refusal counts nothing. */
  during<T>(orders: number, time: number, place: () => T): T {
    this.check(orders, time);
    this.add(orders, time);
    try {
      return place();
    } catch (error) {
      this.add(-orders, time);
      throw error;
    }
  }

  /** The first limit that so many more orders would exceed, and when its interval ends. */
  #exceededBy(orders: number, time: number): (OrderLimit & { end: number }) | undefined {
    const counts = this.at(time);
    const exceeded = this.#limits.find(({ limit }, index) => (counts[index] ?? 0) + orders > limit);
    return exceeded && { ...exceeded, end: startOf(time, exceeded.milliseconds) + exceeded.milliseconds };
  }

  add(orders: number, time: number): void {
    const counts = this.at(time);
    this.#counts = this.#limits.map(({ milliseconds }, index) => ({
      start: startOf(time, milliseconds),
      count: Math.max(0, (counts[index] ?? 0) + orders),
    }));
  }

  /** An order was filled for the first time. */
  filled(isMaker: boolean, time: number): void {
    this.add(isMaker ? -makerReward : -1, time);
  }
}

/** Limits as exchangeInfo has them. */
export function limitsJson(limits: readonly OrderLimit[]): object[] {
  return limits.map(({ interval, intervalNum, limit }) => ({
    ...{ rateLimitType: "ORDERS", interval, intervalNum, limit },
  }));
}

function startOf(time: number, milliseconds: number): number {
  return Math.floor(time / milliseconds) * milliseconds;
}
