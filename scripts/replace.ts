import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { discardReplacement } from "./lib/replacement/discarding.ts";
import { findReplacement, requireNoOther } from "./lib/replacement/replacement.ts";
import { continueReplacement, startReplacement } from "./lib/replacement/replacing.ts";

await runCommand({
  name: "replace",
  usage: ["[OPTION …]", "[OPTION …] --discard"],
  description: [
    "Replaces the server by a fresh one at the same address, with the bot's state and program.",
    "It looks whether the new server can be ordered and what it costs, asks, stops the bot, saves its state and program to this computer, and runs `pulumi up --replace`. Then it restores them, checks the key as `npm run verify` does, and starts the bot. A bot that you have stopped stays stopped.",
    "The old server is deleted before the new one is ordered, because an address serves one server at a time. The bot is off for some minutes, in which Debian boots and its packages are installed. The new server is ordered at today's price.",
    "If it is interrupted, nothing is lost: run it again, and it continues.",
  ],
  options: {
    "without-state": flag(
      "replace a server that can't be reached; the bot's state and program are not saved, and are lost",
    ),
    "instead-of-rebuild": flag(
      "give up a rebuild that isn't finished (`npm run rebuild`), and order another server, which gets the state that the rebuild has saved",
    ),
    discard: flag("give up a replacement that isn't finished; the saved state stays on this computer"),
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the server is replaced, and the bot runs if it ran before",
    1: "you didn't answer yes; or the server is replaced, but the bot doesn't run or a check of the key failed",
    2: "the command line is wrong, or the next step isn't possible; the message says what to do",
    130: "you pressed Ctrl-C: nothing is lost",
  },
  run: async ({
    "without-state": withoutState,
    "instead-of-rebuild": insteadOfRebuild,
    discard,
    yes,
    stack,
  }) => {
    if (discard && withoutState) {
      throw new UsageError("Use either --discard or --without-state.");
    }
    surviveClosedOutput();
    const found = await findReplacement("replace", stack, yes);
    if (insteadOfRebuild) {
      if (found.journal?.rebuild === undefined) {
        throw new UserError("No rebuild is open. To replace the server: npm run replace");
      }
      return continueReplacement(found, { ...found.journal, rebuild: undefined }, withoutState);
    }
    requireNoOther(found);
    if (discard) {
      return discardReplacement(found);
    }
    return found.journal === undefined
      ? startReplacement(found, withoutState)
      : continueReplacement(found, found.journal, withoutState);
  },
});
