import { EventEmitter } from "node:events";
import type { Clock } from "../../emulator/clock.ts";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { Contract } from "../catalogue/contracts.ts";
import { formatShort } from "../decimal.ts";
import type { Market } from "../market/market.ts";
import { noSuchOrder } from "../order-errors.ts";
import { OrderCount, type OrderLimit } from "../trading/order-count.ts";
import { contractOf, type Futures, FuturesAccount } from "./account.ts";
import { advance, goBack, nextEvent } from "./advance.ts";
import { cancelAlgo, placeAlgo } from "./conditional.ts";
import { nothingToModify, unknownOrder } from "./errors.ts";
import { endOrder, fillOrder, reportAccount } from "./execution.ts";
import { ListenKeys } from "./listen-keys.ts";
import { type AccountMargin, accountMargin, type PositionMargin, positionMargin } from "./margin.ts";
import { checkOrder, modifyOrder, placeOrder } from "./placing.ts";
import { changeLeverage, changeMarginType, changeMultiAssets, changePositionMode } from "./settings.ts";
import {
  type AlgoOrder,
  type AlgoRequest,
  type FuturesEvent,
  isOpen,
  type MarginType,
  type Order,
  type OrderRequest,
  remaining,
} from "./types.ts";

/** Documented. assumed: only orders that were accepted count, and a fill doesn't lower the count. */
export const futuresOrderLimits: readonly OrderLimit[] = [
  { interval: "SECOND", intervalNum: 10, limit: 300, milliseconds: 10_000, header: "10s" },
  { interval: "MINUTE", intervalNum: 1, limit: 1200, milliseconds: 60_000, header: "1m" },
];

/** How a request names an order. Documented: if both are sent, the id counts. */
export interface FuturesOrderName {
  orderId?: number | undefined;
  clientOrderId?: string | undefined;
}

/**
 * The futures account: orders, positions and a wallet in USDT. Like the engine of the spot market, it runs only when it is
 * called: every call first carries out what has happened since the last one.
 */
export class FuturesEngine {
  readonly events = new EventEmitter<{ event: [FuturesEvent] }>();
  readonly account: FuturesAccount;
  readonly listenKeys: ListenKeys;
  readonly count = new OrderCount(futuresOrderLimits);
  readonly market: Market;
  readonly contracts: readonly Contract[];
  readonly #futures: Futures;
  readonly #clock: Pick<Clock, "now">;
  #time: number;

