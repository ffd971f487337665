import * as z from "zod";
import { type Attempt, presentable, type Refusal } from "./errors.ts";
import { parseJson } from "./json.ts";

/** A reply as it came over the wire. */
export interface RawReply {
  status: number;
  /** The Retry-After header. */
  retryAfter: string | undefined;
  body: string;
}

/** Fields as Binance names them, of types that nobody has checked yet: rules look at them one by one. */
export type Restrictions = Readonly<Record<string, unknown>>;

const decimal = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/);

export const serverTimeReply = z.looseObject({ serverTime: z.int().positive() });

/**
 * GET /sapi/v1/account/apiRestrictions. No field is required here, and no type either: a reply that lacks a
 * field must still be able to fail for another.
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

/** POST /api/v3/order/test: an empty object, and nothing else, says that the order would have been taken. */
export const orderTestReply = z.strictObject({});

/** GET /sapi/v1/account/status: "Normal", or what is wrong. */
export const accountStatusReply = z.looseObject({ data: z.string().min(1) });

/** GET /sapi/v1/account/apiTradingStatus. */
export const apiTradingStatusReply = z.looseObject({ data: z.looseObject({ isLocked: z.boolean() }) });

const errorReply = z.looseObject({ code: z.number(), msg: z.string().optional() });

/**
 * Reads a reply: a value of the expected shape, or the trouble that it tells of.
 *
 * @param secrets values that must not be in a message, even if Binance repeats them
 */
export function readReply<T>(reply: RawReply, expected: z.ZodType<T>, secrets: string[]): Attempt<T> {
  const body = parseJson(reply.body);
  const error = errorReply.safeParse(body).data;
  // An error that is sent with HTTP 200 is an error all the same.
  if (reply.status !== 200 || (error !== undefined && error.code < 0)) {
    return { ok: false, trouble: refusal(reply, error, secrets) };
  }
  if (body === undefined) {
    return unreadable("is no JSON");
  }
  const result = expected.safeParse(body);
  if (result.success) {
    return { ok: true, value: result.data };
  }
  const fields = result.error.issues.map(({ path }) => path.join(".")).filter(Boolean);
  return unreadable(
    fields.length === 0
      ? "isn't of the documented shape"
      : `lacks a readable ${presentable([...new Set(fields)].slice(0, 3).join(", "), secrets)}`,
  );
}

function unreadable(what: string): Attempt<never> {
  return { ok: false, trouble: { kind: "unreadable", what } };
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
    message: presentable(message, secrets),
    waitSeconds: waitOf(reply, message),
    requestIp: /request ip: ?(\d{1,3}(?:\.\d{1,3}){3})(?![.\d])/i.exec(message)?.[1],
  };
}

/** Longer than any ban of Binance's, which end after 3 days: what is more is nonsense. */
const longestWait = 14 * 24 * 3600;

/** From `Retry-After` in seconds, or else from "IP banned until 1659146400000". */
function waitOf({ status, retryAfter }: RawReply, message: string): number | undefined {
  if (status !== 429 && status !== 418) {
    return undefined;
  }
  const until = /until (\d{13})\b/.exec(message)?.[1];
  const seconds = /^\d{1,9}$/.test(retryAfter ?? "")
    ? Number(retryAfter)
    : until !== undefined
      ? Math.ceil((Number(until) - Date.now()) / 1000)
      : undefined;
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 0), longestWait);
}
