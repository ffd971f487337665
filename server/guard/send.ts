import type { Print } from "./check.ts";
import { nameOf, readAddress, readConfiguration } from "./configuration.ts";
import type { Directories } from "./directories.ts";
import { callHeartbeat } from "./heartbeat.ts";
import { journalLine } from "./journal.ts";
import { readMessage, removeMessage } from "./outbox.ts";
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
  const problem = await postMessage(webhook, message.text);
  if (problem !== undefined) {
    print(journalLine("unknown", [problem, "The next check sends it again."]));
    return false;
  }
  writeReported(directories.state, message.situation);
  // A check in the meantime may have prepared another one.
  if (readMessage(directories.runtime)?.text === message.text) {
    removeMessage(directories.runtime);
  }
  return true;
}

/** Reports a text to the journal and the webhook. */
export async function report(text: string, directories: Directories, print: Print): Promise<boolean> {
  print(journalLine("fail", [text]));
  const webhook = readAddress(directories, "webhook");
  if (webhook === undefined) {
    return true;
  }
  const problem = await postMessage(webhook, `${nameOf(readConfiguration(directories))}: ${text}`);
  if (problem !== undefined) {
    print(journalLine("unknown", [problem]));
  }
  return problem === undefined;
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
