import { type Fill, isOpen, type Order, type OrderList } from "./order.ts";

/** assumed: where the numbers of the account's orders begin. */
const firstOrderId = 10_000_001;

/** All orders, order lists and trades of the account. */
export class OrderStore {
  readonly #orders = new Map<number, Order>();
  /** The open ones among them, because most orders are soon done. */
  readonly #open = new Map<number, Order>();
  readonly #lists = new Map<number, OrderList>();
  readonly #fills: Fill[] = [];
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
    this.#open.set(order.id, order);
  }

  addList(list: OrderList): void {
    this.#lists.set(list.id, list);
  }

  addFill(fill: Fill): void {
    this.#fills.push(fill);
  }

  byId(id: number): Order | undefined {
    return this.#orders.get(id);
  }

  /** The newest order of a symbol with this client id. */
  byClientId(symbol: string, clientOrderId: string): Order | undefined {
    return this.ofSymbol(symbol).findLast((order) => order.clientOrderId === clientOrderId);
  }

  ofSymbol(symbol: string): Order[] {
    return [...this.#orders.values()].filter((order) => order.symbol === symbol);
  }

  /** The open orders in the order of their ids; of all symbols without a name. */
  open(symbol?: string): Order[] {
    for (const order of this.#open.values()) {
      if (!isOpen(order)) {
        this.#open.delete(order.id);
      }
    }
    return [...this.#open.values()].filter((order) => symbol === undefined || order.symbol === symbol);
  }

  fills(symbol: string): Fill[] {
    return this.#fills.filter((fill) => fill.symbol === symbol);
  }

  list(id: number): OrderList | undefined {
    return this.#lists.get(id);
  }

  lists(): OrderList[] {
    return [...this.#lists.values()];
  }

  openLists(symbol?: string): OrderList[] {
    return this.lists().filter((list) => !list.isDone && (symbol === undefined || list.symbol === symbol));
  }

  ordersOf(list: OrderList): Order[] {
    return list.orderIds.flatMap((id) => this.#orders.get(id) ?? []);
  }
}
