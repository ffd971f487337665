import type { Route, SignedCall } from "../../call.ts";
import { type Contract, marginAsset } from "../../catalogue/contracts.ts";
import { absolute, formatDecimal, formatPlaces, formatShort, greatest } from "../../decimal.ts";
import { rates } from "../../futures/execution.ts";
import { type AccountMargin, maxNotional, type PositionMargin } from "../../futures/margin.ts";
import { entryPrice } from "../../futures/positions.ts";
import type { Exchange } from "../../state/exchange.ts";
import { inRange, optional, rangeIn } from "../read.ts";
import { contractIn, optionalContract } from "./read.ts";

export const futuresAccountRoutes: Route[] = [
  query("/fapi/v2/account", 5, [], accountV2),
  query("/fapi/v3/account", 5, [], accountV3),
  query("/fapi/v2/balance", 5, [], balance),
  query("/fapi/v3/balance", 5, [], balance),
  query("/fapi/v2/positionRisk", 5, ["symbol"], positionsV2),
  query("/fapi/v3/positionRisk", 5, ["symbol"], positionsV3),
  query("/fapi/v1/income", 30, ["symbol", "incomeType", "startTime", "endTime", "page", "limit"], income),
  query("/fapi/v1/commissionRate", 20, ["symbol"], commissionRate),
  query("/fapi/v1/leverageBracket", 1, ["symbol"], leverageBrackets),
];

function query(
  path: string,
  weight: number,
  parameters: readonly string[],
  answer: (call: SignedCall) => object,
): Route {
  return { method: "GET", path, weight, security: "USER_DATA", parameters, answer };
}

/** The margins of a contract's positions, also of those that are empty. */
function allPositions({ futures }: Exchange, contract?: Contract): PositionMargin[] {
  const contracts = contract ? [contract] : futures.contracts;
  return contracts.flatMap(({ symbol }) => futures.positions(symbol));
}

function totals(exchange: Exchange, margin: AccountMargin): object {
  const { wallet } = exchange.futures.account;
  return {
    totalInitialMargin: formatDecimal(margin.initial),
    totalMaintMargin: formatDecimal(margin.maintenance),
    totalWalletBalance: formatDecimal(wallet),
    totalUnrealizedProfit: formatDecimal(margin.unrealized),
    totalMarginBalance: formatDecimal(wallet + margin.unrealized),
    totalPositionInitialMargin: formatDecimal(margin.positionInitial),
    totalOpenOrderInitialMargin: formatDecimal(margin.initial - margin.positionInitial),
    totalCrossWalletBalance: formatDecimal(margin.crossWallet),
    totalCrossUnPnl: formatDecimal(margin.crossUnrealized),
    availableBalance: formatDecimal(margin.available),
    maxWithdrawAmount: formatDecimal(withdrawable(exchange, margin)),
  };
}

/** assumed: profits that aren't realised can't be withdrawn. */
function withdrawable({ futures }: Exchange, { available }: AccountMargin): bigint {
  return greatest(0n, available < futures.account.wallet ? available : futures.account.wallet);
}

function assetJson(exchange: Exchange, margin: AccountMargin): object {
  const { wallet, updateTime } = exchange.futures.account;
  return {
    asset: marginAsset,
    walletBalance: formatDecimal(wallet),
    unrealizedProfit: formatDecimal(margin.unrealized),
    marginBalance: formatDecimal(wallet + margin.unrealized),
    maintMargin: formatDecimal(margin.maintenance),
    initialMargin: formatDecimal(margin.initial),
    positionInitialMargin: formatDecimal(margin.positionInitial),
    openOrderInitialMargin: formatDecimal(margin.initial - margin.positionInitial),
    crossWalletBalance: formatDecimal(margin.crossWallet),
    crossUnPnl: formatDecimal(margin.crossUnrealized),
    availableBalance: formatDecimal(margin.available),
    maxWithdrawAmount: formatDecimal(withdrawable(exchange, margin)),
    updateTime,
  };
}

function accountV2({ exchange }: SignedCall): object {
  const { account, futures } = exchange;
  const margin = futures.margin();
  return {
    feeTier: 0,
    feeBurn: false,
    canTrade: account.canTrade,
    canDeposit: true,
    canWithdraw: true,
    updateTime: 0,
    multiAssetsMargin: futures.account.isMultiAssets,
    tradeGroupId: -1,
    ...totals(exchange, margin),
    assets: [{ ...assetJson(exchange, margin), marginAvailable: true }],
    positions: allPositions(exchange).map((one) => ({
      ...riskJson(exchange, one),
      unrealizedProfit: formatDecimal(one.unrealized),
      leverage: String(futures.account.settings(one.position.symbol).leverage),
      isolated: isIsolated(one),
      maxNotional: formatShort(capOf(exchange, one)),
    })),
  };
}

/** Documented: since this version, positions are only those that are used. */
function accountV3({ exchange }: SignedCall): object {
  const margin = exchange.futures.margin();
  return {
    ...totals(exchange, margin),
    assets: [assetJson(exchange, margin)],
    positions: margin.positions.map((one) => ({
      ...riskJson(exchange, one),
      unrealizedProfit: formatDecimal(one.unrealized),
    })),
  };
}

