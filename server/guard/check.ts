import { describeFailure, type Failure } from "../../binance/failure.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { asksForPause, isUnavailable } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { demoKeyFindings, observeDemoKey } from "../../checklist/demo-key.ts";
import { overall, type Verdict } from "../../checklist/finding.ts";
import { failureOf, type GuardFindings, guardFindings, quotaFailureOf } from "../../checklist/guard.ts";
import type { Permissions } from "../../checklist/key-rules.ts";
import { alertText, needsAlert } from "./alert.ts";
import { forgetCheckedPair, writeCheckedPair } from "./checked-pair.ts";
import {
  type GuardConfiguration,
  type InstalledPair,
  readConfiguration,
  readDemoPair,
  readKeyPair,
} from "./configuration.ts";
import {
  type Declaration,
  declarationFor,
  passedBefore,
  readKnownPairs,
  rememberPair,
} from "./declared-key.ts";
import type { Directories } from "./directories.ts";
import { findingLine, journalLine } from "./journal.ts";
import { observe, withBinance } from "./observe.ts";
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
  findings: GuardFindings;
  /** Why the guard doesn't know what the key may do. */
  failure: Failure | undefined;
  /** That the server has sent too many requests, which is known from a read of the account. */
  quotaFailure: Failure | undefined;
  /** The fingerprint of the pair with which a test order was accepted. */
  ordersAccepted: string | undefined;
}

/**
 * Reads what the installed key may do, judges it, and reports it to the journal. It prepares a message to the owner, but
 * sends nothing: the bot must be stopped first.
 */
export async function check(directories: Directories, print: Print): Promise<Outcome> {
  const configuration = readConfiguration(directories);
  const isDemo = configuration.paper?.demoKey === true;
  const { keyPair, fingerprint } = isDemo ? readDemoPair(directories) : readKeyPair(directories);
  const state = readState(directories);
  forgetCheckedPair(directories.runtime);
  const known = readKnownPairs(directories.state);
  const declared = declarationFor(fingerprint, configuration.key, known);
  if (declared.verification === "off" && !isDemo) {
    print(journalLine("unknown", ["The key isn't checked, because the setting verification is off."]));
    noteCheckedPair(directories, fingerprint, print);
    remember(fingerprint, declared, directories, print);
    keep(directories, { verdictAt: Date.now(), lastCheck: { at: Date.now() } }, print);
    return "pass";
  }
  if (isPaused(state.silentUntil, Date.now())) {
    print(
      journalLine("unknown", [`No check until ${timeOf(state.silentUntil)}: Binance asked for a pause.`]),
    );
    noteCheckedPair(directories, fingerprint, print);
    keep(directories, { ...state, lastCheck: { ...state.lastCheck, at: Date.now() } }, print);
    return "quota";
  }

  const checkLive = (declaration: Declaration) =>
    checkLivePair({ keyPair, fingerprint }, declaration, configuration, state);
  const { declaration, found, result } = isDemo
    ? { declaration: declared, ...(await checkDemoPair(keyPair, configuration.demoPermissions, state)) }
    : await checkDeclared(declared, passedBefore(fingerprint, configuration.key, known), checkLive);
  if (declaration !== declared) {
    print(journalLine("unknown", [heldToPrevious]));
  }
  for (const finding of [...found.key, ...found.notices]) {
    print(findingLine(finding));
  }
  noteCheckedPair(directories, fingerprint, print);
  const outcome = outcomeOf(result);
  if (outcome === "pass" && !isDemo) {
    remember(fingerprint, declaration, directories, print);
  }
  attempt(memoryFull, print, () => {
    prepareMessage(result, configuration, directories);
  });
  keep(directories, nextState(state, result, Date.now()), print);
  return outcome;
}

/** What was found, and what is done about it. */
interface Check {
  found: GuardFindings;
  result: CheckResult;
}

interface LiveCheck extends Check {
  /** How the same reply of Binance is judged by another declaration. */
  verdictWith: (declaration: Declaration) => Verdict;
}

const heldToPrevious =
  "The key doesn't pass with what the settings declare. It is held to what it passed before, until `pulumi up` accepts the settings.";

/**
 * `pulumi up` writes what the settings declare before it verifies the pair with it, and may then refuse it. That must not
 * stop a bot whose key still is what it was.
 */
async function checkDeclared(
  declared: Declaration,
  previous: Declaration | undefined,
  checkWith: (declaration: Declaration) => Promise<LiveCheck>,
): Promise<Check & { declaration: Declaration }> {
  const now = { declaration: declared, ...(await checkWith(declared)) };
  // By the same reply: a second one that doesn't come must not make a proven fault unknown.
  if (previous === undefined || outcomeOf(now.result) !== "fail" || now.verdictWith(previous) === "fail") {
    return now;
  }
  const before = { declaration: previous, ...(await checkWith(previous)) };
  return outcomeOf(before.result) === "fail" ? now : before;
}

