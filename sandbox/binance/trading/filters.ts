import type { LotSize, SymbolFilters } from "../catalogue/filters.ts";
import { one } from "../decimal.ts";
import { filterFailure } from "../errors.ts";
import { isAtMarket, isContingent, type Order, type OrderRequest, triggersAbove } from "./order.ts";

/** What the filters compare an order with. */
export interface FilterContext {
  filters: SymbolFilters;
  averagePrice: (minutes: number) => bigint;
  /** The account's open orders of the symbol. */
  openOrders: readonly Order[];
  /** How many order lists of the symbol are open. */
  openLists: number;
  /** Other orders that the same request places before this one. */
  companions: readonly OrderRequest[];
}

type Check = (order: OrderRequest, context: FilterContext) => boolean;

/** In the order in which filters.md lists them. Each returns whether the order passes. */
const checks: readonly (readonly [string, Check])[] = [
  ["PRICE_FILTER", passesPriceFilter],
  ["PERCENT_PRICE_BY_SIDE", passesPercentPrice],
  ["LOT_SIZE", passesLotSize],
  ["NOTIONAL", passesNotional],
  ["ICEBERG_PARTS", passesIcebergParts],
  ["MARKET_LOT_SIZE", passesMarketLotSize],
  ["MAX_NUM_ORDERS", passesMaxNumOrders],
  ["MAX_NUM_ALGO_ORDERS", passesMaxNumAlgoOrders],
  ["TRAILING_DELTA", passesTrailingDelta],
  ["MAX_NUM_ORDER_LISTS", passesMaxNumOrderLists],
];

/** The names of the filters that an order fails, in the order in which they are checked. */
export function failedFilters(order: OrderRequest, context: FilterContext): string[] {
  return checks.filter(([, passes]) => !passes(order, context)).map(([name]) => name);
}

/** @throws ErrorAnswer for the first filter that the order fails */
export function checkFilters(order: OrderRequest, context: FilterContext): void {
  const failed = checks.find(([, passes]) => !passes(order, context));
  if (failed) {
    throw filterFailure(failed[0]);
  }
}

function passesPriceFilter(order: OrderRequest, { filters }: FilterContext): boolean {
  const prices = [
    ...(isAtMarket(order.type) ? [] : [order.price]),
    ...(needsStopPrice(order) || order.stopPrice > 0n ? [order.stopPrice] : []),
  ];
  const { minPrice, maxPrice, tickSize } = filters.priceFilter;
  return prices.every(
    (price) =>
      price > 0n &&
      price >= minPrice &&
      (maxPrice === 0n || price <= maxPrice) &&
      (tickSize === 0n || price % tickSize === 0n),
  );
}

function needsStopPrice({ type, trailingDelta }: OrderRequest): boolean {
  return isContingent(type) && trailingDelta === 0;
}

/** assumed: only the limit price counts, and not the stop price. */
function passesPercentPrice(order: OrderRequest, { filters, averagePrice }: FilterContext): boolean {
  if (isAtMarket(order.type)) {
    return true;
  }
  const percent = filters.percentPriceBySide;
  const [up, down] =
    order.side === "BUY"
      ? [percent.bidMultiplierUp, percent.bidMultiplierDown]
      : [percent.askMultiplierUp, percent.askMultiplierDown];
  const average = averagePrice(percent.avgPriceMins);
  return order.price * one <= average * up && order.price * one >= average * down;
}

function passesLotSize(order: OrderRequest, { filters }: FilterContext): boolean {
  if (order.quoteOrderQuantity > 0n) {
    return true;
  }
  const quantities = [order.quantity, ...(order.icebergQuantity > 0n ? [order.icebergQuantity] : [])];
  return quantities.every((quantity) => quantity > 0n && isWithin(quantity, filters.lotSize));
}

function isWithin(quantity: bigint, { minQty, maxQty, stepSize }: LotSize): boolean {
  return (
    quantity >= minQty &&
    (maxQty === 0n || quantity <= maxQty) &&
    (stepSize === 0n || quantity % stepSize === 0n)
  );
}

/** assumed: an order for an amount of the quote asset has this amount as its value, and a stop order that takes any price
 * counts as a market order. */
function passesNotional(order: OrderRequest, { filters, averagePrice }: FilterContext): boolean {
  const { minNotional, maxNotional, applyMinToMarket, applyMaxToMarket, avgPriceMins } = filters.notional;
  const takesAnyPrice = isAtMarket(order.type);
  const price = takesAnyPrice ? averagePrice(avgPriceMins) : order.price;
  const notional = order.quoteOrderQuantity > 0n ? order.quoteOrderQuantity * one : price * order.quantity;
  const isTooSmall = notional < minNotional * one && (!takesAnyPrice || applyMinToMarket);
  const isTooLarge = maxNotional > 0n && notional > maxNotional * one && (!takesAnyPrice || applyMaxToMarket);
  return !isTooSmall && !isTooLarge;
}

function passesIcebergParts(order: OrderRequest, { filters }: FilterContext): boolean {
  return (
    order.icebergQuantity === 0n || order.quantity <= order.icebergQuantity * BigInt(filters.icebergParts)
  );
}

function passesMarketLotSize(order: OrderRequest, { filters }: FilterContext): boolean {
  return (
    order.type !== "MARKET" ||
    order.quoteOrderQuantity > 0n ||
    isWithin(order.quantity, filters.marketLotSize)
  );
}

/** assumed: an order that never rests in the book doesn't count. */
function passesMaxNumOrders(
  order: OrderRequest,
  { filters, openOrders, companions }: FilterContext,
): boolean {
  return order.type === "MARKET" || openOrders.length + companions.length < filters.maxNumOrders;
}

function passesMaxNumAlgoOrders(
  order: OrderRequest,
  { filters, openOrders, companions }: FilterContext,
): boolean {
  const others = [...openOrders, ...companions].filter(({ type }) => isContingent(type));
  return !isContingent(order.type) || others.length < filters.maxNumAlgoOrders;
}

function passesTrailingDelta(order: OrderRequest, { filters }: FilterContext): boolean {
  const { minTrailingAboveDelta, maxTrailingAboveDelta, minTrailingBelowDelta, maxTrailingBelowDelta } =
    filters.trailingDelta;
  const [minimum, maximum] = triggersAbove(order)
    ? [minTrailingAboveDelta, maxTrailingAboveDelta]
    : [minTrailingBelowDelta, maxTrailingBelowDelta];
  const delta = order.trailingDelta;
  return delta === 0 || (delta >= minimum && delta <= maximum);
}

function passesMaxNumOrderLists(
  _order: OrderRequest,
  { filters, openLists, companions }: FilterContext,
): boolean {
  return companions.length === 0 || openLists < filters.maxNumOrderLists;
}
