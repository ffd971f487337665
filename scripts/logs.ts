import { readArguments } from "./lib/command/arguments.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { streamRemotely } from "./lib/ssh/stream.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

const help = `Usage: npm run logs -- [OPTION …]

Shows what the bot says, and what systemd says of it, as it happens. Ctrl-C ends it, and so does the end of
what reads it: npm run logs | grep --max-count=1 accepted

  --stack NAME  another stack than the selected one
  --lines N     how many earlier lines to begin with; 50 if not given
  --no-follow   ends after those
  --help        this text

The exit code is 0 however it was ended; 255 where there was no connection, 2 where the stack can't be read.
`;

const option = { type: "boolean", default: false } as const;

async function main(): Promise<number> {
  const { values } = readArguments(
    {
      options: {
        help: { ...option, short: "h" },
        stack: { type: "string" },
        lines: { type: "string", default: "50" },
        "no-follow": option,
      },
    },
    help,
  );
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const command = logCommand(values.lines, !values["no-follow"]);
  const outputs = await readStackOutputs(values.stack);
  // To be ended by Ctrl-C is how it is meant to end. The exit removes the key file.
  process.once("SIGINT", () => process.exit(0));
  return streamRemotely(outputs, command, { reader: process.stdout });
}

/** @throws UserError where that is no number of lines */
function logCommand(lines: string, follow: boolean): string {
  if (!/^\d{1,6}$/.test(lines)) {
    throw new UserError(`--lines ${lines} is no number of lines.\n\n${help}`);
  }
  const flags = `--unit=trading-bot --unit=trading-bot-guard --lines=${lines} --output=short-iso --no-hostname`;
  return `sudo journalctl ${flags} ${follow ? "--follow" : "--no-pager"}`;
}

await runMain(main);
