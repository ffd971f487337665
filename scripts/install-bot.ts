import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { installProgram } from "./lib/program/install.ts";
import { rollBack, type State, states } from "./lib/program/roll-back/roll-back.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

await runCommand({
  name: "install-bot",
  usage: ["[OPTION …] FOLDER", "[OPTION …] --roll-back | --list"],
  description: [
    "Uploads the bot's program and restarts the bot.",
    "The bot is stopped, its state is copied, and it is started with the new version. If that fails to start, the previous version is restored with its state.",
    "--roll-back shows how old the copy of the state is, the account's open orders and, for freqtrade, what was traded since then. Then it asks with which state the previous version runs: the one of the copy, or the current one. The replaced state is kept for 30 days.",
    "Files ignored by git are not uploaded. docs/programs.md says what a Python program, a Node.js program and a binary need.",
  ],
  takes: "arguments",
  options: {
    "roll-back": flag("restore the previous program"),
    state: {
      type: "string",
      value: "STATE",
      help: "with --roll-back: copy for the state that the previous program has left, current for the state as it is now",
    },
    yes: flag("with --roll-back: don't ask; if there is a copy, --state is needed"),
    list: flag("list the programs that are on the server"),
    refresh: flag("install the packages of requirements.txt again, in the versions that are current now"),
    "skip-checks": flag("upload a program even if it won't work with the stack's settings"),
    "without-copy": flag(
      "don't copy the bot's state, such as if the disk is too small: a roll-back then keeps the state, even if the new version has changed it",
    ),
  },
  exitCodes: {
    0: "the program is installed, restored or listed",
    1: "the server refused the program, or restored the previous one; or you didn't confirm the roll-back",
    2: "the command line is wrong, a file must not be uploaded, the program won't work with the stack's settings, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async (values, args) => {
    const verb = serverVerb(values);
    const state = chosenState(values);
    if (verb === "list" && args.length === 0) {
      return streamRemotely(await readStackOutputs(values.stack), "sudo trading-bot-program list");
    }
    if (verb === "roll-back" && args.length === 0) {
      return rollBack(await readStackOutputs(values.stack), { state, yes: values.yes, stack: values.stack });
    }
    const [folder] = args;
    if (folder === undefined || args.length > 1 || verb !== undefined) {
      throw new UsageError("Name exactly one folder, or use --roll-back or --list without a folder.");
    }
    return installProgram(folder, {
      stack: values.stack,
      refresh: values.refresh,
      skipChecks: values["skip-checks"],
      withoutCopy: values["without-copy"],
    });
  },
});

/** What the server does without an upload. */
function serverVerb({ list, "roll-back": rollBack }: { list: boolean; "roll-back": boolean }) {
  if (list && rollBack) {
    throw new UsageError("Use either --roll-back or --list.");
  }
  return list ? "list" : rollBack ? "roll-back" : undefined;
}

interface RollBackOptions {
  "roll-back": boolean;
  state?: string;
  yes: boolean;
}

/** The state for a roll-back, if it was chosen on the command line. */
function chosenState({ "roll-back": rollsBack, state, yes }: RollBackOptions): State | undefined {
  if (!rollsBack && (state !== undefined || yes)) {
    throw new UsageError("--state and --yes are for --roll-back.");
  }
  const chosen = states.find((one) => one === state);
  if (state !== undefined && chosen === undefined) {
    throw new UsageError("--state must be copy or current.");
  }
  return chosen;
}
