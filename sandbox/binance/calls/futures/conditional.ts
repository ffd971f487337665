import type { Route, SignedCall } from "../../call.ts";
import { missingOneOf } from "../../errors.ts";
import { noSuchOrder } from "../../order-errors.ts";
import { inRange, rangeIn, wholeNumber } from "../read.ts";
import { algoJson, algoQueryJson } from "./order-json.ts";
import { algoParameters, parseAlgo } from "./parse-order.ts";
import { clientIdIn, contractIn, optionalContract } from "./read.ts";

const name = ["algoId", "clientAlgoId", "symbol"];

/** Orders that wait for a price. Documented: since December 2025 they have their own calls. */
export const conditionalRoutes: Route[] = [
  { ...signed("POST", "algoOrder", { weight: 0, parameters: algoParameters }, place), placesOrders: true },
  signed("DELETE", "algoOrder", { weight: 1, parameters: name }, cancel),
  signed("DELETE", "algoOpenOrders", { weight: 1, parameters: ["symbol"] }, cancelAll),
  signed("GET", "algoOrder", { weight: 1, parameters: name }, query),
  signed(
    "GET",
    "openAlgoOrders",
    { weight: (values) => (values.has("symbol") ? 1 : 40), parameters: ["algoType", "symbol", "algoId"] },
    open,
  ),
  signed(
    "GET",
    "allAlgoOrders",
    { weight: 5, parameters: ["symbol", "algoId", "startTime", "endTime", "page", "limit"] },
    all,
  ),
];

function signed(
  method: "GET" | "POST" | "DELETE",
  path: string,
  needs: Pick<Route, "weight" | "parameters">,
  answer: (call: SignedCall) => object,
): Route {
  const security = method === "GET" ? "USER_DATA" : "TRADE";
  return { method, path: `/fapi/v1/${path}`, security, ...needs, answer };
}

function place(call: SignedCall): object {
  return algoJson(call.exchange, call.exchange.futures.placeAlgo(parseAlgo(call, call.values)));
}

function nameIn({ values }: SignedCall) {
  const name = { algoId: wholeNumber(values, "algoId"), clientAlgoId: clientIdIn(values, "clientAlgoId") };
  if (name.algoId === undefined && name.clientAlgoId === undefined) {
    throw missingOneOf("algoId", "clientAlgoId");
  }
  return name;
}

function cancel(call: SignedCall): object {
  const { id, clientAlgoId } = call.exchange.futures.cancelAlgo(nameIn(call));
  return { algoId: id, clientAlgoId, code: "200", msg: "success" };
}

function cancelAll({ exchange, values }: SignedCall): object {
  exchange.futures.cancelAllAlgos(contractIn(exchange, values).symbol);
  return { code: 200, msg: "The operation of cancel all open order is done." };
}

function query(call: SignedCall): object {
  const algo = call.exchange.futures.algo(nameIn(call));
  if (!algo) {
    throw noSuchOrder();
  }
  return algoQueryJson(call.exchange, algo);
}

function open({ exchange, values }: SignedCall): object {
  const algoId = wholeNumber(values, "algoId");
  return exchange.futures.account
    .openAlgos(optionalContract(exchange, values)?.symbol)
    .filter(({ id }) => id === (algoId ?? id))
    .map((algo) => algoQueryJson(exchange, algo));
}

function all({ exchange, values }: SignedCall): object {
  const algos = exchange.futures.account.algos(contractIn(exchange, values).symbol);
  return inRange(algos, rangeIn(values, "algoId"), ({ time }) => time).map((algo) =>
    algoQueryJson(exchange, algo),
  );
}
