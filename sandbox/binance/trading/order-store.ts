import { stillIn } from "../still-in.ts";
import { type Fill, isOpen, isPending, type Order, type OrderList } from "./order.ts";

/** assumed: where the numbers of the account's orders begin. */
const firstOrderId = 10_000_001;

/** All orders, order lists and trades of the account. */
export class OrderStore {
  readonly #orders = new Map<number, Order>();
  /** The open ones among them, because most orders are soon done. */
  readonly #open = new Set<Order>();
  readonly #bySymbol = new Map<string, Order[]>();
  readonly #lists = new Map<number, OrderList>();
  readonly #openLists = new Set<OrderList>();
  readonly #fills = new Map<string, Fill[]>();
  #executions = 0;

  nextOrderId(): number {
    return firstOrderId + this.#orders.size;
  }

  nextListId(): number {
    return this.#lists.size;
  }

  nextExecutionId(): number {
    this.#executions += 1;
    return this.#executions;
  }

  add(order: Order): void {
    this.#orders.set(order.id, order);
    this.#open.add(order);
    append(this.#bySymbol, order.symbol, order);
  }

  addList(list: OrderList): void {
    this.#lists.set(list.id, list);
    this.#openLists.add(list);
  }

  addFill(fill: Fill): void {
    append(this.#fills, fill.symbol, fill);
  }

  byId(id: number): Order | undefined {
    return this.#orders.get(id);
  }

  /** The newest order of a symbol with this client id. */
  byClientId(symbol: string, clientOrderId: string): Order | undefined {
    return this.ofSymbol(symbol).findLast((order) => order.clientOrderId === clientOrderId);
  }

  /** In the order of their ids. */
  ofSymbol(symbol: string): readonly Order[] {
    return this.#bySymbol.get(symbol) ?? [];
  }

  /** The open orders in the order of their ids; of all symbols without a name. */
  open(symbol?: string): Order[] {
    return stillIn(this.#open, isOpen).filter((order) => order.symbol === (symbol ?? order.symbol));
  }

  /** In the order of their ids. */
  fills(symbol: string): readonly Fill[] {
    return this.#fills.get(symbol) ?? [];
  }

  list(id: number): OrderList | undefined {
    return this.#lists.get(id);
  }

  lists(): OrderList[] {
    return [...this.#lists.values()];
  }

  openLists(symbol?: string): OrderList[] {
    const open = stillIn(this.#openLists, ({ isDone }) => !isDone);
    return open.filter((list) => list.symbol === (symbol ?? list.symbol));
  }

  ordersOf(list: OrderList): Order[] {
    return list.orderIds.flatMap((id) => this.#orders.get(id) ?? []);
  }

  /** The orders of a list that wait for its working order. */
  pendingOf(list: OrderList): Order[] {
    return this.ordersOf(list).filter(isPending);
  }

  /** An order, and those of which only one can trade: the two of an OCO. They share a lock. */
  exclusiveWith(order: Order): Order[] {
    const list = this.list(order.listId);
    if (!list || list.workingId === order.id) {
      return [order];
    }
    return this.ordersOf(list).filter(({ id }) => id !== list.workingId);
  }
}

function append<T>(lists: Map<string, T[]>, name: string, value: T): void {
  const list = lists.get(name);
  if (list) {
    list.push(value);
  } else {
    lists.set(name, [value]);
  }
}
