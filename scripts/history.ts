import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { historyTable } from "./lib/report/history.ts";
import { styleFor } from "./lib/report/style.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";
import { readKeyHistory } from "./lib/verification/key-history.ts";

const inPaperMode = `
The bot is in paper mode: it doesn't get the live key pair, and what it trades isn't real. To see that, read its own records.
`;

await runCommand({
  name: "history",
  usage: ["[OPTION …]"],
  description: [
    "Shows what happened to the key pair on the server: each delivery, activation and roll-back, and when the bot was changed to paper mode, in which it doesn't get the pair, and back.",
    "The oldest entry comes first. A key pair is named by its fingerprint. The entries are kept in the server's journal, as long as its size limit allows.",
  ],
  options: { json: flag("print a JSON list of {at, what, fingerprint, outcome}") },
  exitCodes: {
    0: "the history was shown",
    2: "the command line is wrong, or the stack or the server's journal can't be read",
  },
  run: async ({ json, stack }) => {
    const outputs = await readStackOutputs(stack);
    const events = await readKeyHistory(outputs);
    if (json) {
      process.stdout.write(`${JSON.stringify(events, undefined, 2)}\n`);
      return 0;
    }
    process.stdout.write(historyTable(events, styleFor(process.stdout)));
    if (outputs.isPaper) {
      process.stdout.write(inPaperMode);
    }
    return 0;
  },
});
