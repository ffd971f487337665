import type { Print } from "./check.ts";
import { nameOf, readAddress, readConfiguration } from "./configuration.ts";
import type { Directories } from "./directories.ts";
import { callHeartbeat } from "./heartbeat.ts";
import { journalLine } from "./journal.ts";
import { takeLeftOpen } from "./left-open-file.ts";
import { readMessage, removeMessage } from "./outbox.ts";
import type { Situation } from "./situation.ts";
import { writeReported } from "./state.ts";
import { postMessage } from "./webhook.ts";

// What is sent to the owner, after a check or by itself. Each function returns whether nothing is left to be sent.

/** Sends the message that the last check has prepared. One that isn't accepted is kept for the next check. */
export async function sendPrepared(directories: Directories, print: Print): Promise<boolean> {
  const message = readMessage(directories.runtime);
  const webhook = message && readAddress(directories, "webhook");
  if (message === undefined || webhook === undefined) {
    return true;
  }
  const isStopped = message.situation.kind === "fail";
  const text = withLeftOpen(message.text, isStopped, directories);
  const problem = await postMessage(webhook, text);
  if (problem !== undefined) {
    print(journalLine("unknown", [problem, "The next check sends it again."]));
    return false;
  }
  noteReported(directories, message.situation, print);
  // A check in the meantime may have prepared another one.
  if (readMessage(directories.runtime)?.text === message.text) {
    removeMessage(directories.runtime);
  }
  return true;
}

/** A disk that takes nothing must not make the next check send it again: it is in memory then. */
function noteReported(directories: Directories, situation: Situation, print: Print): void {
  try {
    writeReported(directories, situation);
  } catch {
    print(
      journalLine("unknown", [
        "The guard can't write down what was reported: is the disk full or read-only?",
      ]),
    );
  }
}

/** Reports to the journal and the webhook that the bot is off, and which orders are open. */
export async function report(text: string, directories: Directories, print: Print): Promise<boolean> {
  print(journalLine("fail", [text]));
  const webhook = readAddress(directories, "webhook");
  if (webhook === undefined) {
    return true;
  }
  const message = withLeftOpen(text, true, directories);
  const problem = await postMessage(webhook, `${nameOf(readConfiguration(directories))}: ${message}`);
  if (problem !== undefined) {
    print(journalLine("unknown", [problem]));
  }
  return problem === undefined;
}

/** The text of a message, with the open orders if it says that the bot is off. */
function withLeftOpen(text: string, isOff: boolean, directories: Directories): string {
  return isOff && readConfiguration(directories).listsOrders
    ? `${text}\n${takeLeftOpen(directories.runtime)}`
    : text;
}

/** Calls the address of the setting `heartbeat`. */
export async function beat(directories: Directories, print: Print): Promise<boolean> {
  const address = readAddress(directories, "heartbeat");
  const problem = address && (await callHeartbeat(address));
  if (problem !== undefined) {
    print(journalLine("unknown", [problem]));
  }
  return problem === undefined;
}
