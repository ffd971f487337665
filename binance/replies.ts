import * as z from "zod";
import type { Refusal, Result } from "./failure.ts";
import { parseJson } from "./json.ts";
import { longestPauseSeconds, meaningOf } from "./refusals.ts";
import { redact } from "./text.ts";

/** A reply as it came over the wire. */
export interface RawReply {
  status: number;
  /** The Retry-After header. */
  retryAfter: string | undefined;
  body: string;
}

/** Fields as Binance names them. Their types aren't checked yet: the rules look at them one by one. */
export type Restrictions = Readonly<Record<string, unknown>>;

const decimal = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/);

export const serverTimeReply = z.looseObject({ serverTime: z.int().positive() });

/**
 * GET /sapi/v1/account/apiRestrictions. No field is required here, and no type: a reply without one field must still
 * be able to fail because of another.
 */
export const restrictionsReply = z.custom<Restrictions>(
  (reply) => typeof reply === "object" && reply !== null && !Array.isArray(reply),
);

/** GET /api/v3/account, as far as the checklist needs it. */
export const accountReply = z.looseObject({
  canTrade: z.boolean(),
  balances: z.array(z.looseObject({ asset: z.string().min(1).max(40), free: decimal, locked: decimal })),
});

export type Account = z.output<typeof accountReply>;

/** POST /api/v3/order/test: only an empty object means that the order would have been accepted. */
export const orderTestReply = z.strictObject({});

/** GET /fapi/v1/accountConfig. */
export const futuresConfigurationReply = z.looseObject({
  canTrade: z.boolean(),
  dualSidePosition: z.boolean(),
});

/** GET /fapi/v3/balance, in the form of the spot account's balances. A wallet may be negative. */
export const futuresBalanceReply = z
  .array(
    z.looseObject({
      asset: z.string().min(1).max(40),
      balance: z.string().regex(/^-?\d{1,30}(\.\d{1,30})?$/),
    }),
  )
  .transform((assets): Account["balances"] =>
    assets
      .filter(({ balance }) => /[1-9]/.test(balance))
      .map(({ asset, balance }) => ({ asset, free: balance, locked: "0" })),
  );

/** POST /fapi/v1/order/test: any object without an error means that the order would have been accepted. */
export const futuresOrderTestReply = z.looseObject({});

/** GET /sapi/v1/account/status: "Normal", or what is wrong. */
export const accountStatusReply = z.looseObject({ data: z.string().min(1) });

/** GET /sapi/v1/account/apiTradingStatus. */
export const apiTradingStatusReply = z.looseObject({ data: z.looseObject({ isLocked: z.boolean() }) });

const errorReply = z.looseObject({ code: z.number(), msg: z.string().optional() });

/**
 * Reads a reply: a value of the expected shape, or the failure that it reports.
 *
 * @param secrets values that must not be in a message, even if Binance repeats them
 */
export function readReply<T>(reply: RawReply, expected: z.ZodType<T>, secrets: string[]): Result<T> {
  const body = parseJson(reply.body);
  const error = errorReply.safeParse(body).data;
  // An error that is sent with HTTP 200 is still an error.
  if (reply.status !== 200 || (error !== undefined && error.code < 0)) {
    return { ok: false, failure: refusal(reply, error, secrets) };
  }
  if (body === undefined) {
    return unreadable("isn't JSON");
  }
  const result = expected.safeParse(body);
  if (result.success) {
    return { ok: true, value: result.data };
  }
  const fields = result.error.issues.map(({ path }) => path.join(".")).filter(Boolean);
  return unreadable(
    fields.length === 0
      ? "doesn't have the documented shape"
      : `lacks a readable ${redact([...new Set(fields)].slice(0, 3).join(", "), secrets)}`,
  );
}

function unreadable(problem: string): Result<never> {
  return { ok: false, failure: { kind: "unreadable", problem } };
}

function refusal(
  reply: RawReply,
  error: z.output<typeof errorReply> | undefined,
  secrets: string[],
): Refusal {
  const message = error?.msg ?? "";
  return {
    kind: "refused",
    status: reply.status,
    code: error?.code,
    message: redact(message, secrets),
    waitSeconds: waitOf(reply, error?.code, message),
    requestIp: /request ip: ?(\d{1,3}(?:\.\d{1,3}){3})(?![.\d])/i.exec(message)?.[1],
  };
}

/** From `Retry-After` in seconds, or else from "IP banned until 1659146400000". */
function waitOf(
  { status, retryAfter }: RawReply,
  code: number | undefined,
  message: string,
): number | undefined {
  if (meaningOf({ status, code }).pauseSeconds === undefined) {
    return undefined;
  }
  const seconds = secondsOf(retryAfter) ?? secondsUntil(/until (\d{13})\b/.exec(message)?.[1]);
  return seconds !== undefined && seconds > 0 ? Math.min(seconds, longestPauseSeconds) : undefined;
}

function secondsOf(text: string | undefined): number | undefined {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : undefined;
}

function secondsUntil(milliseconds: string | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.ceil((Number(milliseconds) - Date.now()) / 1000);
}
