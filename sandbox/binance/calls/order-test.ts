import type { Route, SignedCall } from "../call.ts";
import type { TradedSymbol } from "../catalogue/symbols.ts";
import { formatDecimal, isMultiple, isPositive, isProductBelow } from "../decimal.ts";
import {
  accountMayNotTrade,
  actionDisabled,
  filterFailure,
  illegalCharacters,
  invalidOrderType,
  invalidSide,
  invalidSymbol,
  invalidTimeInForce,
  marketClosed,
  missingOneOf,
  missingParameter,
} from "../errors.ts";
import { isTrue } from "./account.ts";

export const orderTestRoutes: Route[] = [
  {
    method: "POST",
    path: "/api/v3/order/test",
    weight: (values) => (values.get("computeCommissionRates") === "true" ? 20 : 1),
    security: "TRADE",
    parameters: [
      ...["symbol", "side", "type", "timeInForce", "quantity", "quoteOrderQty", "price"],
      ...["newClientOrderId", "newOrderRespType", "computeCommissionRates"],
    ],
    answer: testOrder,
  },
];

/** An order's parameters. Documented: it is validated and never sent to the matching engine. */
type Order = ReadonlyMap<string, string>;

function testOrder({ exchange, values: order }: SignedCall): object {
  const { account, clock } = exchange;
  const symbol = exchange.symbols.find((one) => one.symbol === required(order, "symbol"));
  if (!symbol) {
    throw invalidSymbol();
  }
  if (!["BUY", "SELL"].includes(required(order, "side"))) {
    throw invalidSide();
  }
  const { quantity, price } = amounts(exchange.report, order);

  // assumed: a test order is checked against the state of the account and the market, but not against its balances.
  if (account.lockedUntil !== undefined && account.lockedUntil > clock.now()) {
    throw actionDisabled();
  }
  if (!account.canTrade) {
    throw accountMayNotTrade();
  }
  if (symbol.status !== "TRADING") {
    throw marketClosed();
  }
  if (quantity !== undefined) {
    checkFilters(symbol, quantity, price);
  }
  return isTrue("computeCommissionRates", order) ? commissions : {};
}

/** Documented under "Some additional mandatory parameters based on order type". */
function amounts(report: (line: string) => void, order: Order): { quantity?: string; price?: string } {
  const type = required(order, "type");
  switch (type) {
    case "LIMIT":
      if (!["GTC", "IOC", "FOK"].includes(required(order, "timeInForce"))) {
        throw invalidTimeInForce();
      }
      return { quantity: decimal(order, "quantity"), price: decimal(order, "price") };
    case "LIMIT_MAKER":
      return { quantity: decimal(order, "quantity"), price: decimal(order, "price") };
    case "MARKET":
      if (order.has("quantity")) {
        return { quantity: decimal(order, "quantity") };
      }
      if (!order.has("quoteOrderQty")) {
        throw missingOneOf("quantity", "quoteOrderQty");
      }
      decimal(order, "quoteOrderQty");
      return {};
    default:
      report(`not emulated: an order of type ${type}`);
      throw invalidOrderType();
  }
}

/** Documented in filters.md. Only the lower end and the steps of each filter are checked. */
function checkFilters(symbol: TradedSymbol, quantity: string, price: string | undefined): void {
  const { priceFilter, lotSize, notional } = symbol.filters;
  const tickSize = formatDecimal(priceFilter.tickSize);
  const stepSize = formatDecimal(lotSize.stepSize);
  const minNotional = formatDecimal(notional.minNotional);
  if (price !== undefined && !(isPositive(price) && isMultiple(price, tickSize))) {
    throw filterFailure("PRICE_FILTER");
  }
  if (!(isPositive(quantity) && isMultiple(quantity, stepSize))) {
    throw filterFailure("LOT_SIZE");
  }
  if (isProductBelow(quantity, price ?? formatDecimal(symbol.price), minNotional)) {
    throw filterFailure("NOTIONAL");
  }
}

/** Documented. The rates are those of an account without a discount. */
const commissions = {
  standardCommissionForOrder: { maker: "0.00100000", taker: "0.00100000" },
  specialCommissionForOrder: { maker: "0.00000000", taker: "0.00000000" },
  taxCommissionForOrder: { maker: "0.00000000", taker: "0.00000000" },
  discount: {
    enabledForAccount: false,
    enabledForSymbol: false,
    discountAsset: "BNB",
    discount: "0.25000000",
  },
};

function required(order: Order, name: string): string {
  const value = order.get(name) ?? "";
  if (value === "") {
    throw missingParameter(name);
  }
  return value;
}

function decimal(order: Order, name: string): string {
  const value = required(order, name);
  const range = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
  if (!new RegExp(range).test(value)) {
    throw illegalCharacters(name, range);
  }
  return value;
}
