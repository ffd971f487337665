import type { Call, Route } from "../call.ts";
import { gone } from "../errors.ts";

export const generalRoutes: Route[] = [
  { method: "GET", path: "/api/v3/ping", weight: 1, security: "NONE", parameters: [], answer: () => ({}) },
  { method: "GET", path: "/api/v3/time", weight: 1, security: "NONE", parameters: [], answer: time },
  ...(["POST", "PUT", "DELETE"] as const).map((method): Route => ({
    method,
    path: "/api/v3/userDataStream",
    weight: 2,
    security: "NONE",
    parameters: ["listenKey"],
    answer: listenKeysAreGone,
  })),
];

function time({ exchange }: Call): object {
  return { serverTime: exchange.clock.now().getTime() };
}

/** Reported: so since February 2026. User data comes through the WebSocket API. */
function listenKeysAreGone(): never {
  throw gone();
}
