import { passphraseOption } from "./lib/backup/passphrase.ts";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { discardFailover, removeFenced } from "./lib/failover/ending.ts";
import { continueFailover, startFailover } from "./lib/failover/failing-over.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { findReplacement, requireNoOther } from "./lib/replacement/replacement.ts";

await runCommand({
  name: "failover",
  usage: ["[OPTION …]", "[OPTION …] --back", "[OPTION …] --remove-fenced", "[OPTION …] --discard"],
  description: [
    "Moves the bot to a new server at the stack's standby address, for example if the location of the server fails.",
    "It shows what will happen and what it costs, and asks. It stops the bot and copies its state and program, if the server answers; otherwise it takes the last backup in the storage of the setting backup:repository, or FILE, and says how old that is. Then it fences the server: power off, and a firewall that lets nothing through. Only if Hetzner confirms both, a server is ordered at the other address. It gets the state, the key is checked through the new address, and the bot is started if it ran. Two bots never run with one key.",
    "If it is interrupted, nothing is lost: run it again, and it continues. docs/failover.md describes it.",
  ],
  options: {
    back: flag("move the bot back to the first address, in the same way"),
    backup: {
      type: "string",
      value: "FILE",
      help: "if the server doesn't answer, restore this backup, which `npm run backup` has written, and not the last stored one",
    },
    "passphrase-file": passphraseOption,
    "without-state": flag(
      "don't copy or restore a state: the bot's records and its program stay on the old server",
    ),
    "new-key": flag(
      "go on although Hetzner doesn't confirm the fence, because you have deleted the old key at Binance and set a new one",
    ),
    "remove-fenced": flag("delete the server that a failover has fenced, with its disk"),
    discard: flag("give up a failover that hasn't left the old server yet; the server and its bot run again"),
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the bot's server is at the other address, and the bot runs if it ran before; or it was there already, and nothing was changed",
    1: "you didn't answer yes; or the server is there, but the bot doesn't run or a check of the key failed",
    2: "the command line is wrong, or the next step isn't possible, such as a fence that Hetzner doesn't confirm; the message says what to do",
    130: "you pressed Ctrl-C: nothing is lost",
  },
  run: async (options) => {
    const { back, backup, discard, yes, stack } = options;
    const { "remove-fenced": removes, "without-state": withoutState, "new-key": newKey } = options;
    if (
      [discard, removes, back || backup !== undefined || withoutState || newKey].filter(Boolean).length > 1
    ) {
      throw new UsageError("--discard and --remove-fenced can't be combined with the other options.");
    }
    if (backup !== undefined && withoutState) {
      throw new UsageError("Use either --backup or --without-state.");
    }
    surviveClosedOutput();
    const found = await findReplacement("failover", stack, yes);
    requireNoOther(found);
    if (removes) {
      return removeFenced(found);
    }
    if (discard) {
      return discardFailover(found);
    }
    const wanted = { back, backup, passphraseFile: options["passphrase-file"], withoutState, newKey };
    const failover = found.journal?.failover;
    return found.journal === undefined || failover === undefined
      ? startFailover(found, wanted)
      : continueFailover(found, { ...found.journal, failover }, wanted);
  },
});
