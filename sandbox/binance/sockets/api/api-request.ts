import * as z from "zod";
import { type Parameters, secretNames } from "../../parameters.ts";
import { invalidJson } from "../errors.ts";

/** Documented: anything that the client wants. The answer has the same. */
export type RequestId = string | number | null;

/** A message to the WebSocket API. */
export interface ApiRequest {
  id: RequestId;
  /** Without its version. */
  method: string;
  /** The API key that the request is signed for, if it has one. */
  apiKey: string | undefined;
  /** Without the API key and returnRateLimits. */
  parameters: Parameters;
  returnRateLimits: boolean | undefined;
}

/** Documented: a whole number, a text, or null, which is also what a message without an id gets. */
const id = z.union([z.string(), z.int(), z.null()]).default(null);
const scalar = z.union([z.string(), z.boolean().transform(String)]);
const value = z.union([scalar, z.array(scalar).transform((list) => JSON.stringify(list))]);
const message = z.object({ method: z.string(), params: z.record(z.string(), value).default({}) });

/**
 * Reads a message. assumed: the errors for a message that can't be read.
 *
 * @throws ErrorAnswer
 */
export function readRequest(text: string): ApiRequest {
  const parsed = message.safeParse(parseJson(text, numberAsText));
  // Numbers are texts in the first, and an id is sent back as it was.
  const identified = z.object({ id }).safeParse(parseJson(text));
  if (!parsed.success || !identified.success) {
    throw invalidJson();
  }
  const { method, params } = parsed.data;
  const { apiKey, returnRateLimits, ...rest } = params;
  return {
    id: identified.data.id,
    method: method.replace(/^v3\//, ""),
    apiKey,
    parameters: {
      values: new Map(Object.entries(rest)),
      hasDuplicates: false,
      payload: Buffer.from(payloadOf(params)),
    },
    returnRateLimits: returnRateLimits === undefined ? undefined : returnRateLimits === "true",
  };
}

/** A request as the log shows it: without its key and signature, nobody can send it again. */
export function loggedPath({ method, parameters }: ApiRequest): string {
  const shown = [...parameters.values].filter(([name]) => !secretNames.includes(name));
  return shown.length === 0 ? method : `${method}?${new URLSearchParams(shown).toString()}`;
}

/** The id of a message, or null if there is none that can be read. */
export function idIn(text: string): RequestId {
  try {
    return z.object({ id }).parse(parseJson(text)).id;
  } catch {
    return null;
  }
}

/** Documented: what is signed is sorted by name, and isn't percent-encoded. */
function payloadOf(params: Record<string, string>): string {
  return Object.keys(params)
    .filter((name) => name !== "signature")
    .sort()
    .map((name) => `${name}=${params[name] ?? ""}`)
    .join("&");
}

function parseJson(text: string, reviver?: typeof numberAsText): unknown {
  try {
    const parsed: unknown = JSON.parse(text, reviver);
    return parsed;
  } catch {
    throw invalidJson();
  }
}

/** The text of a number as the client has sent and signed it: "0.10", not 0.1. */
function numberAsText(_key: string, value: unknown, ...[context]: unknown[]): unknown {
  return typeof value === "number" ? z.object({ source: z.string() }).parse(context).source : value;
}
