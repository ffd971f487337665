import { type Contract, marginAsset } from "../catalogue/contracts.ts";
import { divide, formatDecimal, formatPlaces } from "../decimal.ts";
import type { PositionMargin } from "./margin.ts";
import { entryPrice } from "./positions.ts";
import type { AlgoOrder, FuturesEvent, FuturesTrade, Order } from "./types.ts";

// The events of the futures account, with the documented fields.

/** What a position or an order is worth on average. */
export function averagePrice({ executed, executedQuote }: Pick<Order, "executed" | "executedQuote">): bigint {
  return executed === 0n ? 0n : divide(executedQuote, executed, "down");
}

/** @param trade the fill that it reports, if it is one */
export function orderTradeUpdate(
  order: Order,
  { places }: Contract,
  {
    type,
    time,
    trade,
  }: { type: "NEW" | "TRADE" | "CANCELED" | "EXPIRED" | "AMENDMENT"; time: number; trade?: FuturesTrade },
): FuturesEvent {
  const price = (amount: bigint) => formatPlaces(amount, places.price);
  const quantity = (amount: bigint) => formatPlaces(amount, places.quantity);
  return {
    e: "ORDER_TRADE_UPDATE",
    E: time,
    T: time,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: quantity(order.quantity),
      p: price(order.price),
      ap: price(averagePrice(order)),
      sp: "0",
      x: type,
      X: order.status,
      i: order.id,
      l: quantity(trade?.quantity ?? 0n),
      z: quantity(order.executed),
      L: price(trade?.price ?? 0n),
      ...(trade ? { n: formatDecimal(trade.commission), N: marginAsset } : {}),
      T: time,
      t: trade?.id ?? 0,
      b: "0",
      a: "0",
      m: trade?.isMaker ?? false,
      R: order.reduceOnly,
      wt: "CONTRACT_PRICE",
      ot: order.origType,
      ps: order.positionSide,
      cp: order.closePosition,
      rp: formatDecimal(trade?.realized ?? 0n),
      pP: false,
      si: 0,
      ss: 0,
      V: "EXPIRE_MAKER",
      pm: "NONE",
      gtd: 0,
    },
  };
}

/** @param change what the wallet got apart from profits and commissions */
export function accountUpdate(
  reason: "ORDER" | "FUNDING_FEE" | "DEPOSIT" | "WITHDRAW",
  { wallet, crossWallet, change }: { wallet: bigint; crossWallet: bigint; change: bigint },
  positions: readonly PositionMargin[],
  time: number,
): FuturesEvent {
  return {
    e: "ACCOUNT_UPDATE",
    E: time,
    T: time,
    a: {
      m: reason,
      B: [
        {
          a: marginAsset,
          wb: formatDecimal(wallet),
          cw: formatDecimal(crossWallet),
          bc: formatDecimal(change),
        },
      ],
      P: positions.map(({ position, unrealized, isolatedWallet, marginType }) => ({
        s: position.symbol,
        pa: formatDecimal(position.amount),
        ep: formatDecimal(entryPrice(position)),
        bep: formatDecimal(entryPrice(position)),
        cr: formatDecimal(position.realized),
        up: formatDecimal(unrealized),
        mt: marginType === "ISOLATED" ? "isolated" : "cross",
        iw: formatDecimal(isolatedWallet),
        ps: position.side,
      })),
    },
  };
}

export function algoUpdate(algo: AlgoOrder, { places }: Contract, time: number): FuturesEvent {
  const { order } = algo;
  return {
    e: "ALGO_UPDATE",
    E: time,
    T: time,
    o: {
      caid: algo.clientAlgoId,
      aid: algo.id,
      at: "CONDITIONAL",
      o: algo.type,
      s: algo.symbol,
      S: algo.side,
      ps: algo.positionSide,
      f: algo.timeInForce,
      q: formatPlaces(algo.quantity, places.quantity),
      X: algo.status,
      ai: order === undefined ? "" : String(order.id),
      ...(order
        ? {
            ap: formatPlaces(averagePrice(order), places.price),
            aq: formatPlaces(order.executed, places.quantity),
            act: order.type,
          }
        : {}),
      tp: formatPlaces(algo.triggerPrice, places.price),
      p: formatPlaces(algo.price, places.price),
      V: "EXPIRE_MAKER",
      wt: algo.workingType,
      pm: "NONE",
      cp: algo.closePosition,
      pP: false,
      R: algo.reduceOnly,
      tt: algo.triggerTime,
      gtd: 0,
      ...(algo.failure === undefined ? {} : { rm: algo.failure }),
    },
  };
}

export function leverageUpdate(symbol: string, leverage: number, time: number): FuturesEvent {
  return { e: "ACCOUNT_CONFIG_UPDATE", E: time, T: time, ac: { s: symbol, l: leverage } };
}

export function multiAssetsUpdate(isMultiAssets: boolean, time: number): FuturesEvent {
  return { e: "ACCOUNT_CONFIG_UPDATE", E: time, T: time, ai: { j: isMultiAssets } };
}
