import type { Route, SignedCall } from "../call.ts";
import { illegalCharacters } from "../errors.ts";

export const accountRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/account",
    weight: 20,
    security: "USER_DATA",
    parameters: ["omitZeroBalances"],
    answer: account,
  },
];

/** Documented. The commissions are those of an account without any discount. */
function account({ exchange, values }: SignedCall): object {
  const { account } = exchange;
  const balances = [...account.balances].map(([asset, { free, locked }]) => ({ asset, free, locked }));
  const omits = isTrue("omitZeroBalances", values);
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: "0.00100000",
      taker: "0.00100000",
      buyer: "0.00000000",
      seller: "0.00000000",
    },
    // What the account may do, which the key's permissions don't change. assumed: a lock of API trading doesn't show here.
    canTrade: account.canTrade,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: account.updated.getTime(),
    accountType: "SPOT",
    balances: omits ? balances.filter(({ free, locked }) => Number(free) + Number(locked) > 0) : balances,
    permissions: ["SPOT"],
    uid: account.uid,
  };
}

/** assumed: false if it is missing. Only "true" and "false" are accepted. */
export function isTrue(parameter: string, values: ReadonlyMap<string, string>): boolean {
  const text = values.get(parameter) ?? "false";
  if (text !== "true" && text !== "false") {
    throw illegalCharacters(parameter, "^(true|false)$");
  }
  return text === "true";
}
