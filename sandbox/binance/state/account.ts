/** The amount of an asset, as decimals with eight places. */
interface Balance {
  free: string;
  locked: string;
}

/** An address that the account may withdraw to. */
interface WithdrawalAddress {
  coin: string;
  network: string;
  name: string;
  address: string;
  /** Whether it is in the whitelist. */
  isWhitelisted: boolean;
}

/** The person's account; keys.ts has its keys. */
export interface Account {
  readonly uid: number;
  /** The text of account/status. */
  status: string;
  /** Whether the account may trade at all. */
  canTrade: boolean;
  /** When the lock of API trading ends, after the account broke Binance's rules. */
  lockedUntil: Date | undefined;
  readonly balances: Map<string, Balance>;
  withdrawalAddresses: WithdrawalAddress[];
  /** The time of the last change. */
  updated: Date;
}

/** A small account with some assets, and some empty ones. */
export function newAccount(now: Date): Account {
  return {
    uid: 354_937_868,
    status: "Normal",
    canTrade: true,
    lockedUntil: undefined,
    balances: new Map([
      ["BTC", { free: "0.05000000", locked: "0.00000000" }],
      ["ETH", { free: "0.00000000", locked: "0.00000000" }],
      ["BNB", { free: "0.00000000", locked: "0.00000000" }],
      ["USDT", { free: "1000.00000000", locked: "250.00000000" }],
    ]),
    withdrawalAddresses: [],
    updated: now,
  };
}
