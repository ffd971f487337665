import { parseDecimal } from "../decimal.ts";
import { Balances } from "../trading/balances.ts";

/** An address that the account may withdraw to. */
interface WithdrawalAddress {
  coin: string;
  network: string;
  name: string;
  address: string;
  /** Whether it is in the whitelist. */
  isWhitelisted: boolean;
}

/** The person's account, besides its assets. keys.ts has its keys. */
export interface Account {
  readonly uid: number;
  /** The text of account/status. */
  status: string;
  /** Whether the account may trade at all. */
  canTrade: boolean;
  /** When the lock of API trading ends, after the account broke Binance's rules. */
  lockedUntil: Date | undefined;
  /** Whether it may only sell. */
  isReduceOnly: boolean;
  /** The symbols that the account may not trade. */
  forbiddenSymbols: readonly string[];
  /** Whether commissions are paid in BNB, with a discount. */
  paysCommissionInBnb: boolean;
  withdrawalAddresses: WithdrawalAddress[];
  /** The time of the last change. */
  updated: Date;
}

export function newAccount(now: Date): Account {
  return {
    uid: 354_937_868,
    status: "Normal",
    canTrade: true,
    lockedUntil: undefined,
    isReduceOnly: false,
    forbiddenSymbols: [],
    paysCommissionInBnb: false,
    withdrawalAddresses: [],
    updated: now,
  };
}

/** A small account with some assets, and some empty ones. */
export function newBalances(): Balances {
  return new Balances({
    BTC: { free: parseDecimal("0.05") },
    ETH: { free: 0n },
    BNB: { free: 0n },
    USDT: { free: parseDecimal("1000"), held: parseDecimal("250") },
    USDC: { free: parseDecimal("1000") },
  });
}