function balance({ exchange }: SignedCall): object {
  const margin = exchange.futures.margin();
  const { wallet, updateTime } = exchange.futures.account;
  return [
    {
      // Documented: a code of the account, not of a person. assumed: which.
      accountAlias: "SgsR",
      asset: marginAsset,
      balance: formatDecimal(wallet),
      crossWalletBalance: formatDecimal(margin.crossWallet),
      crossUnPnl: formatDecimal(margin.crossUnrealized),
      availableBalance: formatDecimal(margin.available),
      maxWithdrawAmount: formatDecimal(withdrawable(exchange, margin)),
      marginAvailable: true,
      updateTime,
    },
  ];
}

/** Documented: all contracts, or one. */
function positionsV2({ exchange, values }: SignedCall): object {
  return allPositions(exchange, optionalContract(exchange, values)).map((one) => ({
    ...riskJson(exchange, one),
    marginType: isIsolated(one) ? "isolated" : "cross",
    isAutoAddMargin: "false",
    leverage: String(exchange.futures.account.settings(one.position.symbol).leverage),
    maxNotionalValue: formatShort(capOf(exchange, one)),
  }));
}

/** Documented: since this version, only contracts with a position or open orders. */
function positionsV3({ exchange, values }: SignedCall): object {
  const symbol = optionalContract(exchange, values)?.symbol;
  return exchange.futures
    .margin()
    .positions.filter(({ position }) => position.symbol === (symbol ?? position.symbol))
    .map((one) => riskJson(exchange, one));
}

/** A position, with the fields of all versions. */
function riskJson(exchange: Exchange, margin: PositionMargin): object {
  const { position, notional, isolatedWallet, unrealized } = margin;
  const places = exchange.futures.contract(position.symbol)?.places ?? { price: 8, quantity: 8 };
  const isolated = isIsolated(margin) ? isolatedWallet + unrealized : 0n;
  return {
    symbol: position.symbol,
    positionSide: position.side,
    positionAmt: formatPlaces(position.amount, places.quantity),
    entryPrice: formatDecimal(entryPrice(position)),
    // assumed: without the commissions.
    breakEvenPrice: formatDecimal(entryPrice(position)),
    markPrice: formatDecimal(margin.mark),
    unRealizedProfit: formatDecimal(unrealized),
    // Nothing is ever liquidated here.
    liquidationPrice: "0",
    isolatedMargin: formatDecimal(isolated),
    notional: formatDecimal(notional),
    marginAsset,
    isolatedWallet: formatDecimal(isolatedWallet),
    initialMargin: formatDecimal(margin.initial),
    maintMargin: formatDecimal(margin.maintenance),
    positionInitialMargin: formatDecimal(margin.positionInitial),
    openOrderInitialMargin: formatDecimal(margin.initial - margin.positionInitial),
    adl: absolute(position.amount) > 0n ? 1 : 0,
    bidNotional: formatDecimal(margin.bids),
    askNotional: formatDecimal(margin.asks),
    updateTime: position.updateTime,
  };
}

function isIsolated({ marginType }: PositionMargin): boolean {
  return marginType === "ISOLATED";
}

function capOf({ futures }: Exchange, { position }: PositionMargin): bigint {
  const contract = futures.contract(position.symbol);
  return contract ? maxNotional(contract, futures.account.settings(position.symbol).leverage) : 0n;
}

function income({ exchange, values }: SignedCall): object {
  const symbol = optionalContract(exchange, values)?.symbol;
  const type = optional(values, "incomeType");
  const wanted = exchange.futures.account.incomes.filter(
    (one) => one.symbol === (symbol ?? one.symbol) && one.type === (type ?? one.type),
  );
  return inRange(wanted, rangeIn(values, "fromId"), ({ time }) => time).map((one) => ({
    symbol: one.symbol,
    incomeType: one.type,
    income: formatDecimal(one.amount),
    asset: marginAsset,
    info: one.type,
    time: one.time,
    tranId: one.id,
    tradeId: one.tradeId,
  }));
}

function commissionRate({ exchange, values }: SignedCall): object {
  return {
    symbol: contractIn(exchange, values).symbol,
    makerCommissionRate: formatShort(rates.maker),
    takerCommissionRate: formatShort(rates.taker),
    rpiCommissionRate: "0.00005",
  };
}

function leverageBrackets({ exchange, values }: SignedCall): object {
  const one = optionalContract(exchange, values);
  const contracts = (one ? [one] : exchange.futures.contracts).map(bracketsJson);
  return one ? (contracts[0] ?? {}) : contracts;
}

/** Documented: "cum" makes the maintenance margin of a position continuous from bracket to bracket. */
function bracketsJson({ symbol, brackets }: Contract): object {
  let cum = 0;
  return {
    symbol,
    notionalCoef: 1,
    brackets: brackets.map(({ cap, leverage, maintenance }, index) => {
      const before = brackets[index - 1];
      const [floor, ratio] = [Number(formatShort(before?.cap ?? 0n)), Number(formatShort(maintenance))];
      cum += floor * (ratio - Number(formatShort(before?.maintenance ?? maintenance)));
      return {
        bracket: index + 1,
        initialLeverage: leverage,
        notionalCap: Number(formatShort(cap)),
        notionalFloor: floor,
        maintMarginRatio: ratio,
        cum: Math.round(cum),
      };
    }),
  };
}
