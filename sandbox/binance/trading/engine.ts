import { EventEmitter } from "node:events";
import type { Clock } from "../../emulator/clock.ts";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import { formatShort } from "../decimal.ts";
import type { Market } from "../market/market.ts";
import { amendRejected } from "../order-errors.ts";
import { advance, goBack, nextEvent } from "./advance.ts";
import { amendOrder } from "./amending.ts";
import type { Balances } from "./balances.ts";
import {
  type Canceled,
  cancelOrder,
  type CancelRestrictions,
  checkRestrictions,
  findOpenList,
  findOpenOrder,
  findOrder,
  type ListName,
  type OrderName,
} from "./cancelling.ts";
import { fillOrder, reportBalances, rulesOf, type Trading } from "./execution.ts";
import { updateList } from "./lists.ts";
import { checkOco, type OcoRequest, placeOco } from "./oco.ts";
import {
  type Amendment,
  type Fill,
  isPending,
  isWorking,
  type Order,
  type OrderList,
  type OrderRequest,
  remaining,
} from "./order.ts";
import { OrderCount } from "./order-count.ts";
import { OrderStore } from "./order-store.ts";
import { checkOto, type OtoRequest, pendingIn, type PlacedList, placeOto } from "./oto.ts";
import { checkOrder, placeOrder } from "./placing.ts";
import { balanceUpdate, type UserEvent } from "./user-events.ts";

/** What the engine works with. */
export interface TradingOptions {
  market: Market;
  balances: Balances;
  clock: Pick<Clock, "now">;
  /** Whether the account pays its commissions in BNB, with a discount. */
  paysInBnb?: () => boolean;
}

/**
 * The account's orders, matched with a market of others. Nothing runs by itself: every call first carries out what the
 * market's trades have done to the orders since the last one.
 */
export class TradingEngine {
  /** "event" has a UserEvent. It is emitted when the engine gets to know of it, with the time at which it happened. */
  readonly events = new EventEmitter<{ event: [UserEvent] }>();
  readonly balances: Balances;
  readonly count = new OrderCount();
  readonly #store = new OrderStore();
  readonly #trading: Trading;
  readonly #clock: Pick<Clock, "now">;
  #time: number;
  #updated = 0;

  constructor({ market, balances, clock, paysInBnb = () => false }: TradingOptions) {
    this.balances = balances;
    this.#clock = clock;
    this.#time = clock.now().getTime();
    this.#trading = {
      ...{ market, balances, store: this.#store, count: this.count, paysInBnb },
      emit: (event) => {
        this.#updated = event.E;
        this.events.emit("event", event);
      },
    };
  }

  /** The time of the last change. */
  get updated(): number {
    return this.#updated;
  }

