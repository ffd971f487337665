import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { formatShort, parseDecimal } from "../../../binance/decimal.ts";
import { ErrorAnswer } from "../../../binance/errors.ts";
import { Market } from "../../../binance/market/market.ts";
import { Balances } from "../../../binance/trading/balances.ts";
import { TradingEngine } from "../../../binance/trading/engine.ts";
import type { Order, OrderRequest } from "../../../binance/trading/order.ts";
import type { UserEvent } from "../../../binance/trading/user-events.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";

/** An account with a market, and a clock that a test moves. */
export interface TradingFloor {
  clock: ManualClock;
  market: Market;
  engine: TradingEngine;
  events: UserEvent[];
  /** Pins a price, and lets time pass until the market has traded at it. */
  pin: (symbol: string, price: string) => void;
}

export function openMarket({
  paysInBnb = false,
  balances = richBalances(),
  market = newMarket(),
  clock = new ManualClock(),
} = {}): TradingFloor {
  const engine = new TradingEngine({ market, balances, clock, paysInBnb: () => paysInBnb });
  const events: UserEvent[] = [];
  engine.events.on("event", (event) => events.push(event));
  return {
    clock,
    market,
    engine,
    events,
    pin: (symbol, price) => {
      market.pinPrice(symbol, parseDecimal(price), clock.now().getTime());
      clock.advance(1000);
      engine.advance();
    },
  };
}

export function newMarket(): Market {
  return new Market({ seed: 1, symbols: newSymbols() });
}

function richBalances(): Balances {
  return new Balances({
    BTC: { free: parseDecimal("10") },
    ETH: { free: parseDecimal("100") },
    BNB: { free: parseDecimal("100") },
    USDC: { free: parseDecimal("1000000") },
    USDT: { free: parseDecimal("1000000") },
  });
}

/** An order with amounts as text. */
export interface Typed extends Partial<
  Omit<OrderRequest, "quantity" | "quoteOrderQuantity" | "price" | "stopPrice" | "icebergQuantity">
> {
  quantity?: string;
  quote?: string;
  price?: string;
  stopPrice?: string;
  iceberg?: string;
}

export function order(typed: Typed): OrderRequest {
  const { quantity = "0", quote = "0", price = "0", stopPrice = "0", iceberg = "0", ...rest } = typed;
  return {
    symbol: "BTCUSDC",
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity: parseDecimal(quantity),
    quoteOrderQuantity: parseDecimal(quote),
    price: parseDecimal(price),
    stopPrice: parseDecimal(stopPrice),
    icebergQuantity: parseDecimal(iceberg),
    trailingDelta: 0,
    selfTradePreventionMode: "NONE",
    ...rest,
  };
}

/** A market whose price stays at 90,000. */
export function quiet(options: Parameters<typeof openMarket>[0] = {}): TradingFloor {
  const floor = openMarket(options);
  floor.pin("BTCUSDC", "90000");
  return floor;
}

/** The answer to what is refused, or "accepted". */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ErrorAnswer) {
      return error.message;
    }
    throw error;
  }
  return "accepted";
}

export const place = ({ engine }: TradingFloor, typed: Typed) => engine.place(order(typed));

/** What is free, and what is locked. */
export function amounts({ engine: { balances } }: TradingFloor, asset: string): string[] {
  return [balances.free(asset), balances.locked(asset)].map(formatShort);
}

export function stateOf({ status, executed }: Order): [string, string] {
  return [status, formatShort(executed)];
}
