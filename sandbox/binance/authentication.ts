import { isSapi, type SignedRoute } from "./call.ts";
import {
  duplicateParameter,
  invalidKeyId,
  invalidSignature,
  keyFormatInvalid,
  missingParameter,
  rejectedKey,
  tooManyParameters,
  unreadParameters,
} from "./errors.ts";
import type { Parameters } from "./parameters.ts";
import { isValidSignature } from "./signature.ts";
import type { Exchange } from "./state/exchange.ts";
import type { ApiKey } from "./state/keys.ts";
import { checkTiming } from "./timing.ts";

/** What a signed request is judged by. */
export interface Credentials {
  /** The header X-MBX-APIKEY. */
  apiKey: string | undefined;
  parameters: Parameters;
  /** The address at the connection's other end, as the kernel saw it. */
  source: string;
}

/**
 * assumed: the order. Nothing documents it, and it is from what needs the least knowledge to what needs the most:
 * what is there at all, its age, whose it is, from where, whether it is theirs, whether they may. So a stranger
 * with a stolen secret learns no more than one without.
 *
 * @returns the key
 * @throws ErrorAnswer
 */
export function authenticate(exchange: Exchange, route: SignedRoute, credentials: Credentials): ApiKey {
  const { apiKey = "", parameters, source } = credentials;
  const { values, payload } = parameters;
  // assumed: what can be a key. All of the documentation's have 64 letters and digits, and shorter ones were seen.
  if (!/^[A-Za-z0-9]{60,128}$/.test(apiKey)) {
    throw keyFormatInvalid();
  }
  const signature = values.get("signature") ?? "";
  if (signature === "") {
    throw missingParameter("signature");
  }
  checkTiming(values, exchange.clock.now());
  const key = exchange.keys.find(apiKey);
  if (!key) {
    throw isSapi(route.path) ? invalidKeyId() : rejectedKey(source);
  }
  if (key.whitelist.length > 0 && !key.whitelist.includes(source)) {
    throw rejectedKey(source);
  }
  if (!isValidSignature(key.credential, payload, signature)) {
    throw invalidSignature();
  }
  if (!exchange.keys.permits(key, permissionFor[route.security])) {
    throw rejectedKey(source);
  }
  return key;
}

const permissionFor = { USER_DATA: "enableReading", TRADE: "enableSpotAndMarginTrading" };

const signedParameters = ["timestamp", "recvWindow", "signature"];

/**
 * Refuses parameters that a call doesn't have. Documented as errors; assumed that /api does so and /sapi doesn't,
 * as people report it, and that signed calls count what was read.
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
