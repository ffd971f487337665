import { overall, type Verdict } from "../../checklist/finding.ts";
import { guardFindings, hindrance } from "../../checklist/guarding.ts";
import { ask } from "./ask.ts";
import { readKeyPair, readSettings, readWebhook } from "./installed.ts";
import { journalLine, line } from "./journal.ts";
import { type Memory, remember, remembered } from "./memory.ts";
import { isNews, message, situationOf } from "./news.ts";
import { type Places, Unusable } from "./places.ts";
import { isSilent, silenceAfter } from "./silence.ts";
import { deliver } from "./webhook.ts";

/** Prints a line for the journal. */
export type Print = (line: string) => void;

/** Asks what the installed key may do, judges it, and tells who is to be told. */
export async function check(places: Places, print: Print): Promise<Verdict> {
  const settings = readSettings(places);
  const keyPair = readKeyPair(places);
  const memory = remembered(places.state);
  if (isSilent(memory.silentUntil, Date.now())) {
    print(line("unknown", [`Binance is left alone until ${timeOf(memory.silentUntil)}, as it has asked.`]));
    return "unknown";
  }

  const observed = await ask(keyPair);
  const findings = guardFindings(observed, settings.ipAddress);
  const trouble = hindrance(observed);
  for (const finding of findings) {
    print(journalLine(finding));
  }

  const silentUntil = silenceAfter(trouble, Date.now());
  const now = situationOf(findings, trouble);
  const told = now
    ? await tellNews(
        { now, told: memory.told, text: message(now, findings, trouble, settings) },
        places,
        print,
      )
    : memory.told;
  keep(places, { ...(silentUntil !== undefined && { silentUntil }), ...(told && { told }) }, memory, print);
  return overall(findings.map(({ verdict }) => verdict));
}

/** @returns what is now the last that the webhook knows of; a message that wasn't taken is tried again by the next check */
async function tellNews(
  { now, told, text }: { now: NonNullable<Memory["told"]>; told: Memory["told"]; text: string },
  places: Places,
  print: Print,
): Promise<Memory["told"]> {
  const webhook = usableWebhook(places, print);
  if (webhook === undefined) {
    return told;
  }
  if (!isNews(now, told)) {
    return now;
  }
  const failure = await deliver(webhook, text);
  if (failure === undefined) {
    return now;
  }
  print(line("unknown", [failure, "It is tried again at the next check."]));
  return told;
}

/** An address that can't be used changes no verdict. */
function usableWebhook(places: Places, print: Print): URL | undefined {
  try {
    return readWebhook(places);
  } catch (error) {
    if (!(error instanceof Unusable)) {
      throw error;
    }
    print(line("unknown", [error.message]));
    return undefined;
  }
}

/** A memory that can't be written changes no verdict, either. */
function keep(places: Places, now: Memory, before: Memory, print: Print): void {
  if (JSON.stringify(now) === JSON.stringify(before)) {
    return;
  }
  try {
    remember(places.state, now);
  } catch {
    print(line("unknown", ["The guard can't write to its state folder: is the disk full?"]));
  }
}

function timeOf(milliseconds = 0): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
