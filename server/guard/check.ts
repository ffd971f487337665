import { describeFailure, type Failure } from "../../binance/failure.ts";
import { asksForPause, isUnavailable } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { type Finding, overall, type Verdict } from "../../checklist/finding.ts";
import { failureOf, guardFindings } from "../../checklist/guard.ts";
import { alertText, needsAlert } from "./alert.ts";
import { forgetCheckedPair, writeCheckedPair } from "./checked-pair.ts";
import { type GuardConfiguration, readConfiguration, readKeyPair } from "./configuration.ts";
import type { Directories } from "./directories.ts";
import { findingLine, journalLine } from "./journal.ts";
import { observe } from "./observe.ts";
import { removeMessage, writeMessage } from "./outbox.ts";
import { isPaused, pauseUntil, timeOf } from "./pause.ts";
import { situationOf } from "./situation.ts";
import { type GuardState, readReported, readState, writeState } from "./state.ts";

/** Prints a line for the journal. */
export type Print = (line: string) => void;

/**
 * "unavailable": the result is unknown, because the exchange can't be used at the moment. A bot that fails then is
 * restarted. "quota": the same, because the exchange wants no requests from this server for a time.
 */
export type Outcome = Verdict | "unavailable" | "quota";

interface CheckResult {
  findings: Finding[];
  failure: Failure | undefined;
}

/**
 * Reads what the installed key may do, judges it, and reports it to the journal. It prepares a message to the owner, but
 * sends nothing: the bot must be stopped first.
 */
export async function check(directories: Directories, print: Print): Promise<Outcome> {
  const configuration = readConfiguration(directories);
  const { keyPair, fingerprint } = readKeyPair(directories);
  const state = readState(directories.state);
  forgetCheckedPair(directories.runtime);
  if (isPaused(state.silentUntil, Date.now())) {
    print(
      journalLine("unknown", [`No check until ${timeOf(state.silentUntil)}: Binance asked for a pause.`]),
    );
    noteCheckedPair(directories, fingerprint, print);
    keep(directories, { ...state, lastCheck: { ...state.lastCheck, at: Date.now() } }, print);
    return "quota";
  }

  const observed = await observe(keyPair);
  const failure = failureOf(observed);
  const findings = guardFindings(observed, configuration.ipAddress);
  for (const finding of findings) {
    print(findingLine(finding));
  }
  noteCheckedPair(directories, fingerprint, print);
  attempt(memoryFolder, print, () => {
    prepareMessage({ findings, failure }, configuration, directories);
  });
  keep(directories, nextState(state, { findings, failure }, Date.now()), print);
  return outcomeOf({ findings, failure });
}

const memoryFolder = "/run: is the memory full?";

function noteCheckedPair({ runtime }: Directories, fingerprint: string, print: Print): void {
  attempt(memoryFolder, print, () => {
    writeCheckedPair(runtime, fingerprint);
  });
}

function outcomeOf({ findings, failure }: CheckResult): Outcome {
  if (failure !== undefined && isUnavailable(failure)) {
    return asksForPause(failure) ? "quota" : "unavailable";
  }
  return overall(findings.map(({ verdict }) => verdict));
}

/** @param now in ms */
function nextState(state: GuardState, { findings, failure }: CheckResult, now: number): GuardState {
  const silentUntil = pauseUntil(failure, now);
  const unknown = findings.find(({ verdict }) => verdict === "unknown");
  const isKnown = overall(findings.map(({ verdict }) => verdict)) !== "unknown";
  const verdictAt = isKnown ? now : state.verdictAt;
  const reason = failure === undefined ? unknown?.detail : sentence(describeFailure(failure));
  return {
    ...(silentUntil !== undefined && { silentUntil }),
    ...(verdictAt !== undefined && { verdictAt }),
    lastCheck: { at: now, ...(!isKnown && reason !== undefined && { reason }) },
  };
}

/** Leaves a message for the unit that sends it, if the situation isn't the last one that the webhook accepted. */
function prepareMessage(
  { findings, failure }: CheckResult,
  configuration: GuardConfiguration,
  { state, runtime }: Directories,
): void {
  const situation = situationOf(findings, failure);
  if (situation !== undefined && needsAlert(situation, readReported(state))) {
    writeMessage(runtime, { situation, text: alertText(situation, findings, failure, configuration) });
  } else {
    removeMessage(runtime);
  }
}

function keep({ state }: Directories, next: GuardState, print: Print): void {
  attempt("its state directory: is the disk full?", print, () => {
    writeState(state, next);
  });
}

/** What can't be written changes no verdict. */
function attempt(place: string, print: Print, write: () => void): void {
  try {
    write();
  } catch {
    print(journalLine("unknown", [`The guard can't write to ${place}`]));
  }
}
