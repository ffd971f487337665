import { type Contract, marginAsset } from "../catalogue/contracts.ts";
import { parseDecimal } from "../decimal.ts";
import type { Market } from "../market/market.ts";
import { stillIn } from "../still-in.ts";
import { Positions } from "./positions.ts";
import {
  type AlgoOrder,
  type FuturesEvent,
  type FuturesTrade,
  type Income,
  isOpen,
  type MarginType,
  type Order,
  type PositionSide,
} from "./types.ts";

/** What a person has chosen for a contract. */
export interface ContractSettings {
  leverage: number;
  marginType: MarginType;
}

/** assumed: what a new account has in its futures wallet. */
const firstBalance = "1000";
/** assumed: where the numbers of orders begin. Those of conditional orders are apart. */
const firstOrderId = 20_000_001;
const firstAlgoId = 3_000_001;

/** What the futures account has, has done and has chosen. It holds no rules but that the wallet is the sum of the incomes. */
export class FuturesAccount {
  readonly positions = new Positions();
  readonly incomes: Income[] = [];
  /** Whether long and short positions of the same contract are apart. */
  isHedged = false;
  /** Documented: other assets would then be margin as well. There are none here. */
  isMultiAssets = false;
  readonly #settings = new Map<string, ContractSettings>();
  readonly #orders = new Map<number, Order>();
  readonly #algos = new Map<number, AlgoOrder>();
  /** The open ones among them, because most orders are soon done. */
  readonly #open = new Set<Order>();
  readonly #waiting = new Set<AlgoOrder>();
  readonly #trades = new Map<string, FuturesTrade[]>();
  #wallet = 0n;
  updateTime = 0;

  constructor(time: number) {
    this.earn({ symbol: "", type: "TRANSFER", amount: parseDecimal(firstBalance), time, tradeId: "" });
  }

  /** What it has of the margin asset, without the profits of open positions. */
  get wallet(): bigint {
    return this.#wallet;
  }

  /** Changes the wallet. Nothing else does. */
  earn(income: Omit<Income, "id">): void {
    if (income.amount !== 0n) {
      this.#wallet += income.amount;
      this.updateTime = income.time;
      this.incomes.push({ ...income, id: this.incomes.length + 1 });
    }
  }

  settings(symbol: string): ContractSettings {
    const known = this.#settings.get(symbol);
    if (known) {
      return known;
    }
    // Documented in the FAQ: the leverage and margin type of a new account.
    const settings: ContractSettings = { leverage: 20, marginType: "CROSSED" };
    this.#settings.set(symbol, settings);
    return settings;
  }

  /** The sides that a position of a contract may have now. */
  get positionSides(): readonly PositionSide[] {
    return this.isHedged ? ["LONG", "SHORT"] : ["BOTH"];
  }

  nextOrderId(): number {
    return firstOrderId + this.#orders.size;
  }

  nextAlgoId(): number {
    return firstAlgoId + this.#algos.size;
  }

  addOrder(order: Order): void {
    this.#orders.set(order.id, order);
    this.#open.add(order);
  }

  addAlgo(algo: AlgoOrder): void {
    this.#algos.set(algo.id, algo);
    this.#waiting.add(algo);
  }

  addTrade(trade: FuturesTrade): void {
    const trades = this.#trades.get(trade.symbol) ?? [];
    trades.push(trade);
    this.#trades.set(trade.symbol, trades);
  }

  /** In the order of their ids; of all contracts without a name. */
  orders(symbol?: string): Order[] {
    return [...this.#orders.values()].filter((order) => order.symbol === (symbol ?? order.symbol));
  }

  openOrders(symbol?: string): Order[] {
    return stillIn(this.#open, isOpen).filter((order) => order.symbol === (symbol ?? order.symbol));
  }

  algos(symbol?: string): AlgoOrder[] {
    return [...this.#algos.values()].filter((algo) => algo.symbol === (symbol ?? algo.symbol));
  }

  openAlgos(symbol?: string): AlgoOrder[] {
    return stillIn(this.#waiting, ({ status }) => status === "NEW").filter(
      (algo) => algo.symbol === (symbol ?? algo.symbol),
    );
  }

  trades(symbol: string): readonly FuturesTrade[] {
    return this.#trades.get(symbol) ?? [];
  }
}

/** What the rules of futures work with. */
export interface Futures {
  readonly market: Market;
  readonly contracts: readonly Contract[];
  readonly account: FuturesAccount;
  readonly emit: (event: FuturesEvent) => void;
}

export function contractOf({ contracts }: Pick<Futures, "contracts">, symbol: string): Contract {
  const contract = contracts.find((one) => one.symbol === symbol);
  if (!contract) {
    throw new Error(`there is no contract ${symbol} in ${marginAsset}`);
  }
  return contract;
}

/** The mark price is the latest price: the basis is always zero. */
export function markPrice({ market }: Pick<Futures, "market">, symbol: string, time: number): bigint {
  return market.priceAt(symbol, time);
}
