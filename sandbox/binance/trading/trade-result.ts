import type { TradedSymbol } from "../catalogue/symbols.ts";
import { formatDecimal, formatShort, multiply, sum } from "../decimal.ts";
import type { TradeList } from "./control-protocol.ts";
import type { Fill } from "./order.ts";

/**
 * The trades of a symbol, and what they have come to: what was received, less what was paid, less the fees, and what is
 * left of the base asset at the latest price.
 */
export function tradeList(
  { baseAsset, quoteAsset }: TradedSymbol,
  trades: readonly Fill[],
  price: bigint,
): TradeList {
  const bought = trades.filter(({ isBuyer }) => isBuyer);
  const sold = trades.filter(({ isBuyer }) => !isBuyer);
  const feesIn = (asset: string) =>
    sum(trades.filter((trade) => trade.commissionAsset === asset).map(({ commission }) => commission));
  const quotes = (some: readonly Fill[]) => sum(some.map(({ quote }) => quote));
  const quantities = (some: readonly Fill[]) => sum(some.map(({ quantity }) => quantity));
  const left = quantities(bought) - quantities(sold) - feesIn(baseAsset);
  const worth = multiply(left, price, "down");
  const feeAssets = new Set(trades.map(({ commissionAsset }) => commissionAsset));
  return {
    trades: trades.map(listed),
    result: {
      ...{ baseAsset, quoteAsset },
      paid: formatShort(quotes(bought)),
      received: formatShort(quotes(sold)),
      fees: Object.fromEntries([...feeAssets].map((asset) => [asset, formatShort(feesIn(asset))])),
      left: formatShort(left),
      worth: formatShort(worth),
      profit: formatShort(quotes(sold) - quotes(bought) - feesIn(quoteAsset) + worth),
    },
  };
}

function listed(fill: Fill): TradeList["trades"][number] {
  return {
    orderId: fill.orderId,
    side: fill.isBuyer ? "BUY" : "SELL",
    quantity: formatShort(fill.quantity),
    price: formatShort(fill.price),
    cost: formatShort(fill.quote),
    fee: formatDecimal(fill.commission),
    feeAsset: fill.commissionAsset,
    time: new Date(fill.time).toISOString(),
  };
}
