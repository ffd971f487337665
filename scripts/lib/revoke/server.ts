import type { Failure } from "../../../binance/failure.ts";
import type { ConfiguredKeyPair } from "../../../binance/key-pair.ts";
import { oneLine } from "../../../binance/text.ts";
import { reasonOf } from "../command/user-error.ts";
import { accessOf } from "../orders/access.ts";
import { settleOrders } from "../orders/settlement.ts";
import { labels, stopMinutes } from "../ssh/bot-control.ts";
import { NoConnection, runRemotely, unknownCommand } from "../ssh/remote.ts";
import { retryIfBroken } from "../ssh/retry.ts";
import type { Server } from "../ssh/server.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import type { Trial } from "./deletion.ts";
import type { Progress } from "./progress.ts";

/** What the check at Binance needs to know. */
export interface VantagePoint {
  /** Undefined if the server can't be reached. */
  server: Server | undefined;
  /** What Binance answered to the key through that server; undefined if that is unknown. */
  before: Trial | undefined;
  /** The fingerprint of the pair that was live there; undefined or "none" if there was none, or if it is unknown. */
  live?: string | undefined;
}

export interface ClearOptions {
  outputs: StackOutputs;
  keyPair: ConfiguredKeyPair | undefined;
  /** The setting. */
  permissions: string | undefined;
  cancels: boolean;
  yes: boolean;
  print: (text: string) => void;
  /** Gets what is left for a person to do. */
  left: string[];
  progress: Progress;
}

/** Stops the bot, lists its open orders as long as there is a key for that, and deletes the pair on the server. */
export async function clearServer({
  outputs,
  keyPair,
  cancels,
  permissions,
  left,
  progress,
  ...options
}: ClearOptions): Promise<VantagePoint> {
  const { print } = options;
  print(
    `Cutting the bot off and stopping it. If that takes longer than two minutes: power the server off in Hetzner's Console. After ${stopMinutes} minutes, this goes on without the server.`,
  );
  progress.begin("stopping the bot");
  const stopped = await stopBot(outputs);
  if (stopped.result === "no connection") {
    return unreachable(stopped.report, left);
  }
  // Without a code, the report is ours.
  print(stopped.code === undefined ? stopped.report : `${labels.stdout}${stopped.report}`);
  if (stopped.result === "failed") {
    left.push(
      "Power the server off in Hetzner's Console (https://console.hetzner.cloud): the bot may still run.",
    );
  }
  if (stopped.result === "done") {
    progress.finish("the bot is stopped");
  }
  progress.begin(cancels ? "reading and canceling the open orders" : "reading the open orders");
  const { open, problem, live } = await settleOrders({
    ...options,
    outputs,
    // A setting that is unknown prevents the listing, and not what follows.
    readAccess: () => keyPair && accessOf(keyPair, permissions),
    isStopped: stopped.result === "done",
    // Also if the bot may still run: later, there is no key for it.
    cancels: cancels ? "yes" : "no",
  });
  if (problem !== undefined) {
    print(problem);
    if (cancels) {
      left.push("Cancel the account's open orders yourself on binance.com, under Orders.");
    }
  }
  if (!cancels && open !== undefined && open.orders.length > 0) {
    print("The orders stay open. Without the key, cancel them yourself on binance.com, under Orders.");
  }
  progress.begin("deleting the key pair on the server");
  if (await deleteKeyPair(outputs, print, left)) {
    progress.finish("the key pair is deleted on the server");
  }
  return { server: outputs, before: open && { ok: true, value: undefined }, live };
}

/** Says what is left if there is no connection to the server. */
export function unreachable(reason: string, left: string[]): VantagePoint {
  left.push(
    `Power the server off in Hetzner's Console (https://console.hetzner.cloud): it could not be reached, and may still have the key pair and a bot that runs. ${reason}`,
    "To delete the key pair on it, power it on again, and then: npm run revoke. After a break-in, replace the server: docs/after-a-compromise.md says how.",
  );
  return { server: undefined, before: undefined };
}

/**
 * Deletes the live pair, the previous one, and what an interrupted change has left. There may be none.
 *
 * @returns whether the server has none any more
 */
async function deleteKeyPair(
  server: Server,
  print: (text: string) => void,
  left: string[],
): Promise<boolean> {
  const { result, report } = await runStep(server, "sudo binance-credential remove");
  const isDone = result === "done" && report === "none";
  if (isDone) {
    print("No key pair is on the server any more.");
  } else {
    left.push(`Run this again: the server may still have the key pair. It reported: ${report}`);
  }
  return isDone;
}

/** The bot may be hostile. A server of an older version stops it in the usual way, which can take a minute. */
async function stopBot(server: Server): Promise<Step> {
  const stopped = await runStep(server, "sudo bot-control stop-now");
  return stopped.code === unknownCommand ? runStep(server, "sudo bot-control stop") : stopped;
}

/** The result of a command on the server. */
interface Step {
  result: "done" | "failed" | "no connection";
  code?: number;
  /** What it printed, as one line without control characters: the server may be hostile. */
  report: string;
  /** Why there was no connection. */
  failure?: Failure;
}

/** Each of these commands may run twice. */
function runStep(server: Server, command: string): Promise<Step> {
  return retryIfBroken(
    () => tryStep(server, command),
    ({ failure }) => failure,
  );
}

async function tryStep(server: Server, command: string): Promise<Step> {
  try {
    const { code, stdout, stderr } = await runRemotely(server, command, { minutes: stopMinutes });
    return { code, result: code === 0 ? "done" : "failed", report: oneLine(`${stdout} ${stderr}`, 500) };
  } catch (error) {
    // Whatever it is: the settings and Binance come after the server.
    const report = reasonOf(error);
    return error instanceof NoConnection
      ? { result: "no connection", report, failure: error.failure }
      : { result: "failed", report };
  }
}
