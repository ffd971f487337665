import type { Clock } from "../../emulator/clock.ts";
import type { LoggedRequestFrom } from "../../emulator/control-protocol.ts";
import { Faults } from "../../emulator/faults.ts";
import { RequestLog } from "../../emulator/request-log.ts";
import { newContracts } from "../catalogue/contracts.ts";
import { newSymbols, type TradedSymbol } from "../catalogue/symbols.ts";
import type { FaultEffect } from "../control-protocol.ts";
import { FuturesEngine } from "../futures/engine.ts";
import { Market } from "../market/market.ts";
import { TradingEngine } from "../trading/engine.ts";
import { type Account, newAccount, newBalances } from "./account.ts";
import { Keys } from "./keys.ts";
import { ShiftedClock } from "./shifted-clock.ts";
import { Sources } from "./sources.ts";

/** The whole exchange: one account with its keys, the symbols, and the addresses that requests come from. */
export interface Exchange {
  readonly clock: ShiftedClock;
  readonly account: Account;
  readonly keys: Keys;
  readonly symbols: readonly TradedSymbol[];
  readonly market: Market;
  /** The account's assets and orders. */
  readonly trading: TradingEngine;
  /** The account's futures, with their own market, which follows the spot market's prices. */
  readonly futures: FuturesEngine;
  readonly sources: Sources;
  readonly faults: Faults<FaultEffect>;
  readonly log: RequestLog<LoggedRequestFrom>;
  /** Prints a line to the log. No line holds a secret. */
  readonly report: (line: string) => void;
  /** How the service is. */
  readonly service: Service;
  /** How much weight an address may use in a minute. */
  weightLimits: { api: number; sapi: number };
}

/** What a test changes about all answers. */
interface Service {
  /** Whether every call is answered with 503. */
  isInMaintenance: boolean;
  /** How long each answer takes, in milliseconds. */
  delay: number;
}

/** The first is exchangeInfo's REQUEST_WEIGHT, as documented; the second is documented for each /sapi call. */
const documentedLimits = { api: 6000, sapi: 12_000 };

/** @param seed another one gives other prices */
export function newExchange(time: Clock, report: (line: string) => void, seed: number): Exchange {
  const clock = new ShiftedClock(time);
  const symbols = newSymbols();
  const market = new Market({ seed, symbols });
  const contracts = newContracts(symbols);
  const futuresMarket = new Market({ seed, symbols: contracts, moved: market });
  const account = newAccount(clock.now());
  const paysInBnb = () => account.paysCommissionInBnb;
  return {
    clock,
    account,
    keys: new Keys(clock),
    symbols,
    market,
    trading: new TradingEngine({ market, balances: newBalances(), clock, paysInBnb }),
    futures: new FuturesEngine({ market: futuresMarket, contracts, clock }),
    sources: new Sources(clock),
    faults: new Faults(),
    log: new RequestLog(),
    report,
    service: { isInMaintenance: false, delay: 0 },
    weightLimits: { ...documentedLimits },
  };
}
