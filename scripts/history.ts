import { readArguments } from "./lib/command/arguments.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { parseHistory } from "./lib/report/history.ts";
import { historyTable } from "./lib/report/history-table.ts";
import { mayColour } from "./lib/report/table.ts";
import { runRemotely } from "./lib/ssh/command.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

const help = `Usage: npm run history -- [OPTION …]

Shows what has happened to the key pair on the server: each delivery, activation and roll-back, by the pair's
fingerprint, the oldest first. The server keeps it in its journal, for as long as the journal's limits allow.

  --stack NAME  another stack than the selected one
  --json        the same as JSON: a list of {at, what, fingerprint, outcome}
  --help        this text

The exit code is 0; 2 where the stack or the server's journal can't be read.
`;

const option = { type: "boolean", default: false } as const;

async function main(): Promise<number> {
  const { values } = readArguments(
    { options: { help: { ...option, short: "h" }, stack: { type: "string" }, json: option } },
    help,
  );
  const { stdout } = process;
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const outputs = await readStackOutputs(values.stack);
  const read = await runRemotely(
    outputs,
    // Root's own lines: any program may give itself the name.
    "sudo journalctl _UID=0 --identifier=binance-credential --output=json --no-pager --quiet",
  );
  if (read.code !== 0) {
    throw new UserError(`The server's journal can't be read. It says:\n${read.stderr.trim()}`);
  }
  const events = parseHistory(read.stdout);
  stdout.write(
    values.json
      ? `${JSON.stringify(events, undefined, 2)}\n`
      : historyTable(events, mayColour(stdout, process.env)),
  );
  return 0;
}

await runMain(main);
