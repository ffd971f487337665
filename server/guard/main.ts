import type { Verdict } from "../../checklist/finding.ts";
import { check } from "./check.ts";
import { readSettings, readWebhook } from "./installed.ts";
import { line } from "./journal.ts";
import { placesOf, Unusable } from "./places.ts";
import { deliver } from "./webhook.ts";

// The guard, as trading-bot-guard.service runs it. It is bundled with the rules of binance/ into one file
// (components/guard-bundle.ts), because Debian's Node reads no TypeScript.

const usage = `Usage: guard.mjs COMMAND

  check        Asks Binance what the installed key may do, and tells the journal and the webhook.
               Exit code: 0 it passes, 3 it must not be used as it is, 2 that could not be known.
  tell TEXT…   Sends a message to the webhook. Exit code: 0 it was taken, or no webhook is set; 2 else.

For trading-bot-guard.service and trading-bot-alert.service, which say where everything is.
`;

/** A fail isn't 1, because 1 is how Node itself ends when it can't run a program: that must stop no bot. */
const exitCodes: Record<Verdict, number> = { pass: 0, fail: 3, unknown: 2 };

function print(text: string): void {
  process.stdout.write(text);
}

async function tell(text: string): Promise<number> {
  const places = placesOf(process.env);
  print(line("fail", [text]));
  const webhook = readWebhook(places);
  if (webhook === undefined) {
    return 0;
  }
  const { server, ipAddress } = readSettings(places);
  const failure = await deliver(webhook, `${server} (${ipAddress}): ${text}`);
  if (failure === undefined) {
    return 0;
  }
  print(line("unknown", [failure]));
  return 2;
}

async function run([command, ...words]: string[]): Promise<number> {
  if (command === "check" && words.length === 0) {
    return exitCodes[await check(placesOf(process.env), print)];
  }
  if (command === "tell" && words.length > 0) {
    return tell(words.join(" "));
  }
  if (command === "--help" || command === "-h") {
    print(usage);
    return 0;
  }
  process.stderr.write(usage);
  return 2;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // The message of any other error may hold what it was about.
  const why =
    error instanceof Unusable
      ? error.message
      : `The guard has failed by itself (${error instanceof Error ? error.name : "unknown"}). Report it.`;
  print(line("unknown", [why]));
  process.exitCode = 2;
}
