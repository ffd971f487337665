import type { Failure } from "../../binance/failure.ts";
import { isUnavailable } from "../../binance/refusals.ts";
import { type Finding, overall, type Verdict } from "../../checklist/finding.ts";
import { failureOf, guardFindings } from "../../checklist/guard.ts";
import { alertText, needsAlert, situationOf } from "./alert.ts";
import { type GuardConfiguration, readConfiguration, readKeyPair, readWebhook } from "./configuration.ts";
import type { Directories } from "./directories.ts";
import { findingLine, journalLine } from "./journal.ts";
import { observe } from "./observe.ts";
import { isPaused, pauseUntil } from "./pause.ts";
import { SetupError } from "./setup-error.ts";
import { type GuardState, readState, type Situation, writeState } from "./state.ts";
import { postMessage } from "./webhook.ts";

/** Prints a line for the journal. */
export type Print = (line: string) => void;

/** "unavailable": the result is unknown, because the exchange can't be used at the moment. A bot that fails then is restarted. */
export type Outcome = Verdict | "unavailable";

interface CheckResult {
  findings: Finding[];
  failure: Failure | undefined;
}

/** Reads what the installed key may do, judges it, and reports it to the journal and the webhook. */
export async function check(directories: Directories, print: Print): Promise<Outcome> {
  const configuration = readConfiguration(directories);
  const keyPair = readKeyPair(directories);
  const state = readState(directories.state);
  if (isPaused(state.silentUntil, Date.now())) {
    print(
      journalLine("unknown", [`No check until ${timeOf(state.silentUntil)}: Binance asked for a pause.`]),
    );
    return "unavailable";
  }

  const observed = await observe(keyPair);
  const failure = failureOf(observed);
  const findings = guardFindings(observed, configuration.ipAddress);
  for (const finding of findings) {
    print(findingLine(finding));
  }

  const silentUntil = pauseUntil(failure, Date.now());
  const reported = await report({ findings, failure }, state.reported, configuration, directories, print);
  const next = { ...(silentUntil !== undefined && { silentUntil }), ...(reported && { reported }) };
  keep(directories, next, state, print);
  return failure && isUnavailable(failure) ? "unavailable" : overall(findings.map(({ verdict }) => verdict));
}

/**
 * Sends a message if the situation has changed.
 *
 * @returns the last situation that the webhook accepted. A message that it didn't accept is sent again by the next check
 */
async function report(
  { findings, failure }: CheckResult,
  reported: Situation | undefined,
  configuration: GuardConfiguration,
  directories: Directories,
  print: Print,
): Promise<Situation | undefined> {
  const now = situationOf(findings, failure);
  const webhook = now && usableWebhook(directories, print);
  if (now === undefined || webhook === undefined) {
    return reported;
  }
  if (!needsAlert(now, reported)) {
    return now;
  }
  const problem = await postMessage(webhook, alertText(now, findings, failure, configuration));
  if (problem === undefined) {
    return now;
  }
  print(journalLine("unknown", [problem, "The next check sends it again."]));
  return reported;
}

/** An address that can't be used changes no verdict. */
function usableWebhook(directories: Directories, print: Print): URL | undefined {
  try {
    return readWebhook(directories);
  } catch (error) {
    if (!(error instanceof SetupError)) {
      throw error;
    }
    print(journalLine("unknown", [error.message]));
    return undefined;
  }
}

/** A state that can't be written changes no verdict either. */
function keep({ state }: Directories, next: GuardState, previous: GuardState, print: Print): void {
  if (JSON.stringify(next) === JSON.stringify(previous)) {
    return;
  }
  try {
    writeState(state, next);
  } catch {
    print(journalLine("unknown", ["The guard can't write to its state directory: is the disk full?"]));
  }
}

function timeOf(milliseconds = 0): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
