import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import { describeFailure, type Failure } from "../binance/failure.ts";
import { meaningOf, type RefusalKind } from "../binance/refusals.ts";
import { type Restrictions, restrictionsReply } from "../binance/replies.ts";
import { sentence } from "../binance/text.ts";
import { commonFindings, newsFinding } from "./common-findings.ts";
import { diagnose } from "./diagnosis/diagnosis.ts";
import { type Finding, type Judgement, overall } from "./finding.ts";
import { type Judging, type Permissions, tradingIds } from "./key-rules.ts";
import { type CoreObservations, readClock } from "./observations.ts";
import { judgeCanTrade } from "./rules/account.ts";
import { undeclaredPurpose } from "./rules/permissions.ts";
import { judgeOrders, judgeTradingPermission, type OrderContext } from "./rules/trading.ts";
import {
  noTradingObservations,
  observeTrading,
  type TradingObservations,
  type TradingOptions,
} from "./trading-observations.ts";

/** What the guard requests, every few minutes. docs/guard.md lists the requests and their weights. */
export type GuardObservations = CoreObservations;

/** What the guard has found. */
export interface GuardFindings {
  /** About the key: they decide whether the bot may run. */
  key: Finding[];
  /** What the owner must know, and what stops no bot. */
  notices: Finding[];
  /** The ids of notices about which nothing is known this time. */
  unseen: string[];
}

export interface GuardOptions extends TradingOptions {
  ipAddress: string;
  judging: Judging;
  /** Whether the exchange has accepted a test order with this pair before. */
  ordersWereAccepted: boolean;
  /** Ends the reads of the account that take too long: they must never delay a verdict. */
  withinTime: (reading: Promise<TradingObservations>) => Promise<TradingObservations>;
}

/**
 * Reads the clock and then, with its time, what the key may do. The account is only read if the key passes: a bot whose
 * key fails is stopped first.
 */
export async function observeForGuard(
  client: BinanceClient,
  { ipAddress, judging, withinTime, ...trading }: GuardOptions,
): Promise<GuardObservations> {
  const clock = await readClock(client);
  if (!clock.ok) {
    return guardFailure(clock.failure);
  }
  const restrictions = await client.request(calls.apiRestrictions, restrictionsReply);
  if (!restrictions.ok || !mayTrade(restrictions.value, ipAddress, judging)) {
    return { clock, restrictions, ...noTradingObservations };
  }
  return { clock, restrictions, ...(await withinTime(observeTrading(client, trading))) };
}

function mayTrade(reply: Restrictions, ipAddress: string, judging: Judging): boolean {
  const judgements: Judgement[] = [
    ...commonFindings(reply, ipAddress, judging),
    judgeTradingPermission(reply, judging.permissions),
  ];
  return overall(judgements.map(({ verdict }) => verdict)) === "pass";
}

/** The observations if the first request failed, or the connection. */
export function guardFailure(failure: Failure): GuardObservations {
  const skipped = { ok: false, failure: { kind: "skipped" } } as const;
  return { clock: { ok: false, failure }, restrictions: skipped, ...noTradingObservations };
}

/** Why the guard doesn't know what the key may do; undefined if it knows. */
export function failureOf({ clock, restrictions }: GuardObservations): Failure | undefined {
  if (!clock.ok) {
    return clock.failure;
  }
  return restrictions.ok ? undefined : restrictions.failure;
}

const quotas: readonly RefusalKind[] = ["banned", "too-many-requests"];

/** A refusal of what was read about the account, if the reason is that this server has sent too many requests. */
export function quotaFailureOf({ account, orderTest, sellTest }: GuardObservations): Failure | undefined {
  return [account, orderTest, sellTest]
    .flatMap((result) => (result === undefined || result.ok ? [] : [result.failure]))
    .find((failure) => failure.kind === "refused" && quotas.includes(meaningOf(failure).kind));
}

/**
 * Judges the installed key. Only what Binance itself says about the key can fail. If Binance can't be reached, or
 * refuses the key, the result is unknown, and the guard doesn't stop a bot for an unknown result.
 */
export function guardFindings(
  observed: GuardObservations,
  {
    ipAddress,
    judging,
    ordersWereAccepted,
  }: Pick<GuardOptions, "ipAddress" | "judging" | "ordersWereAccepted">,
): GuardFindings {
  const { clock, restrictions } = observed;
  if (!clock.ok) {
    return { key: [unknownBecause(clock.failure, ipAddress)], notices: [], unseen: [] };
  }
  if (!restrictions.ok) {
    return { key: [unknownBecause(restrictions.failure, ipAddress)], notices: [], unseen: [] };
  }
  const { value } = restrictions;
  const account = accountFindings(observed, {
    ipAddress,
    permissions: judging.permissions,
    ordersWereAccepted,
  });
  return {
    key: commonFindings(value, ipAddress, judging),
    notices: [
      ...permissionFindings(value, judging.permissions),
      newsFinding(value, judging),
      ...account.filter(isSeen),
    ].filter(({ verdict }) => verdict !== "pass"),
    unseen: account.filter((finding) => !isSeen(finding)).map(({ id }) => id),
  };
}

/** Nothing if the key is for something else, which is a finding about its permissions. */
function permissionFindings(reply: Restrictions, permissions: Permissions): Finding[] {
  return undeclaredPurpose(reply, permissions) === undefined
    ? [
        {
          id: tradingIds[permissions],
          point: undefined,
          title: "The key may trade",
          ...judgeTradingPermission(reply, permissions),
        },
      ]
    : [];
}

/** What a running bot would notice as refused orders. */
function accountFindings(observed: GuardObservations, context: OrderContext): Finding[] {
  const account: Finding = {
    id: "account",
    point: undefined,
    title: "The account may trade",
    ...judgeCanTrade(observed),
  };
  const orders: Finding = {
    id: "orders",
    point: undefined,
    title: "Binance accepts orders",
    ...judgeOrders(observed, context),
  };
  // An account that may not trade is refused orders for that reason.
  return account.verdict === "fail" ? [account] : [account, orders];
}

/** A request that failed says nothing about the account. */
function isSeen({ verdict }: Finding): boolean {
  return verdict !== "unknown";
}

function unknownBecause(failure: Failure, ipAddress: string): Finding {
  return {
    id: "connection",
    point: undefined,
    title: "Binance reports what the key may do",
    verdict: "unknown",
    known: undefined,
    detail: sentence(`The request from the server failed: ${describeFailure(failure)}`),
    ...diagnose(failure, { ipAddress, caller: "guard" }),
  };
}
