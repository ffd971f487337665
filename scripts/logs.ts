import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { LogOutput } from "./lib/logs/entries.ts";
import { asJson } from "./lib/logs/json.ts";
import { journalCommand } from "./lib/logs/selection.ts";
import { asText } from "./lib/logs/text.ts";
import { columnsWithoutColours, styleFor } from "./lib/report/style.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

await runCommand({
  name: "logs",
  usage: ["[OPTION …]"],
  description: [
    "Shows the log of the bot and of the guard, and follows it.",
    "Each line begins with its time in UTC and the unit that it comes from, which the server's journal has seen and no program can choose. Colours and control characters are left out.",
    "A terminal shows the time and the unit in colour. Without colours (NO_COLOR), long lines are broken, and each further row is indented. A pager that breaks lines itself doesn't do that: use less -S.",
    "Stop with Ctrl-C, or by closing the pipe: npm run logs | grep --max-count=1 accepted",
  ],
  options: {
    lines: { type: "string", value: "N", help: "start with this many earlier lines; 50 if left out" },
    since: {
      type: "string",
      value: "TIME",
      help: 'start with all lines since then: a time in UTC, such as 2026-11-28 or "2026-11-28 14:30", or how long ago, such as 30m, 2h or 3d',
    },
    grep: {
      type: "string",
      value: "PATTERN",
      help: "only lines that match this regular expression (PCRE), since a day ago or since --since; upper and lower case are the same if the pattern has no upper case",
    },
    errors: flag("only lines about errors, by the words that programs use for them, in the same time"),
    json: flag("one JSON object a line: time, unit, pid, message"),
    "no-follow": flag("stop after the earlier lines"),
  },
  exitCodes: {
    0: "the log was shown, however it was stopped",
    1: "the server could not show its log",
    2: "the command line is wrong, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async ({ lines, since, grep, errors, json, "no-follow": noFollow, stack }) => {
    const command = journalCommand({ lines, since, grep, errors, follow: !noFollow });
    const outputs = await readStackOutputs(stack);
    // Ctrl-C is the usual way to stop.
    process.once("SIGINT", () => process.exit(0));
    const output = new LogOutput(
      json ? asJson : asText(styleFor(process.stdout), () => columnsWithoutColours(process.stdout)),
    );
    output.pipe(process.stdout.once("error", (error: Error) => output.destroy(error)));
    const code = await streamRemotely(outputs, command, { output });
    if (code === 0 && noFollow && output.lines === 0) {
      process.stderr.write("The log has no such line.\n");
    }
    return code;
  },
});
