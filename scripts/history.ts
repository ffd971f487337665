import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UserError } from "./lib/command/user-error.ts";
import { historyTable, parseHistory } from "./lib/report/history.ts";
import { styleFor } from "./lib/report/style.ts";
import { runRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

await runCommand({
  name: "history",
  usage: ["[OPTION …]"],
  description: [
    "Shows what happened to the key pair on the server: each delivery, activation and roll-back.",
    "The oldest entry comes first. A key pair is named by its fingerprint. The entries are kept in the server's journal, as long as its size limit allows.",
  ],
  options: { json: flag("print a JSON list of {at, what, fingerprint, outcome}") },
  exitCodes: {
    0: "the history was shown",
    2: "the command line is wrong, or the stack or the server's journal can't be read",
  },
  run: async ({ json, stack }) => {
    const events = parseHistory(await readJournal(stack));
    const table = json
      ? `${JSON.stringify(events, undefined, 2)}\n`
      : historyTable(events, styleFor(process.stdout));
    process.stdout.write(table);
    return 0;
  },
});

async function readJournal(stack: string | undefined): Promise<string> {
  const { code, stdout, stderr } = await runRemotely(
    await readStackOutputs(stack),
    // Only root's entries count, because any program may use this identifier.
    "sudo journalctl _UID=0 --identifier=binance-credential --output=json --no-pager --quiet",
    { limit: 256 * 1024 * 1024 },
  );
  if (code !== 0) {
    throw new UserError(`The server's journal can't be read. journalctl printed:\n${stderr.trim()}`);
  }
  return stdout;
}
