import type { SignedCall } from "../../call.ts";
import type { Contract } from "../../catalogue/contracts.ts";
import { invalidOrderType, invalidSide, invalidTimeInForce, missingParameter } from "../../errors.ts";
import { conditionalElsewhere, mayNotPlaceOrders, mayOnlyReduce } from "../../futures/errors.ts";
import { onlyReduces } from "../../futures/placing.ts";
import {
  type AlgoRequest,
  algoTypes,
  type OrderRequest,
  positionSides,
  timesInForce,
} from "../../futures/types.ts";
import { parameterNotRequired, symbolNotWhitelisted } from "../../order-errors.ts";
import { oneOf, optional, required, type Values } from "../read.ts";
import { amountIn, clientIdIn, contractIn, flagIn, notEmulated } from "./read.ts";

/** The parameters of an order. */
export const orderParameters = [
  ...["symbol", "side", "positionSide", "type", "timeInForce", "quantity", "reduceOnly", "price"],
  ...["newClientOrderId", "newOrderRespType", "priceMatch", "selfTradePreventionMode", "goodTillDate"],
];

/** The parameters of orders that wait for a price, which the calls for orders still know. */
export const conditionalParameters = [
  ...["stopPrice", "closePosition", "activationPrice", "callbackRate", "workingType", "priceProtect"],
];

/** The parameters of a conditional order. */
export const algoParameters = [
  ...["algoType", "symbol", "side", "positionSide", "type", "timeInForce", "quantity", "price"],
  ...["triggerPrice", "workingType", "priceMatch", "closePosition", "priceProtect", "reduceOnly"],
  ...["activatePrice", "activationPrice", "callbackRate", "clientAlgoId", "newOrderRespType"],
  ...["selfTradePreventionMode", "goodTillDate"],
];

/** @throws ErrorAnswer if parameters are missing or not wanted, or this account may not place the order */
export function parseOrder(call: SignedCall, values: Values): OrderRequest {
  const { exchange } = call;
  const contract = contractIn(exchange, values);
  const type = required(values, "type");
  if ([...algoTypes, "TRAILING_STOP_MARKET"].some((one) => one === type)) {
    throw conditionalElsewhere();
  }
  if (type !== "LIMIT" && type !== "MARKET") {
    throw invalidOrderType();
  }
  checkEmulated(call, values);
  if (type === "LIMIT") {
    ["timeInForce", "price"].forEach((name) => required(values, name));
  } else {
    forbid(values, ["timeInForce", "price"]);
  }
  required(values, "quantity");
  const request: OrderRequest = {
    ...common(contract, values),
    type,
    clientOrderId: clientIdIn(values, "newClientOrderId"),
  };
  checkPermission(call, request);
  return request;
}

/** @throws ErrorAnswer if parameters are missing or not wanted, or this account may not place the order */
export function parseAlgo(call: SignedCall, values: Values): AlgoRequest {
  const { exchange } = call;
  const contract = contractIn(exchange, values);
  oneOf(values, "algoType", ["CONDITIONAL"]);
  required(values, "algoType");
  if (values.get("type") === "TRAILING_STOP_MARKET") {
    throw notEmulated(exchange, "the order type TRAILING_STOP_MARKET");
  }
  const type = oneOf(values, "type", algoTypes, invalidOrderType);
  if (type === undefined) {
    throw missingParameter("type");
  }
  checkEmulated(call, values);
  required(values, "triggerPrice");
  const closePosition = flagIn(values, "closePosition");
  if (!type.endsWith("MARKET")) {
    ["quantity", "price"].forEach((name) => required(values, name));
  } else {
    forbid(values, ["price"]);
  }
  if (closePosition) {
    forbid(values, ["quantity", "reduceOnly"]);
  } else {
    required(values, "quantity");
  }
  const request: AlgoRequest = {
    ...common(contract, values),
    type,
    closePosition,
    triggerPrice: amountIn(values, "triggerPrice", contract.places.price),
    workingType: oneOf(values, "workingType", ["MARK_PRICE", "CONTRACT_PRICE"]) ?? "CONTRACT_PRICE",
    clientAlgoId: clientIdIn(values, "clientAlgoId"),
  };
  checkPermission(call, { ...request, reduceOnly: request.reduceOnly || closePosition });
  return request;
}

/** What all kinds of orders have. */
function common({ symbol, places }: Contract, values: Values) {
  required(values, "side");
  const side = oneOf(values, "side", ["BUY", "SELL"], invalidSide);
  if (side === undefined) {
    throw missingParameter("side");
  }
  const positionSide = oneOf(values, "positionSide", positionSides) ?? "BOTH";
  const reduceOnly = flagIn(values, "reduceOnly");
  // Documented: it can't be sent in hedge mode. People report the code, with this spelling.
  if (reduceOnly && positionSide !== "BOTH") {
    throw parameterNotRequired("reduceonly");
  }
  return {
    ...{ symbol, side, positionSide, reduceOnly },
    timeInForce: oneOf(values, "timeInForce", timesInForce, invalidTimeInForce) ?? "GTC",
    quantity: amountIn(values, "quantity", places.quantity),
    price: amountIn(values, "price", places.price),
  };
}

/** @throws ErrorAnswer for what Binance has and this emulator hasn't */
function checkEmulated({ exchange }: SignedCall, values: Values): void {
  const timeInForce = values.get("timeInForce") ?? "";
  if (["GTD", "RPI"].includes(timeInForce)) {
    throw notEmulated(exchange, `the timeInForce ${timeInForce}`);
  }
  if ((values.get("priceMatch") ?? "NONE") !== "NONE") {
    throw notEmulated(exchange, "priceMatch");
  }
}

function forbid(values: Values, names: readonly string[]): void {
  const unwanted = names.find((name) => optional(values, name) !== undefined);
  if (unwanted !== undefined) {
    throw parameterNotRequired(unwanted);
  }
}

/** assumed: the order, from the key to the account. */
function checkPermission(
  { exchange, key }: SignedCall,
  request: Pick<OrderRequest, "symbol" | "side" | "positionSide" | "reduceOnly">,
): void {
  const { account, clock } = exchange;
  if (key.symbols.length > 0 && !key.symbols.includes(request.symbol)) {
    throw symbolNotWhitelisted();
  }
  const isLocked = account.lockedUntil !== undefined && account.lockedUntil > clock.now();
  if (isLocked || !account.canTrade) {
    throw mayNotPlaceOrders();
  }
  if (account.isReduceOnly && !onlyReduces(request)) {
    throw mayOnlyReduce();
  }
}
