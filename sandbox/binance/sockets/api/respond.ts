import type { Route } from "../../call.ts";
import { dispatch, futuresWeightLimit } from "../../dispatch.ts";
import { missingParameter, SessionRevoked, underMaintenance } from "../../errors.ts";
import type { Parameters } from "../../parameters.ts";
import { asErrorAnswer } from "../../report-bug.ts";
import type { Exchange } from "../../state/exchange.ts";
import type { ApiKey } from "../../state/keys.ts";
import { answerIn, type TimeUnit } from "../../time-unit.ts";
import type { Product } from "../endpoint.ts";
import { unsupportedOperation } from "../errors.ts";
import { errorIn, exchangeInfoIn, weightUsed } from "./answer.ts";
import type { ApiRequest, RequestId } from "./api-request.ts";
import { ordersPlaced } from "./methods.ts";

/** A request, and the session that it belongs to. */
export interface Asked {
  request: ApiRequest;
  product: Product;
  /** What the method does; undefined if there is no such method. */
  route: Route | undefined;
  /** The address that it came from. */
  source: string;
  /** The key that has logged on. */
  session: ApiKey | undefined;
  timeUnit: TimeUnit;
  returnRateLimits: boolean;
  /** Called if the session's key has become invalid. */
  onRevoked: () => void;
}

/** A message that answers a request. */
export interface Response {
  id: RequestId;
  status: number;
  result?: object;
  error?: object;
  rateLimits?: object[];
}

/** Carries out a request. */
export function respond(exchange: Exchange, asked: Asked): Response {
  const { id, method, returnRateLimits = asked.returnRateLimits } = asked.request;
  const isSpot = asked.product === "spot";
  // A request that is refused before it is counted shows what others have used.
  let used = exchange.sources.used(asked.source, isSpot ? "/api" : "/fapi");
  const outcome = outcomeOf(exchange, asked, (weight) => {
    used = weight;
  });
  if (!returnRateLimits) {
    return { id, ...outcome };
  }
  const limit = isSpot ? exchange.weightLimits.api : futuresWeightLimit;
  const rateLimits = [...ordersPlaced(exchange, method, asked.product), weightUsed(limit, used)];
  return { id, ...outcome, rateLimits };
}

type Outcome = Omit<Response, "id" | "rateLimits"> & { id?: null };

function outcomeOf(exchange: Exchange, asked: Asked, onUsed: (used: number) => void): Outcome {
  const { method } = asked.request;
  try {
    const answer = resultOf(exchange, asked, onUsed);
    const result = method === "exchangeInfo" ? exchangeInfoIn(answer) : answer;
    return { status: 200, result: answerIn(asked.timeUnit, result) };
  } catch (error) {
    const answer = asErrorAnswer(exchange, method, error);
    const shown = { status: answer.status, error: errorIn(answer, exchange.clock.now().getTime()) };
    if (!(error instanceof SessionRevoked)) {
      return shown;
    }
    asked.onRevoked();
    // Documented.
    return { ...shown, id: null };
  }
}

function resultOf(exchange: Exchange, asked: Asked, onUsed: (used: number) => void): object {
  const { request, route, source } = asked;
  exchange.sources.admit(source);
  if (exchange.service.isInMaintenance) {
    throw underMaintenance();
  }
  if (!route) {
    exchange.report(`not emulated: ${request.method} of the WebSocket API`);
    throw unsupportedOperation();
  }
  const { apiKey, parameters } = request;
  // Documented: a request that has a key or a signature isn't carried out with the session's key.
  const isSigned = apiKey !== undefined || parameters.values.has("signature");
  const session = isSigned ? undefined : asked.session;
  if (route.security === "NONE") {
    return dispatch(exchange, route, { parameters: withoutSignature(parameters), source, apiKey }, onUsed);
  }
  if (apiKey === undefined && !session) {
    throw missingParameter("apiKey");
  }
  return dispatch(exchange, route, { parameters, source, apiKey, session }, onUsed);
}

/** assumed: public calls ignore a signature. ccxt signs all of its requests, and nobody reports that they are refused. */
function withoutSignature(parameters: Parameters): Parameters {
  const ignored = ["timestamp", "recvWindow", "signature"];
  return {
    ...parameters,
    values: new Map([...parameters.values].filter(([name]) => !ignored.includes(name))),
  };
}
