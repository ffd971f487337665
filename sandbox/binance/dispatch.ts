import { authenticate, authenticateSession, checkNames, identify } from "./authentication.ts";
import { isFutures, isSapi, type Route } from "./call.ts";
import type { Parameters } from "./parameters.ts";
import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";

/** A request for a call. It came over HTTP or through the WebSocket API. */
export interface CallRequest {
  parameters: Parameters;
  /** The address that it came from, as the kernel saw it. */
  source: string;
  /** The API key that was sent with it. */
  apiKey: string | undefined;
  /** The key that logged on to the request's WebSocket session, if the request has none. */
  session?: ApiKey | undefined;
}

/**
 * Checks a request and carries out its call. Documented: limits first, because a refused request also counts.
 * assumed: the names of the parameters next.
 *
 * @param onUsed gets the weight that the address has used so far, including this request
 * @throws ErrorAnswer
 */
export function dispatch(
  exchange: Exchange,
  route: Route,
  request: CallRequest,
  onUsed: (used: number) => void,
): object {
  const { parameters, source, session } = request;
  countWeight(exchange, route, request, onUsed);
  checkNames(route, parameters);
  // The account's fills are trades like others. They shift the ids of later trades, so they must be known first.
  (isFutures(route.path) ? exchange.futures : exchange.trading).advance();
  const call = { exchange, values: parameters.values };
  if (route.security === "NONE") {
    return route.answer(call);
  }
  if (route.security === "USER_STREAM") {
    identify(exchange, { source, apiKey: request.apiKey ?? session?.apiKey });
    return route.answer(call);
  }
  const key = session
    ? authenticateSession(exchange, route, session, { values: parameters.values, source })
    : authenticate(exchange, route, request);
  const answer = route.answer({ ...call, key });
  if (route.isFreeOnSuccess) {
    countWeight(exchange, route, request, onUsed, -1);
  }
  return answer;
}

/** Documented: exchangeInfo's REQUEST_WEIGHT of futures. */
export const futuresWeightLimit = 2400;

/** Documented: /api and /fapi each count all requests of an address together, /sapi counts each call alone. */
function countWeight(
  exchange: Exchange,
  route: Route,
  { parameters, source }: CallRequest,
  onUsed: (used: number) => void,
  sign: 1 | -1 = 1,
): void {
  const { counter, weight, limit } = weightOf(exchange, route, parameters);
  exchange.sources.use(source, counter, sign * weight, limit, onUsed);
}

function weightOf({ weightLimits }: Exchange, route: Route, { values }: Parameters) {
  const weight = typeof route.weight === "number" ? route.weight : route.weight(values);
  if (isFutures(route.path)) {
    return { counter: "/fapi", weight, limit: futuresWeightLimit };
  }
  return isSapi(route.path)
    ? { counter: route.path, weight, limit: weightLimits.sapi }
    : { counter: "/api", weight, limit: weightLimits.api };
}
