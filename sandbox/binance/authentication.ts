import { isFutures, isSapi, type SignedRoute } from "./call.ts";
import {
  duplicateParameter,
  invalidKeyId,
  invalidSignature,
  keyFormatInvalid,
  missingParameter,
  rejectedKey,
  SessionRevoked,
  tooManyParameters,
  unreadParameters,
} from "./errors.ts";
import type { Parameters } from "./parameters.ts";
import { isValidSignature } from "./signature.ts";
import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";
import { checkTiming } from "./timing.ts";

/** What is checked in a signed request. */
export interface Credentials {
  /** The header X-MBX-APIKEY. */
  apiKey: string | undefined;
  parameters: Parameters;
  /** The address that the request came from, as the kernel saw it. */
  source: string;
}

/**
 * assumed: the order, which isn't documented. It goes from what needs the least knowledge to what needs the most: what
 * is there at all, how old it is, whose key it is, where it comes from, whether the signature is right, whether the key
 * has the permission. So a stranger with a stolen secret learns no more than a stranger without it.
 *
 * @returns the key
 * @throws ErrorAnswer
 */
export function authenticate(exchange: Exchange, route: SignedRoute, credentials: Credentials): ApiKey {
  const { apiKey = "", parameters, source } = credentials;
  const { values, payload } = parameters;
  checkFormat(apiKey);
  const signature = values.get("signature") ?? "";
  if (signature === "") {
    throw missingParameter("signature");
  }
  checkTiming(values, exchange.clock.now());
  const key = exchange.keys.find(apiKey);
  if (!key) {
    throw isSapi(route.path) ? invalidKeyId() : rejectedKey(source);
  }
  if (!isAllowedFrom(key, source)) {
    throw rejectedKey(source);
  }
  if (!isValidSignature(key.credential, payload, signature)) {
    throw invalidSignature();
  }
  if (!exchange.keys.permits(key, permissionFor(route))) {
    throw rejectedKey(source);
  }
  return key;
}

/**
 * Checks a request that needs the API key and no signature. assumed: any key may be used, from its whitelist.
 *
 * @throws ErrorAnswer
 */
export function identify(exchange: Exchange, { apiKey = "", source }: Omit<Credentials, "parameters">): void {
  checkFormat(apiKey);
  const key = exchange.keys.find(apiKey);
  if (!key || !mayUse(exchange, key, "enableReading", source)) {
    throw rejectedKey(source);
  }
}

/** assumed: the format. All keys in the documentation have 64 letters and digits. Shorter ones were seen. */
function checkFormat(apiKey: string): void {
  if (!/^[A-Za-z0-9]{60,128}$/.test(apiKey)) {
    throw keyFormatInvalid();
  }
}

/**
 * Checks a request of a WebSocket session that has logged on. It needs no signature. Documented: the timing is still
 * checked, and a key that has become invalid for any reason ends the session.
 *
 * @returns the key
 * @throws ErrorAnswer
 */
export function authenticateSession(
  exchange: Exchange,
  route: SignedRoute,
  key: ApiKey,
  { values, source }: { values: ReadonlyMap<string, string>; source: string },
): ApiKey {
  checkTiming(values, exchange.clock.now());
  if (!mayUse(exchange, key, permissionFor(route), source)) {
    throw new SessionRevoked();
  }
  return key;
}

/** Whether a key still exists, and may do something from this address now. */
export function mayUse(exchange: Exchange, key: ApiKey, permission: string, source: string): boolean {
  const { keys } = exchange;
  return keys.find(key.apiKey) === key && isAllowedFrom(key, source) && keys.permits(key, permission);
}

function isAllowedFrom({ isRestricted, whitelist }: ApiKey, source: string): boolean {
  return !isRestricted || whitelist.includes(source);
}

/** Documented: futures have their own permission. assumed: reading is enough to read what the futures account has. */
function permissionFor({ path, security }: SignedRoute): string {
  if (security === "USER_DATA") {
    return "enableReading";
  }
  return isFutures(path) ? "enableFutures" : "enableSpotAndMarginTrading";
}

const signedParameters = ["timestamp", "recvWindow", "signature"];

/**
 * Refuses parameters that a call doesn't have. Documented: the errors. assumed: only /api does this, as people report,
 * and signed calls count the parameters that were read.
 *
 * @throws ErrorAnswer
 */
export function checkNames(
  route: { path: string; security: string; parameters: readonly string[] },
  { values, hasDuplicates }: Parameters,
): void {
  if (isSapi(route.path)) {
    return;
  }
  if (hasDuplicates) {
    throw duplicateParameter();
  }
  const isSigned = route.security !== "NONE";
  const known = [...route.parameters, ...(isSigned ? signedParameters : [])];
  const sent = [...values.keys()];
  if (known.length === 0 && sent.length > 0) {
    throw tooManyParameters(sent.length);
  }
  const read = sent.filter((name) => known.includes(name));
  if (read.length < sent.length) {
    throw unreadParameters(read.length, sent.length);
  }
}
