import * as z from "zod";
import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import { describeFailure, type Failure, type Result } from "../binance/failure.ts";
import { meaningOf, type RefusalKind } from "../binance/refusals.ts";
import { restrictionsReply } from "../binance/replies.ts";
import { binanceHost, demoHosts } from "../binance/request.ts";
import { type Finding, type Judgement, proven } from "./finding.ts";
import type { Permissions } from "./key-rules.ts";
import { readClock } from "./observations.ts";

// A key pair for paper mode must be one of Binance's demo account: the demo host accepts it, and the host of the account
// with real money refuses it.

/** What both hosts have answered to a request that only reads. */
export interface DemoKeyObservations {
  demo: Result<unknown>;
  real: Result<unknown>;
}

/** What is read at the demo host, which serves no /sapi. */
const demoCall = { spot: calls.account, futures: calls.futuresConfiguration } as const;

/** Calls a host with the pair. `onFailure` makes a result if there was no connection. */
export type ReachHost = <T>(
  host: string,
  use: (client: BinanceClient) => Promise<T>,
  onFailure: (failure: Failure) => T,
) => Promise<T>;

export async function observeDemoKey(
  reach: ReachHost,
  permissions: Permissions,
): Promise<DemoKeyObservations> {
  const { reply, clockDifference } = await reach<RealAccount>(binanceHost, readRealAccount, (failure) => ({
    reply: { ok: false, failure },
    clockDifference: 0,
  }));
  const demo = await reach<Result<unknown>>(
    demoHosts[permissions],
    (client) => {
      client.clockDifference = clockDifference;
      return client.request(demoCall[permissions], z.looseObject({}));
    },
    (failure) => ({ ok: false, failure }),
  );
  return { demo, real: reply };
}

interface RealAccount {
  reply: Result<unknown>;
  clockDifference: number;
}

/** The clock comes first: a wrong one here must not look like a refusal. */
async function readRealAccount(client: BinanceClient): Promise<RealAccount> {
  const clock = await readClock(client);
  const reply = clock.ok ? await client.request(calls.apiRestrictions, restrictionsReply) : clock;
  return { reply, clockDifference: client.clockDifference };
}

/** Refusals of a key that the exchange doesn't know. The first one also has other causes, but the demo host knows the key. */
const unknownKey: readonly RefusalKind[] = ["key-address-or-permission", "key-format", "unknown-key"];

export function demoKeyFindings(
  { demo, real }: DemoKeyObservations,
  permissions: Permissions,
): [demo: Finding, real: Finding] {
  return [
    {
      id: "demo-host",
      point: undefined,
      title: "The demo account accepts the key",
      ...judgeDemo(demo, permissions),
    },
    { id: "real-host", point: undefined, title: "The key isn't for real money", ...judgeReal(real) },
  ];
}

function judgeDemo(demo: Result<unknown>, permissions: Permissions): Judgement {
  const host = demoHosts[permissions];
  if (demo.ok) {
    return { verdict: "pass", known: proven, detail: `${host} has answered.` };
  }
  const { failure } = demo;
  const detail = `${host}: ${describeFailure(failure)}.`;
  if (failure.kind === "refused" && meaningOf(failure).concerns === "key") {
    return {
      verdict: "fail",
      known: proven,
      detail,
      remedy:
        "Create a key at https://demo.binance.com, and set both values: pulumi config set --secret binance:demoApiKey, and binance:demoApiSecret.",
    };
  }
  return { verdict: "unknown", known: undefined, detail, remedy: "Run `pulumi up` again later." };
}

function judgeReal(real: Result<unknown>): Judgement {
  if (real.ok) {
    return isLive(`${binanceHost} accepts this key.`);
  }
  const { failure } = real;
  const detail = `${binanceHost}: ${describeFailure(failure)}.`;
  const kind = failure.kind === "refused" ? meaningOf(failure).kind : undefined;
  if (kind === "signature") {
    // It checks the signature of keys that it knows.
    return isLive(detail);
  }
  if (kind !== undefined && unknownKey.includes(kind)) {
    return { verdict: "pass", known: proven, detail: `${binanceHost} refuses this key.` };
  }
  return { verdict: "unknown", known: undefined, detail, remedy: "Run `pulumi up` again later." };
}

function isLive(detail: string): Judgement {
  return {
    verdict: "fail",
    known: proven,
    detail,
    remedy:
      "A key for real money is set by binance:apiKey and binance:apiSecret. For paper mode, create a key at https://demo.binance.com.",
  };
}
