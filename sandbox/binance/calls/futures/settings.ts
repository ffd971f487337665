import type { Route, SignedCall } from "../../call.ts";
import { formatShort } from "../../decimal.ts";
import { missingParameter } from "../../errors.ts";
import { maxNotional } from "../../futures/margin.ts";
import { oneOf, required, wholeNumber } from "../read.ts";
import { contractIn, flagIn, optionalContract } from "./read.ts";

const success = { code: 200, msg: "success" };

/** What a person or a bot chooses for the account and for each contract. */
export const futuresSettingsRoutes: Route[] = [
  change("leverage", ["symbol", "leverage"], changeLeverage),
  change("marginType", ["symbol", "marginType"], changeMarginType),
  change("positionSide/dual", ["dualSidePosition"], ({ exchange, values }) => {
    required(values, "dualSidePosition");
    exchange.futures.changePositionMode(flagIn(values, "dualSidePosition"));
    return success;
  }),
  change("multiAssetsMargin", ["multiAssetsMargin"], ({ exchange, values }) => {
    required(values, "multiAssetsMargin");
    exchange.futures.changeMultiAssets(flagIn(values, "multiAssetsMargin"));
    return success;
  }),
  query("positionSide/dual", 30, [], ({ exchange }) => ({
    dualSidePosition: exchange.futures.account.isHedged,
  })),
  query("multiAssetsMargin", 30, [], ({ exchange }) => ({
    multiAssetsMargin: exchange.futures.account.isMultiAssets,
  })),
  query("accountConfig", 5, [], accountConfig),
  query("symbolConfig", 5, ["symbol"], symbolConfig),
  query("feeBurn", 30, [], () => ({ feeBurn: false })),
];

function change(name: string, parameters: readonly string[], answer: (call: SignedCall) => object): Route {
  return { method: "POST", path: `/fapi/v1/${name}`, weight: 1, security: "TRADE", parameters, answer };
}

function query(
  name: string,
  weight: number,
  parameters: readonly string[],
  answer: (call: SignedCall) => object,
): Route {
  return { method: "GET", path: `/fapi/v1/${name}`, weight, security: "USER_DATA", parameters, answer };
}

function changeLeverage({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  const leverage = wholeNumber(values, "leverage");
  if (leverage === undefined) {
    throw missingParameter("leverage");
  }
  const cap = exchange.futures.changeLeverage(symbol, leverage);
  return { leverage, maxNotionalValue: formatShort(cap), symbol };
}

function changeMarginType({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  const marginType = oneOf(values, "marginType", ["ISOLATED", "CROSSED"]);
  if (marginType === undefined) {
    throw missingParameter("marginType");
  }
  exchange.futures.changeMarginType(symbol, marginType);
  return success;
}

function accountConfig({ exchange }: SignedCall): object {
  const { isHedged, isMultiAssets } = exchange.futures.account;
  return {
    feeTier: 0,
    canTrade: exchange.account.canTrade,
    canDeposit: true,
    canWithdraw: true,
    dualSidePosition: isHedged,
    updateTime: 0,
    multiAssetsMargin: isMultiAssets,
    tradeGroupId: -1,
  };
}

function symbolConfig({ exchange, values }: SignedCall): object {
  const one = optionalContract(exchange, values);
  return (one ? [one] : exchange.futures.contracts).map((contract) => {
    const { leverage, marginType } = exchange.futures.account.settings(contract.symbol);
    return {
      symbol: contract.symbol,
      marginType,
      isAutoAddMargin: false,
      leverage,
      maxNotionalValue: formatShort(maxNotional(contract, leverage)),
    };
  });
}
