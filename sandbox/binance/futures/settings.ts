import { contractOf, type Futures } from "./account.ts";
import {
  invalidLeverage,
  leverageTooHigh,
  marginTypeHasOrders,
  marginTypeHasPosition,
  multiAssetsHasIsolated,
  positionModeHasOrders,
  positionModeHasPosition,
  positionTooLarge,
  sameMarginType,
  sameMultiAssetsMode,
  samePositionMode,
} from "./errors.ts";
import { accountMargin, maxNotional } from "./margin.ts";
import type { MarginType } from "./types.ts";
import { leverageUpdate, multiAssetsUpdate } from "./user-events.ts";

// What a person or a bot chooses for the account. All throw an ErrorAnswer if it isn't possible now.

/** @returns the greatest value that a position may have then */
export function changeLeverage(futures: Futures, symbol: string, leverage: number, time: number): bigint {
  const contract = contractOf(futures, symbol);
  const settings = futures.account.settings(symbol);
  const most = Math.max(...contract.brackets.map((bracket) => bracket.leverage));
  if (leverage < 1 || leverage > most) {
    throw invalidLeverage(leverage);
  }
  const before = settings.leverage;
  const cap = maxNotional(contract, leverage);
  settings.leverage = leverage;
  const { positions, available } = accountMargin(futures, time);
  const used = positions.find(({ position }) => position.symbol === symbol);
  if (used && used.initial * BigInt(leverage) > cap) {
    settings.leverage = before;
    throw positionTooLarge();
  }
  if (used && leverage < before && available === 0n) {
    settings.leverage = before;
    throw leverageTooHigh();
  }
  futures.emit(leverageUpdate(symbol, leverage, time));
  return cap;
}

export function changeMarginType({ account }: Futures, symbol: string, marginType: MarginType): void {
  const settings = account.settings(symbol);
  if (settings.marginType === marginType) {
    throw sameMarginType();
  }
  if (account.openOrders(symbol).length + account.openAlgos(symbol).length > 0) {
    throw marginTypeHasOrders();
  }
  if (account.positions.open(symbol).length > 0) {
    throw marginTypeHasPosition();
  }
  if (marginType === "ISOLATED" && account.isMultiAssets) {
    throw multiAssetsHasIsolated();
  }
  settings.marginType = marginType;
}

export function changePositionMode({ account }: Futures, isHedged: boolean): void {
  if (account.isHedged === isHedged) {
    throw samePositionMode();
  }
  if (account.openOrders().length + account.openAlgos().length > 0) {
    throw positionModeHasOrders();
  }
  if (account.positions.open().length > 0) {
    throw positionModeHasPosition();
  }
  account.isHedged = isHedged;
}

export function changeMultiAssets(futures: Futures, isMultiAssets: boolean, time: number): void {
  const { account, contracts } = futures;
  if (account.isMultiAssets === isMultiAssets) {
    throw sameMultiAssetsMode();
  }
  if (isMultiAssets && contracts.some(({ symbol }) => account.settings(symbol).marginType === "ISOLATED")) {
    throw multiAssetsHasIsolated();
  }
  account.isMultiAssets = isMultiAssets;
  futures.emit(multiAssetsUpdate(isMultiAssets, time));
}