  /** Carries out what happened until now. If the clock was set back, it goes on from there. @returns the time */
  advance(): number {
    const now = this.#clock.now().getTime();
    if (now > this.#time) {
      advance(this.#trading, now);
    } else if (now < this.#time) {
      goBack(this.#trading, now);
    }
    this.#time = now;
    return now;
  }

  /** @throws ErrorAnswer if so many more orders are too many */
  checkOrderCount(orders = 1): void {
    this.count.check(orders, this.advance());
  }

  /** Documented: an order that wasn't attempted after a failed cancel counts like one that was placed. */
  countUnattempted(): void {
    this.count.add(1, this.advance());
  }

  /** When the market will next fill or trigger an order, if that is until this time. */
  nextEventUntil(time: number): number | undefined {
    this.advance();
    return nextEvent(this.#trading, time);
  }

  /** Checks an order without placing it. Documented: the matching engine doesn't see it. */
  test(request: OrderRequest): void {
    checkOrder(this.#trading, request, this.advance());
  }

  /** @throws ErrorAnswer if the order is refused */
  place(request: OrderRequest): Order {
    return this.#do((time) => {
      checkOrder(this.#trading, request, time);
      return this.count.during(1, time, () => placeOrder(this.#trading, request, time));
    });
  }

  /** Places two orders of which only one can trade. */
  placeOco(request: OcoRequest): OrderList {
    return this.#do((time) => {
      checkOco(this.#trading, request, time);
      return this.count.during(2, time, () => placeOco(this.#trading, request, time));
    });
  }

  /** Places an order, and others that wait until it is filled. */
  placeOto(request: OtoRequest): PlacedList {
    return this.#do((time) => {
      checkOto(this.#trading, request, time);
      const orders = 1 + pendingIn(request).length;
      return this.count.during(orders, time, () => placeOto(this.#trading, request, time));
    });
  }

  /** @throws ErrorAnswer if there is no such open order, or its status doesn't allow it */
  cancel(
    symbol: string,
    name: OrderName,
    options: { clientOrderId?: string | undefined; restrictions?: CancelRestrictions | undefined } = {},
  ): Canceled {
    return this.#do((time) => {
      const order = findOpenOrder(this.#trading, symbol, name);
      checkRestrictions(order, options.restrictions);
      const all = cancelOrder(this.#trading, order, options.clientOrderId, time);
      return all.find((one) => one.order === order) ?? { order, clientOrderId: order.clientOrderId };
    });
  }

  /** @throws ErrorAnswer if there is no such open list */
  cancelList(
    symbol: string,
    name: ListName,
    clientOrderId?: string,
  ): { list: OrderList; canceled: Canceled[] } {
    return this.#do((time) => {
      const list = findOpenList(this.#trading, symbol, name);
      const [first] = this.#store.ordersOf(list);
      return { list, canceled: first ? cancelOrder(this.#trading, first, clientOrderId, time) : [] };
    });
  }

  /** @returns each canceled order, in the order of their ids */
  cancelAll(symbol: string): Canceled[] {
    return this.#do((time) => {
      const canceled: Canceled[] = [];
      for (const order of this.#store.open(symbol)) {
        if (!canceled.some((one) => one.order === order)) {
          canceled.push(...cancelOrder(this.#trading, order, undefined, time));
        }
      }
      return canceled;
    });
  }

  amend(
    symbol: string,
    name: OrderName,
    newQty: bigint,
    clientOrderId?: string,
  ): { order: Order; amendment: Amendment } {
    return this.#do((time) => {
      const order = findOpenOrder(this.#trading, symbol, name, amendRejected);
      return { order, amendment: amendOrder(this.#trading, order, newQty, clientOrderId, time) };
    });
  }

  /** Fills an order at its price, wholly or partly, as if somebody had traded with it. */
  fill(orderId: number, quantity?: bigint): Order {
    return this.#do((time) => {
      const order = this.#store.open().find(({ id }) => id === orderId);
      if (!order) {
        throw new RuleViolation(`there is no open order ${orderId}`);
      }
      if (isPending(order)) {
        throw new RuleViolation(`order ${orderId} waits until the working order of its list is filled`);
      }
      if (!isWorking(order)) {
        throw new RuleViolation(
          `order ${orderId} waits for the price ${formatShort(order.stopPrice)}; move the price instead`,
        );
      }
      const left = remaining(order);
      const { stepSize } = rulesOf(this.#trading, order.symbol).filters.lotSize;
      if (quantity !== undefined && (quantity <= 0n || quantity > left)) {
        throw new RuleViolation(`${formatShort(left)} of order ${orderId} are left to fill`);
      }
      if (quantity !== undefined && quantity % stepSize !== 0n) {
        throw new RuleViolation(`the quantity must be a multiple of ${formatShort(stepSize)}`);
      }
      fillOrder(this.#trading, order, {
        price: order.price,
        quantity: quantity ?? left,
        time,
        isMaker: true,
      });
      updateList(this.#trading, order, time);
      return order;
    });
  }

  /** Adds to the free amount of an asset, or takes from it, as a deposit or a withdrawal does. */
  transfer(asset: string, amount: bigint): void {
    this.#do((time) => {
      if (!this.#trading.market.symbols.some((one) => [one.baseAsset, one.quoteAsset].includes(asset))) {
        throw new RuleViolation(`there is no asset "${asset}"`);
      }
      if (this.balances.free(asset) + amount < 0n) {
        throw new RuleViolation(`only ${formatShort(this.balances.free(asset))} ${asset} are free`);
      }
      this.balances.add(asset, amount);
      this.#trading.emit(balanceUpdate(asset, amount, time));
    });
  }

  /** Sets what is free, and what is locked apart from open orders. */
  setBalance(asset: string, free: bigint, held: bigint): void {
    this.#do((time) => {
      const delta = free - this.balances.free(asset);
      this.balances.set(asset, free, held);
      if (delta !== 0n) {
        this.#trading.emit(balanceUpdate(asset, delta, time));
      }
    });
  }

  order(symbol: string, name: OrderName): Order | undefined {
    this.advance();
    return findOrder(this.#trading, symbol, name);
  }

  openOrders(symbol?: string): Order[] {
    this.advance();
    return this.#store.open(symbol);
  }

  /** All orders of a symbol, in the order of their ids. */
  allOrders(symbol: string): readonly Order[] {
    this.advance();
    return this.#store.ofSymbol(symbol);
  }

  /** The account's trades of a symbol, in the order of their ids. */
  myTrades(symbol: string): readonly Fill[] {
    this.advance();
    return this.#store.fills(symbol);
  }

  list(name: ListName): OrderList | undefined {
    this.advance();
    return name.id === undefined
      ? this.#store.lists().findLast((list) => list.clientOrderId === name.clientOrderId)
      : this.#store.list(name.id);
  }

  lists(): OrderList[] {
    this.advance();
    return this.#store.lists();
  }

  openLists(): OrderList[] {
    this.advance();
    return this.#store.openLists();
  }

  ordersOf(list: OrderList): Order[] {
    return this.#store.ordersOf(list);
  }

  #do<T>(action: (time: number) => T): T {
    const time = this.advance();
    const result = action(time);
    reportBalances(this.#trading, time);
    return result;
  }
}
