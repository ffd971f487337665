import type { Call, Route, SignedCall } from "../../call.ts";
import { illegalCharacters, invalidSignature } from "../../errors.ts";
import type { ApiKey } from "../../state/keys.ts";
import type { Product } from "../endpoint.ts";
import { unauthorized } from "../errors.ts";

/** What the methods of a session read and change. */
export interface SessionState {
  /** The key that has logged on. */
  readonly loggedOn: ApiKey | undefined;
  logOn: (key: ApiKey) => void;
  logOut: () => void;
  /** The answer of all methods about the session. */
  status: () => object;
  /** @returns the subscription's id */
  subscribe: (key: ApiKey, isOfLogon: boolean) => number;
  /** Ends one subscription, or all. */
  unsubscribe: (id: number | undefined) => void;
  readonly subscriptionIds: number[];
}

/** Documented, for all of them. */
const common = { method: "GET", path: "/ws-api/v3", weight: 2 } as const;

/** The methods that only the WebSocket API has, as calls. Documented: futures have listen keys instead of subscriptions. */
export function sessionRoutes(session: SessionState, product: Product): ReadonlyMap<string, Route> {
  const all = [...logonRoutes(session), ...(product === "spot" ? subscriptionRoutes(session) : [])];
  const path = product === "spot" ? "/ws-api/v3" : "/ws-fapi/v1";
  return new Map(all.map(([method, route]) => [method, { ...route, path }]));
}

function logonRoutes(session: SessionState): [string, Route][] {
  return [
    ["session.logon", signed((call) => logOn(session, call))],
    ["session.status", open(() => session.status())],
    ["session.logout", open(() => logOut(session))],
  ];
}

function subscriptionRoutes(session: SessionState): [string, Route][] {
  return [
    ["session.subscriptions", open(() => session.subscriptionIds.map((id) => ({ subscriptionId: id })))],
    ["userDataStream.subscribe", open(() => subscribe(session, session.loggedOn, true))],
    ["userDataStream.subscribe.signature", signed(({ key }) => subscribe(session, key, false))],
    ["userDataStream.unsubscribe", open((call) => unsubscribe(session, call), ["subscriptionId"])],
  ];
}

function open(answer: (call: Call) => object, parameters: readonly string[] = []): Route {
  return { ...common, security: "NONE", parameters, answer };
}

function signed(answer: (call: SignedCall) => object): Route {
  return { ...common, security: "USER_DATA", parameters: [], answer };
}

/** Documented: only Ed25519 keys log on. Reported: others are refused for their signature. */
function logOn(session: SessionState, { key }: SignedCall): object {
  if (key.credential.type !== "ed25519") {
    throw invalidSignature();
  }
  session.logOn(key);
  return session.status();
}

function logOut(session: SessionState): object {
  session.logOut();
  return session.status();
}

function subscribe(session: SessionState, key: ApiKey | undefined, isOfLogon: boolean): object {
  if (!key) {
    throw unauthorized();
  }
  return { subscriptionId: session.subscribe(key, isOfLogon) };
}

function unsubscribe(session: SessionState, { values }: Call): object {
  const id = values.get("subscriptionId");
  if (id !== undefined && !/^\d{1,5}$/.test(id)) {
    throw illegalCharacters("subscriptionId", "^[0-9]{1,5}$");
  }
  session.unsubscribe(id === undefined ? undefined : Number(id));
  return {};
}