async function checkLivePair(
  { keyPair, fingerprint }: InstalledPair,
  declaration: Declaration,
  configuration: GuardConfiguration,
  state: GuardState,
): Promise<LiveCheck> {
  const options = {
    ipAddress: configuration.ipAddress,
    testPair: configuration.testPair,
    judging: declaration,
    ordersWereAccepted: state.ordersAccepted === fingerprint,
  };
  const observed = await observe(keyPair, options);
  const failure = failureOf(observed);
  const found = guardFindings(observed, options);
  return {
    found,
    verdictWith: (other) =>
      overall(guardFindings(observed, { ...options, judging: other }).key.map(({ verdict }) => verdict)),
    result: {
      failure,
      findings: failure === undefined ? decisive(found, declaration) : found,
      quotaFailure: quotaFailureOf(observed),
      ordersAccepted: observed.orderTest.ok ? fingerprint : state.ordersAccepted,
    },
  };
}

/** The check of `pulumi up`, again. Only a pair that is one for real money stops the bot. */
async function checkDemoPair(
  keyPair: KeyPair,
  permissions: Permissions,
  { ordersAccepted }: GuardState,
): Promise<Check> {
  const observed = await observeDemoKey(
    (host, use, onFailure) => withBinance(keyPair, use, onFailure, host),
    permissions,
  );
  const [demo, real] = demoKeyFindings(observed, permissions);
  const found: GuardFindings = {
    key: [real],
    notices: demo.verdict === "fail" ? [demo] : [],
    unseen: demo.verdict === "unknown" ? [demo.id] : [],
  };
  const failed = [observed.real, observed.demo].find((reply) => !reply.ok && isUnavailable(reply.failure));
  const failure = failed === undefined || failed.ok ? undefined : failed.failure;
  return { found, result: { findings: found, failure, quotaFailure: undefined, ordersAccepted } };
}

const memoryFull = "/run: is the memory full?";
const diskFull = "its state directory: is the disk full or read-only?";

function noteCheckedPair({ runtime }: Directories, fingerprint: string, print: Print): void {
  attempt(memoryFull, print, () => {
    writeCheckedPair(runtime, fingerprint);
  });
}

/** Remembers what the pair was held to. */
function remember(
  pair: string,
  { permissions, acceptedPermissions, verification }: Declaration,
  { state }: Directories,
  print: Print,
): void {
  attempt(diskFull, print, () => {
    rememberPair(state, { pair, permissions, acceptedPermissions: [...acceptedPermissions], verification });
  });
}

/** With `verification: warn`, whatever Binance reports of a key is shown, and stops nothing. */
function decisive({ key, notices, unseen }: GuardFindings, { verification }: Declaration): GuardFindings {
  if (verification !== "warn") {
    return { key, notices, unseen };
  }
  const doubts = key.filter(({ verdict }) => verdict !== "pass");
  return {
    key: key.map((finding) => ({ ...finding, verdict: "pass" })),
    notices: [...doubts, ...notices],
    unseen,
  };
}

function outcomeOf({ findings, failure }: Pick<CheckResult, "findings" | "failure">): Outcome {
  if (failure !== undefined && isUnavailable(failure)) {
    return asksForPause(failure) ? "quota" : "unavailable";
  }
  return overall(findings.key.map(({ verdict }) => verdict));
}

/** @param now in ms */
function nextState(state: GuardState, result: CheckResult, now: number): GuardState {
  const { findings, failure, quotaFailure, ordersAccepted } = result;
  const silentUntil = pauseUntil(failure ?? quotaFailure, now);
  const unknown = findings.key.find(({ verdict }) => verdict === "unknown");
  const isKnown = overall(findings.key.map(({ verdict }) => verdict)) !== "unknown";
  const verdictAt = isKnown ? now : state.verdictAt;
  const reason = failure === undefined ? unknown?.detail : sentence(describeFailure(failure));
  return {
    ...(silentUntil !== undefined && { silentUntil }),
    ...(verdictAt !== undefined && { verdictAt }),
    ...(ordersAccepted !== undefined && { ordersAccepted }),
    lastCheck: { at: now, ...(!isKnown && reason !== undefined && { reason }) },
  };
}

/** Leaves a message for the unit that sends it, if the situation isn't the last one that the webhook accepted. */
function prepareMessage(
  { findings, failure }: CheckResult,
  configuration: GuardConfiguration,
  directories: Directories,
): void {
  const { runtime } = directories;
  const reported = readReported(directories);
  const situation = situationOf(findings, failure, reported);
  if (situation !== undefined && needsAlert(situation, reported)) {
    const text = alertText(situation, { findings, failure, reported }, configuration);
    writeMessage(runtime, { situation, text });
  } else {
    removeMessage(runtime);
  }
}

function keep(directories: Directories, next: GuardState, print: Print): void {
  attempt(diskFull, print, () => {
    writeState(directories, next);
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
