import * as z from "zod";
import { HetznerError } from "./failure.ts";
import { quote } from "./text.ts";

// Node's own fetch is enough: this runs on the operator's computer only, for a few calls, and Hetzner has no official
// client for JavaScript.

/** One request, as it goes over the wire. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  token: string;
  /** Sent as JSON. */
  body?: object | undefined;
  /** For the whole request with its reply, in ms. */
  timeout: number;
}

export interface HttpReply {
  /** Undefined if the reply has none (204). */
  body: unknown;
}

/** An error answer of Hetzner, and when its rate limit is restored. */
export class ErrorReply extends HetznerError {
  /** RateLimit-Reset as a Unix time in ms; undefined if the answer doesn't say. */
  readonly rateLimitReset: number | undefined;

  constructor(code: string, message: string, status: number, rateLimitReset: number | undefined) {
    super(code, message, status);
    this.rateLimitReset = rateLimitReset;
  }
}

/**
 * Sends one request and reads its reply. Nothing is retried, and no redirect is followed: it would carry the token
 * to another host.
 *
 * @throws HetznerError
 */
export async function send(request: HttpRequest): Promise<HttpReply> {
  const { method, url, token, body, timeout } = request;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    // fetch would refuse it with a message that holds the token.
    throw new HetznerError(
      "unauthorized",
      "The API token has characters that no token of Hetzner has, such as a space or a line break.",
    );
  }
  const reply = await fetchReply(request, {
    method,
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      "user-agent": "trading-bot-server",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
  });
  const json = parseJson(reply.text);
  if (reply.status < 200 || reply.status > 299) {
    throw errorReply(request, reply, json);
  }
  if (json === undefined && reply.status !== 204) {
    throw new HetznerError("unreadable", `${method} ${url}: the reply isn't JSON.`, reply.status);
  }
  return { body: json };
}

interface RawReply {
  status: number;
  headers: Headers;
  text: string;
}

async function fetchReply({ method, url, token }: HttpRequest, init: RequestInit): Promise<RawReply> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new HetznerError("unreachable", `${method} ${url}: ${quote(reasonOf(error), token)}`);
  }
}

const failure = z.looseObject({
  name: z.string().optional(),
  message: z.string().optional(),
  // A number in some.
  code: z.string().optional().catch(undefined),
});
const fetchFailure = failure.extend({ cause: failure.optional().catch(undefined) });

/** Why fetch failed: its own message is only "fetch failed". */
function reasonOf(error: unknown): string {
  const fetched = fetchFailure.safeParse(error).data;
  if (fetched?.name === "TimeoutError") {
    return "no reply in time.";
  }
  const { code, message } = fetched?.cause ?? {};
  const details = [code, message].filter((text) => text !== undefined && text !== "");
  return details.length === 0 ? "no connection." : `no connection (${details.join(": ")}).`;
}

const errorBody = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string().nullish() }),
});

function errorReply(
  { method, url, token }: HttpRequest,
  { status, headers }: RawReply,
  json: unknown,
): ErrorReply {
  const error = errorBody.safeParse(json).data?.error;
  // A proxy on the way answers without Hetzner's code.
  const code = quote(error?.code ?? codeOfStatus(status), token);
  const message = error?.message ? `${quote(error.message, token)} ` : "";
  return new ErrorReply(
    code,
    `${method} ${url}: ${message}(${code}, HTTP ${status}${correlationOf(headers)}).`,
    status,
    resetOf(headers),
  );
}

function codeOfStatus(status: number): string {
  return { 401: "unauthorized", 404: "not_found", 429: "rate_limit_exceeded" }[status] ?? "unreadable";
}

/** What Hetzner's support finds the request by. */
function correlationOf(headers: Headers): string {
  const id = /^[\w-]{1,64}$/.exec(headers.get("x-correlation-id") ?? "")?.[0];
  return id === undefined ? "" : `, correlation id ${id}`;
}

function resetOf(headers: Headers): number | undefined {
  const seconds = Number(headers.get("ratelimit-reset") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
