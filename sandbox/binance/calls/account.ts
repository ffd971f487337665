import type { Route, SignedCall } from "../call.ts";
import { formatDecimal } from "../decimal.ts";
import { commissionsOfSymbol } from "./orders/commission-json.ts";
import { isTrue, symbolIn } from "./read.ts";

export const accountRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/account",
    weight: 20,
    security: "USER_DATA",
    parameters: ["omitZeroBalances"],
    answer: account,
  },
  {
    method: "GET",
    path: "/api/v3/account/commission",
    weight: 20,
    security: "USER_DATA",
    parameters: ["symbol"],
    answer: ({ exchange, values }) => commissionsOfSymbol(exchange, symbolIn(exchange, values)),
  },
];

/** Documented. The commissions are those of an account without any discount. */
function account({ exchange, values }: SignedCall): object {
  const { account, trading } = exchange;
  trading.advance();
  const { balances } = trading;
  const omits = isTrue("omitZeroBalances", values);
  const assets = balances.assets().filter((asset) => !omits || balances.total(asset) > 0n);
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
    updateTime: Math.max(account.updated.getTime(), trading.updated),
    accountType: "SPOT",
    balances: assets.map((asset) => ({
      asset,
      free: formatDecimal(balances.free(asset)),
      locked: formatDecimal(balances.locked(asset)),
    })),
    permissions: ["SPOT"],
    uid: account.uid,
  };
}
