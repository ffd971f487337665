import { generateKeyPairSync } from "node:crypto";
import { connect } from "node:net";
import * as calls from "../../../binance/calls.ts";
import { BinanceClient } from "../../../binance/client.ts";
import { BinanceError, describeFailure, type Failure, type Result } from "../../../binance/failure.ts";
import { type ConfiguredKeyPair, isMade, type KeyPair } from "../../../binance/key-pair.ts";
import { meaningOf } from "../../../binance/refusals.ts";
import { restrictionsReply } from "../../../binance/replies.ts";
import { binanceHost } from "../../../binance/request.ts";
import { sentence } from "../../../binance/text.ts";
import { readClock } from "../../../checklist/observations.ts";
import { retryIfBroken } from "../ssh/retry.ts";
import type { Server } from "../ssh/server.ts";
import { throughServer } from "../verification/vantage-points.ts";

// Whether a key still exists at Binance. No endpoint lists the keys of an account, so the key is tried.

/** What Binance answered to the key. */
export type Trial = Result<unknown>;

/** Tries the key with one request that only reads: through the server, or from this computer if there is none. */
export function tryKey(server: Server | undefined, configured: ConfiguredKeyPair): Promise<Trial> {
  const keyPair = isMade(configured) ? withAnotherSecret(configured.apiKey) : configured;
  return server === undefined
    ? tryDirectly(keyPair)
    : retryIfBroken(
        () => throughServer<Trial>(server, keyPair, request, failed),
        (trial) => (trial.ok ? undefined : trial.failure),
      );
}

/**
 * The server no longer has the private key that was made there. Binance looks for the API key first, so a signature by
 * another key shows whether it still knows that.
 */
function withAnotherSecret(apiKey: string): KeyPair {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { apiKey, apiSecret: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

async function tryDirectly(keyPair: KeyPair): Promise<Trial> {
  // Whitelists have IPv4 addresses only.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  try {
    const client = await BinanceClient.open({ socket, keyPair });
    try {
      return await request(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return failed(error.failure);
    }
    throw error;
  }
}

async function request(client: BinanceClient): Promise<Trial> {
  const clock = await readClock(client);
  return clock.ok ? client.request(calls.apiRestrictions, restrictionsReply) : clock;
}

function failed(failure: Failure): Trial {
  return { ok: false, failure };
}

/** Whether the key is deleted at Binance, and how that is known. */
export interface Judgement {
  deleted: "yes" | "probably" | "unknown" | "no";
  text: string;
}

/**
 * Says what Binance's answer proves.
 *
 * @param before the answer to the same key, from the same address, before it was deleted; undefined if it was not tried
 */
export function judgeDeletion(trial: Trial, before: Trial | undefined): Judgement {
  if (trial.ok) {
    return { deleted: "no", text: "Binance still accepts the key." };
  }
  const { failure } = trial;
  const reason = sentence(describeFailure(failure));
  const kind = failure.kind === "refused" ? meaningOf(failure).kind : undefined;
  if (kind === "unknown-key") {
    return { deleted: "yes", text: `The key is deleted. Binance doesn't know it any more: ${reason}` };
  }
  if (kind === "signature") {
    return { deleted: "no", text: `Binance still knows the key, and only refuses the secret: ${reason}` };
  }
  if (kind !== "key-address-or-permission") {
    return { deleted: "unknown", text: `Whether the key is deleted is unknown: ${reason}` };
  }
  return before?.ok === true
    ? {
        deleted: "probably",
        text: `Binance accepted the key before, and now refuses it from the same address: ${reason} So it is deleted, or its whitelist or its permissions were changed: look in API Management if it is gone.`,
      }
    : {
        deleted: "unknown",
        text: `Binance refuses the key: ${reason} That proves nothing: it also refuses a key that exists, from an address that isn't in its whitelist.`,
      };
}