  constructor({
    market,
    contracts,
    clock,
  }: {
    market: Market;
    contracts: readonly Contract[];
    clock: Pick<Clock, "now">;
  }) {
    this.market = market;
    this.contracts = contracts;
    this.#clock = clock;
    this.#time = clock.now().getTime();
    this.account = new FuturesAccount(this.#time);
    this.listenKeys = new ListenKeys();
    const emit = (event: FuturesEvent) => {
      this.events.emit("event", event);
    };
    this.#futures = { market, contracts, account: this.account, emit };
  }

  /** Carries out what happened until now. If the clock was set back, it goes on from there. @returns the time */
  advance(): number {
    const now = this.#clock.now().getTime();
    if (now > this.#time) {
      advance(this.#futures, this.#time, now);
    } else if (now < this.#time) {
      goBack(this.#futures, now);
    }
    this.#time = now;
    const listenKey = this.listenKeys.takeExpired(now);
    if (listenKey !== undefined) {
      this.events.emit("event", { e: "listenKeyExpired", E: now, listenKey });
    }
    return now;
  }

  /** When the account will next have an event without a request, if that is until this time. */
  nextEventUntil(time: number): number | undefined {
    const next = nextEvent(this.#futures, this.advance(), time) ?? Infinity;
    const first = Math.min(next, this.listenKeys.latest?.until ?? Infinity);
    return first <= time ? first : undefined;
  }

  /** Whether nothing can happen to the account without a request. */
  get isIdle(): boolean {
    const { account, listenKeys } = this;
    return (
      listenKeys.latest === undefined &&
      account.positions.open().length === 0 &&
      account.openOrders().length === 0 &&
      account.openAlgos().length === 0
    );
  }

  contract(symbol: string): Contract | undefined {
    return this.contracts.find((one) => one.symbol === symbol);
  }

  margin(): AccountMargin {
    return accountMargin(this.#futures, this.advance());
  }

  /** The positions of a contract, also if they are empty. */
  positions(symbol: string): PositionMargin[] {
    const time = this.advance();
    return this.account.positionSides.map((side) => positionMargin(this.#futures, { symbol, side }, time));
  }

  /** @throws ErrorAnswer if the order would be refused */
  test(request: OrderRequest): void {
    checkOrder(this.#futures, request, this.advance());
  }

  /** @throws ErrorAnswer if the order is refused */
  place(request: OrderRequest): Order {
    const time = this.advance();
    this.count.check(1, time);
    checkOrder(this.#futures, request, time);
    this.count.add(1, time);
    return placeOrder(this.#futures, request, time);
  }

  /** @throws ErrorAnswer if there is no such open order */
  cancel(symbol: string, name: FuturesOrderName): Order {
    const time = this.advance();
    const order = this.#find(symbol, name);
    if (!order || !isOpen(order)) {
      throw unknownOrder();
    }
    endOrder(this.#futures, order, "CANCELED", time);
    return order;
  }

  cancelAll(symbol: string): void {
    const time = this.advance();
    for (const order of this.account.openOrders(symbol)) {
      endOrder(this.#futures, order, "CANCELED", time);
    }
  }

  /** @throws ErrorAnswer if there is no such open order, or nothing changes */
  modify(symbol: string, name: FuturesOrderName, change: { price: bigint; quantity: bigint }): Order {
    const time = this.advance();
    const order = this.#find(symbol, name);
    if (!order || !isOpen(order)) {
      throw noSuchOrder();
    }
    if (order.price === change.price && order.quantity === change.quantity) {
      throw nothingToModify();
    }
    modifyOrder(this.#futures, order, change, time);
    return order;
  }

  /** @throws ErrorAnswer if there is no such order */
  order(symbol: string, name: FuturesOrderName): Order {
    this.advance();
    const order = this.#find(symbol, name);
    if (!order) {
      throw noSuchOrder();
    }
    return order;
  }

  /** @throws ErrorAnswer if the order is refused */
  placeAlgo(request: AlgoRequest): AlgoOrder {
    const time = this.advance();
    this.count.check(1, time);
    const algo = placeAlgo(this.#futures, request, time);
    this.count.add(1, time);
    return algo;
  }

  /** @throws ErrorAnswer if there is no such open order */
  cancelAlgo(name: { algoId?: number | undefined; clientAlgoId?: string | undefined }): AlgoOrder {
    const time = this.advance();
    const algo = this.algo(name);
    if (algo?.status !== "NEW") {
      throw unknownOrder();
    }
    cancelAlgo(this.#futures, algo, time);
    return algo;
  }

  cancelAllAlgos(symbol: string): void {
    const time = this.advance();
    for (const algo of this.account.openAlgos(symbol)) {
      cancelAlgo(this.#futures, algo, time);
    }
  }

  /** The newest conditional order with this id, or with this client id. */
  algo({
    algoId,
    clientAlgoId,
  }: {
    algoId?: number | undefined;
    clientAlgoId?: string | undefined;
  }): AlgoOrder | undefined {
    this.advance();
    return this.account
      .algos()
      .findLast((algo) => (algoId === undefined ? algo.clientAlgoId === clientAlgoId : algo.id === algoId));
  }

  changeLeverage(symbol: string, leverage: number): bigint {
    return changeLeverage(this.#futures, symbol, leverage, this.advance());
  }

  changeMarginType(symbol: string, marginType: MarginType): void {
    this.advance();
    changeMarginType(this.#futures, symbol, marginType);
  }

  changePositionMode(isHedged: boolean): void {
    this.advance();
    changePositionMode(this.#futures, isHedged);
  }

  changeMultiAssets(isMultiAssets: boolean): void {
    changeMultiAssets(this.#futures, isMultiAssets, this.advance());
  }

  /** Fills an order at its price, wholly or partly, as if another account had traded with it. */
  fill(orderId: number, quantity?: bigint): Order {
    const time = this.advance();
    const order = this.account.openOrders().find(({ id }) => id === orderId);
    if (!order) {
      throw new RuleViolation(`there is no open order ${orderId}`);
    }
    const { price } = order;
    const left = remaining(order);
    if (quantity !== undefined && (quantity <= 0n || quantity > left)) {
      throw new RuleViolation(`${formatShort(left)} of order ${orderId} are left to fill`);
    }
    const { stepSize } = contractOf(this.#futures, order.symbol).filters.lotSize;
    if (quantity !== undefined && quantity % stepSize !== 0n) {
      throw new RuleViolation(`the quantity must be a multiple of ${formatShort(stepSize)}`);
    }
    fillOrder(this.#futures, order, { price, quantity: quantity ?? left, time, isMaker: true });
    return order;
  }

  /** Adds to the wallet, or takes from it. */
  transfer(amount: bigint): void {
    const time = this.advance();
    if (this.account.wallet + amount < 0n) {
      throw new RuleViolation(`the futures wallet has only ${formatShort(this.account.wallet)} USDT`);
    }
    this.account.earn({ symbol: "", type: "TRANSFER", amount, time, tradeId: "" });
    reportAccount(this.#futures, amount < 0n ? "WITHDRAW" : "DEPOSIT", { time, change: amount });
  }

  #find(symbol: string, { orderId, clientOrderId }: FuturesOrderName): Order | undefined {
    return this.account
      .orders(symbol)
      .findLast((order) =>
        orderId === undefined ? order.clientOrderId === clientOrderId : order.id === orderId,
      );
  }
}
