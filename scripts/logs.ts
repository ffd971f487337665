import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { logFields, LogText } from "./lib/report/log.ts";
import { columnsWithoutColours, styleFor } from "./lib/report/style.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

/** The bot, what runs before each of its starts, and what reports to its owner. */
const units = [
  "trading-bot",
  "trading-bot-guard",
  "trading-bot-pause",
  "trading-bot-report",
  "trading-bot-watch",
  "trading-bot-heartbeat",
  "trading-bot-alert",
  "trading-bot-ended",
  "trading-bot-refused",
  "trading-bot-outdated",
  "trading-bot-updated",
  "trading-bot-overdue",
];

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
    lines: { type: "string", value: "N", default: "50", help: "start with this many earlier lines" },
    "no-follow": flag("stop after the earlier lines"),
  },
  exitCodes: {
    0: "the log was shown, however it was stopped",
    1: "the server could not show its log",
    2: "the command line is wrong, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async ({ lines, "no-follow": noFollow, stack }) => {
    const command = logCommand(lines, !noFollow);
    const outputs = await readStackOutputs(stack);
    // Ctrl-C is the usual way to stop.
    process.once("SIGINT", () => process.exit(0));
    const text = new LogText(styleFor(process.stdout), () => columnsWithoutColours(process.stdout));
    text.pipe(process.stdout.once("error", (error: Error) => text.destroy(error)));
    return streamRemotely(outputs, command, { output: text });
  },
});

/** @throws UsageError if `lines` isn't a number of lines */
function logCommand(lines: string, follow: boolean): string {
  if (!/^\d{1,6}$/.test(lines)) {
    throw new UsageError(`--lines must be a number of up to 6 digits, not "${lines}".`);
  }
  // The bot's lines are in their own journal.
  const flags = [
    "'--namespace=*'",
    ...units.map((unit) => `--unit=${unit}`),
    `--lines=${lines}`,
    // Otherwise long messages are left out.
    "--all",
    "--output=json",
    `--output-fields=${logFields.join(",")}`,
  ];
  return `sudo journalctl ${flags.join(" ")} ${follow ? "--follow" : "--no-pager"}`;
}
