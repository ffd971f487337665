import { check, type Outcome } from "./check.ts";
import { directoriesOf } from "./directories.ts";
import { journalLine } from "./journal.ts";
import { prepareLeftOpen } from "./left-open.ts";
import { beat, report, sendPrepared } from "./send.ts";
import { SetupError } from "./setup-error.ts";

// The guard, as trading-bot-guard.service runs it. It is bundled with the rules of checklist/ and binance/ into one
// file (components/guard-bundle.ts), because Debian's Node can't read TypeScript.

const usage = `Usage: guard.mjs COMMAND

  check         Requests from Binance what the installed key may do, reports it to the journal, and prepares a message
                if the owner must get one. Exit code: 0 it passes, 3 it must not be used as it is, 2 unknown,
                4 unknown because Binance is unavailable, 5 unknown because it has got too many requests.
  left-open     Reads which orders the account has open, and leaves a text about them for the next message.
  send          Sends the prepared message to the webhook.
  report TEXT…  Sends a message to the webhook.
  heartbeat     Calls the heartbeat's service. Exit code of these three: 0 it was accepted, or there is nothing to
                send or nobody to send it to; 2 otherwise.

For the units of the guard, which set the directories.
`;

/** A fail isn't 1, because Node itself ends with 1 if it can't run a program. That must not stop a bot. */
const exitCodes: Record<Outcome, number> = { pass: 0, fail: 3, unknown: 2, unavailable: 4, quota: 5 };

function print(text: string): void {
  process.stdout.write(text);
}

async function run([command, ...args]: string[]): Promise<number> {
  if (command === "check" && args.length === 0) {
    return exitCodes[await check(directoriesOf(process.env), print)];
  }
  if (command === "left-open" && args.length === 0) {
    await prepareLeftOpen(directoriesOf(process.env), print);
    return 0;
  }
  if (command === "send" && args.length === 0) {
    return codeOf(await sendPrepared(directoriesOf(process.env), print));
  }
  if (command === "report" && args.length > 0) {
    return codeOf(await report(args.join(" "), directoriesOf(process.env), print));
  }
  if (command === "heartbeat" && args.length === 0) {
    return codeOf(await beat(directoriesOf(process.env), print));
  }
  if (command === "--help" || command === "-h") {
    print(usage);
    return 0;
  }
  process.stderr.write(usage);
  return 2;
}

function codeOf(isDone: boolean): number {
  return isDone ? 0 : 2;
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
