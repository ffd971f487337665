import type { Failure, Refusal } from "./failure.ts";

/** What Binance refuses, and why. */
export type RefusalKind =
  | "banned"
  | "too-many-requests"
  | "country"
  | "firewall"
  | "key-address-or-permission"
  | "key-format"
  | "unknown-key"
  | "key-locked"
  | "unauthorized"
  | "signature"
  | "timestamp"
  | "too-many-orders"
  | "malformed"
  | "order"
  | "unavailable"
  | "other";

/** What a refusal means for the next requests. */
export interface RefusalMeaning {
  kind: RefusalKind;
  /** The network address that called, the key pair, the test order, this one request, or Binance itself. */
  concerns: "address" | "key" | "order" | "request" | "exchange";
  /** The client sends nothing more after it: a further request would be refused, or make a ban longer. */
  stopsRequests: boolean;
  /**
   * How long nothing may be sent from this address, by anybody, if Binance doesn't say; in seconds. Undefined: the
   * next program may call at once.
   */
  pauseSeconds: number | undefined;
  /** It stays until a person changes something. A check fails on it; anything else leaves the check unknown. */
  lasting: boolean;
}

interface Row extends RefusalMeaning {
  /** The HTTP statuses and codes that mean this: one of either is enough. */
  statuses?: readonly number[];
  codes?: readonly number[];
}

const address = { concerns: "address", stopsRequests: true, pauseSeconds: 300, lasting: false } as const;
const key = { concerns: "key", stopsRequests: false, pauseSeconds: undefined, lasting: true } as const;
const passing = { stopsRequests: false, pauseSeconds: undefined, lasting: false } as const;
const request = { concerns: "request", ...passing } as const;

/** Futures: the margin is insufficient; the amount is too small; the account may not place such an order. */
const futuresOrder = [-2019, -4164, -4087, -4088, -4109, -4192, -4400, -4401, -4402];

/**
 * The one table of what Binance's refusals mean, for the client and for all that judge a reply. The first
 * row that matches counts. What concerns the address comes first: a code that arrives with a 403, 418, 429 or 451
 * proves nothing about the key. (binance-spot-api-docs, "Limits", "HTTP Return Codes" and "Error codes".)
 */
const rows: readonly Row[] = [
  { kind: "banned", statuses: [418], ...address },
  { kind: "too-many-requests", statuses: [429], codes: [-1003], ...address },
  // Waiting doesn't help: the country stays the same.
  { kind: "country", statuses: [451], ...address, pauseSeconds: undefined, lasting: true },
  { kind: "firewall", statuses: [403], ...address },
  { kind: "key-address-or-permission", codes: [-2015], ...key },
  { kind: "key-format", codes: [-2014], ...key },
  { kind: "unknown-key", codes: [-2008], ...key },
  { kind: "key-locked", codes: [-2017], ...key },
  { kind: "unauthorized", codes: [-1002, -1099], ...key },
  { kind: "signature", codes: [-1022], ...key },
  { kind: "timestamp", codes: [-1021], ...request },
  { kind: "too-many-orders", codes: [-1015], ...request },
  // An unknown pair, a filter's limit, "This symbol is not permitted for this account", no trading at the moment.
  {
    kind: "order",
    codes: [-1121, -1013, -1014, -2010, -2016, ...futuresOrder],
    concerns: "order",
    ...passing,
  },
  // Binance's own problems, whatever their HTTP status.
  {
    kind: "unavailable",
    codes: [-1000, -1001, -1004, -1006, -1007, -1008, -1016],
    concerns: "exchange",
    ...passing,
  },
];

const unavailable: RefusalMeaning = { kind: "unavailable", concerns: "exchange", ...passing };
const other: RefusalMeaning = { kind: "other", ...request };

const malformed: RefusalMeaning = { kind: "malformed", ...request };

/** What a refusal means, by its HTTP status and code. */
export function meaningOf({ status, code }: Pick<Refusal, "status" | "code">): RefusalMeaning {
  return rows.find((row) => matches(row, status, code)) ?? remaining(status, code);
}

function remaining(status: number, code: number | undefined): RefusalMeaning {
  if (status >= 500) {
    return unavailable;
  }
  // Binance's group "11xx - Request issues", and -1020, "This operation is not supported".
  const isAboutRequest = code !== undefined && (code === -1020 || (code <= -1100 && code > -1200));
  return isAboutRequest ? malformed : other;
}

function matches({ statuses = [], codes = [] }: Row, status: number, code: number | undefined): boolean {
  return statuses.includes(status) || (code !== undefined && codes.includes(code));
}

/** Binance bans for 3 days at most; what is longer than this is a mistake. */
export const longestPauseSeconds = 14 * 24 * 3600;

/** For how many seconds nothing may be sent after a failure; undefined if no pause is needed. */
export function pauseAfter(failure: Failure): number | undefined {
  if (failure.kind !== "refused") {
    return undefined;
  }
  const pause = meaningOf(failure).pauseSeconds;
  return pause === undefined ? undefined : (failure.waitSeconds ?? pause);
}

/**
 * Whether Binance is unavailable from here at the moment, for any key: it can't be reached, doesn't work, or asks for a
 * pause. A reply that isn't understood doesn't count, because Binance may have changed it for good.
 */
export function isUnavailable(failure: Failure): boolean {
  if (failure.kind !== "refused") {
    return failure.kind === "unreachable";
  }
  const { concerns, lasting } = meaningOf(failure);
  return concerns === "exchange" || (concerns === "address" && !lasting);
}

/**
 * Whether Binance wants no requests from this address for a time. A bot can cause that: by too many requests, or by what
 * Binance's firewall takes for an attack.
 */
export function asksForPause(failure: Failure): boolean {
  return pauseAfter(failure) !== undefined;
}

/** Whether a failure concerns the key pair itself: every signed request would be refused. */
export function concernsKey(failure: Failure): boolean {
  return failure.kind === "refused" && meaningOf(failure).concerns === "key";
}
