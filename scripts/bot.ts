import { quoteForShell } from "../checklist/shell.ts";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { openShell, streamRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

await runCommand({
  name: "bot",
  usage: ["[OPTION …] COMMAND …"],
  description: [
    "Runs a command on the server as the bot, such as: npm run bot -- freqtrade show-trades",
    "It runs beside the bot, with the bot's user, network, state, limits and sandbox, in the current release of its program. It starts in bot.workingDirectory, with the variables of bot.environment. COMMAND is a program of the release (.venv/bin, node_modules/.bin) or of Debian, or a path such as {program}/report.py.",
    "It doesn't get the bot's key and other secrets, unless you use --with-secrets or --with-key. It has the bot's state: if it writes there, stop the bot first. It ends with the connection, and when the guard stops the bot. Four commands can run at the same time.",
    "The command's output is shown without control characters; in a file or a pipe it is unchanged. With --terminal, the bot's program controls your terminal: what a compromised bot prints there can change what you see.",
  ],
  takes: "command",
  options: {
    "with-secrets": flag(
      "give the command the bot's other secrets (bot.secrets), and not the live key; refused while the guard holds the bot",
    ),
    "with-key": flag(
      "give the command the bot's key and other secrets; refused while the guard holds the bot. In paper mode, the key is the demo key pair",
    ),
    terminal: flag("give the command your terminal, for menus and passwords"),
  },
  exitCodes: {
    0: "the command succeeded; other codes are the command's own",
    1: "the command was not started, and the message says why",
    2: "the command line is wrong, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async ({ stack, terminal, "with-secrets": withSecrets, "with-key": withKey }, command) => {
    if (command.length === 0) {
      throw new UsageError("COMMAND is missing: what to run as the bot.");
    }
    if (terminal && !(process.stdin.isTTY && process.stdout.isTTY)) {
      throw new UsageError("--terminal needs a terminal: neither input nor output can be a file or a pipe.");
    }
    const remote = ["sudo", "bot-command", verbOf(withSecrets, withKey), ...command]
      .map(quoteForShell)
      .join(" ");
    const server = await readStackOutputs(stack);
    return terminal
      ? openShell(server, [remote], true)
      : streamRemotely(server, remote, { input: "inherit", filter: "terminal" });
  },
});

/** The key comes with the other secrets. */
function verbOf(withSecrets: boolean, withKey: boolean): string {
  if (withKey) {
    return "run-with-key";
  }
  return withSecrets ? "run-with-secrets" : "run";
}
