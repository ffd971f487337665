import type { Call, Route } from "../../call.ts";

/** Documented: futures still have listen keys, which need the API key and no signature. */
export const listenKeyRoutes: Route[] = [
  listenKey("POST", ({ exchange }) => ({
    listenKey: exchange.futures.listenKeys.start(exchange.clock.now().getTime()),
  })),
  listenKey("PUT", ({ exchange }) => ({
    listenKey: exchange.futures.listenKeys.keepAlive(exchange.clock.now().getTime()),
  })),
  listenKey("DELETE", ({ exchange }) => {
    exchange.futures.listenKeys.stop();
    return {};
  }),
];

/** assumed: a listen key may be sent with it, as many clients do. There is only one. */
function listenKey(method: "POST" | "PUT" | "DELETE", answer: (call: Call) => object): Route {
  return {
    method,
    path: "/fapi/v1/listenKey",
    weight: 1,
    security: "USER_STREAM",
    parameters: ["listenKey"],
    answer,
  };
}
