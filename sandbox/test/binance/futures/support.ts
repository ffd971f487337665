import { newContracts } from "../../../binance/catalogue/contracts.ts";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { FuturesEngine } from "../../../binance/futures/engine.ts";
import type { AlgoRequest, FuturesEvent, OrderRequest } from "../../../binance/futures/types.ts";
import { Market } from "../../../binance/market/market.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";

/** A futures account with its markets, and a clock that the test sets. */
export interface FuturesFloor {
  engine: FuturesEngine;
  /** The market whose prices the futures follow. */
  spot: Market;
  clock: ManualClock;
  events: FuturesEvent[];
}

/** The spot market and the futures market that follows it. */
export function newMarkets() {
  const symbols = newSymbols();
  const contracts = newContracts(symbols);
  const spot = new Market({ seed: 1, symbols });
  return { spot, contracts, market: new Market({ seed: 1, symbols: contracts, moved: spot }) };
}

export function openFutures(given: { clock?: ManualClock } = {}): FuturesFloor {
  const { spot, contracts, market } = newMarkets();
  const { clock = new ManualClock() } = given;
  const engine = new FuturesEngine({ market, contracts, clock });
  const events: FuturesEvent[] = [];
  engine.events.on("event", (event) => events.push(event));
  return { engine, spot, clock, events };
}

/** Pins a price, and lets it take effect. */
export function pin({ engine, spot, clock }: FuturesFloor, symbol: string, price: bigint): void {
  spot.pinPrice(symbol, price, clock.now().getTime());
  clock.advance(250);
  engine.advance();
}

export function order(different: Partial<OrderRequest> = {}): OrderRequest {
  return {
    ...{ symbol: "BTCUSDT", side: "BUY", positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" },
    ...{ quantity: 0n, price: 0n, reduceOnly: false, clientOrderId: undefined },
    ...different,
  };
}

export function algo(different: Partial<AlgoRequest> = {}): AlgoRequest {
  return {
    ...{ symbol: "BTCUSDT", side: "SELL", positionSide: "BOTH", type: "STOP_MARKET", timeInForce: "GTC" },
    ...{ quantity: 0n, price: 0n, triggerPrice: 0n, workingType: "CONTRACT_PRICE", reduceOnly: false },
    ...{ closePosition: false, clientAlgoId: undefined },
    ...different,
  };
}
