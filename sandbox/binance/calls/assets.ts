import type { Call, Route, SignedCall } from "../call.ts";
import type { TradedSymbol } from "../catalogue/symbols.ts";
import { formatDecimal } from "../decimal.ts";
import { symbolNamed } from "./market/parameters.ts";

/** What clients request when they start: the coins, the fees, and products that this account doesn't use. */
export const assetRoutes: Route[] = [
  {
    method: "GET",
    path: "/sapi/v1/system/status",
    weight: 1,
    security: "NONE",
    parameters: [],
    answer: ({ exchange }) =>
      exchange.service.isInMaintenance
        ? { status: 1, msg: "system maintenance" }
        : { status: 0, msg: "normal" },
  },
  signed("/sapi/v1/capital/config/getall", 10, coins),
  signed("/sapi/v1/asset/tradeFee", 1, tradeFees),
  ...emptyLists([
    ["/sapi/v1/margin/allPairs", 1],
    ["/sapi/v1/margin/isolated/allPairs", 10],
    ["/sapi/v1/margin/allAssets", 1],
    ["/sapi/v1/spot/delist-schedule", 100],
  ]),
];

function signed(path: string, weight: number, answer: (call: SignedCall) => object): Route {
  return { method: "GET", path, weight, security: "USER_DATA", parameters: [], answer };
}

/** assumed: a signature is needed for all of them. Documented: some need only a key, but clients sign them anyway. */
function emptyLists(calls: [path: string, weight: number][]): Route[] {
  return calls.map(([path, weight]) => signed(path, weight, () => []));
}

/** Documented: the fields. Each coin has one network, on which nothing can be deposited or withdrawn here. */
function coins({ exchange }: SignedCall): object {
  const assets = new Set(exchange.symbols.flatMap(({ baseAsset, quoteAsset }) => [baseAsset, quoteAsset]));
  exchange.trading.advance();
  const { balances } = exchange.trading;
  return [...assets].map((coin) => ({
    coin,
    depositAllEnable: false,
    free: formatDecimal(balances.free(coin)),
    ...{ freeze: "0", ipoable: "0", ipoing: "0" },
    isLegalMoney: false,
    locked: formatDecimal(balances.locked(coin)),
    name: coin,
    networkList: [networkOf(coin)],
    storage: "0",
    trading: true,
    withdrawAllEnable: false,
    withdrawing: "0",
  }));
}

function networkOf(coin: string): object {
  return {
    network: coin === "BTC" ? "BTC" : "ETH",
    coin,
    withdrawIntegerMultiple: "0.00000001",
    isDefault: true,
    ...{ depositEnable: false, withdrawEnable: false },
    ...{ depositDesc: "", withdrawDesc: "", specialTips: "", specialWithdrawTips: "" },
    name: coin === "BTC" ? "Bitcoin" : "Ethereum (ERC20)",
    resetAddressStatus: false,
    ...{ addressRegex: "", memoRegex: "" },
    ...{ withdrawFee: "0.0001", withdrawMin: "0.0002", withdrawMax: "9999999", depositDust: "0" },
    minConfirm: 12,
    unLockConfirm: 64,
    sameAddress: false,
    estimatedArrivalTime: 5,
    busy: false,
    ...{ contractAddressUrl: "", contractAddress: "", withdrawTag: false, denomination: 1 },
  };
}

/** Documented: of all symbols, or of one. The rates are those of an account without a discount. */
function tradeFees({ exchange, values }: Call): object {
  const name = values.get("symbol");
  const symbols = name === undefined ? exchange.symbols : [symbolNamed(exchange.symbols, name)];
  return symbols.map(({ symbol }: TradedSymbol) => ({
    symbol,
    makerCommission: "0.001",
    takerCommission: "0.001",
  }));
}
