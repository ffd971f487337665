import { check, type Outcome } from "./check.ts";
import { readConfiguration, readWebhook } from "./configuration.ts";
import { directoriesOf } from "./directories.ts";
import { journalLine } from "./journal.ts";
import { SetupError } from "./setup-error.ts";
import { postMessage } from "./webhook.ts";

// The guard, as trading-bot-guard.service runs it. It is bundled with the rules of checklist/ and binance/ into one
// file (components/guard-bundle.ts), because Debian's Node can't read TypeScript.

const usage = `Usage: guard.mjs COMMAND

  check         Requests from Binance what the installed key may do, and reports it to the journal and the webhook.
                Exit code: 0 it passes, 3 it must not be used as it is, 2 unknown,
                4 unknown because Binance is unavailable.
  report TEXT…  Sends a message to the webhook. Exit code: 0 it was accepted, or no webhook is set; 2 otherwise.

For trading-bot-guard.service and trading-bot-alert.service, which set the directories.
`;

/** A fail isn't 1, because Node itself ends with 1 if it can't run a program. That must not stop a bot. */
const exitCodes: Record<Outcome, number> = { pass: 0, fail: 3, unknown: 2, unavailable: 4 };

function print(text: string): void {
  process.stdout.write(text);
}

async function report(text: string): Promise<number> {
  const directories = directoriesOf(process.env);
  print(journalLine("fail", [text]));
  const webhook = readWebhook(directories);
  if (webhook === undefined) {
    return 0;
  }
  const { server, ipAddress } = readConfiguration(directories);
  const problem = await postMessage(webhook, `${server} (${ipAddress}): ${text}`);
  if (problem === undefined) {
    return 0;
  }
  print(journalLine("unknown", [problem]));
  return 2;
}

async function run([command, ...args]: string[]): Promise<number> {
  if (command === "check" && args.length === 0) {
    return exitCodes[await check(directoriesOf(process.env), print)];
  }
  if (command === "report" && args.length > 0) {
    return report(args.join(" "));
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
  // Any other error's message may contain a secret.
  const reason =
    error instanceof SetupError
      ? error.message
      : `The guard has a bug (${error instanceof Error ? error.name : "unknown"}). Please report it.`;
  print(journalLine("unknown", [reason]));
  process.exitCode = 2;
}
