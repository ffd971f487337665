import { testedImage, testedImages } from "../hetzner/image.ts";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { discardRebuild } from "./lib/rebuild/discarding.ts";
import { continueRebuild, startRebuild } from "./lib/rebuild/rebuilding.ts";
import { discardReplacement } from "./lib/replacement/discarding.ts";
import { findReplacement, requireNoOther } from "./lib/replacement/replacement.ts";

const tested = testedImages.map(({ name }) => name).join(", ");

await runCommand({
  name: "rebuild",
  usage: ["[OPTION …]", "[OPTION …] --discard"],
  description: [
    "Installs the operating system from scratch on the same server, with the bot's state and program.",
    "It looks whether Hetzner can do that now, asks, stops the bot, saves its state and program to this computer, and lets Hetzner rebuild the server. Then it runs `pulumi up`, which installs everything else, restores the state, checks the key as `npm run verify` does, and starts the bot. A bot that you have stopped stays stopped.",
    "The server, its address and its price stay. Nothing is ordered, so it also works when Hetzner is sold out. `npm run replace` orders another server instead.",
    "If it is interrupted, nothing is lost: run it again, and it continues.",
  ],
  options: {
    image: {
      type: "string",
      value: "IMAGE",
      help: `the system to install. Tested with this version: ${tested}. Without it, ${testedImage}`,
    },
    "without-state": flag(
      "rebuild a server that can't be reached; the bot's state and program are not saved, and are lost",
    ),
    again: flag(
      "rebuild once more, if the fresh system can't be set up, such as after a first boot that failed",
    ),
    discard: flag("give up a rebuild that isn't finished; the saved state stays on this computer"),
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the server has a fresh system, and the bot runs if it ran before",
    1: "you didn't answer yes; or the system is fresh, but the bot doesn't run or a check of the key failed",
    2: "the command line is wrong, or the next step isn't possible; the message says what to do",
    130: "you pressed Ctrl-C: nothing is lost",
  },
  run: async ({ image, "without-state": withoutState, again, discard, yes, stack }) => {
    if (discard && (withoutState || again)) {
      throw new UsageError("--discard can't be combined with --without-state or --again.");
    }
    if (image !== undefined && !testedImages.some(({ name }) => name === image)) {
      throw new UsageError(
        `${image} isn't tested with this version of trading-bot-server. --image takes: ${tested}`,
      );
    }
    surviveClosedOutput();
    const found = await findReplacement("rebuild", stack, yes);
    requireNoOther(found);
    if (discard) {
      return discardReplacement(await discardRebuild(found));
    }
    const { journal } = found;
    const begun = journal?.rebuild;
    if (journal === undefined || begun === undefined) {
      if (again) {
        throw new UserError("No rebuild is open. To rebuild the server: npm run rebuild");
      }
      return startRebuild(found, image ?? testedImage, withoutState);
    }
    if (image !== undefined && image !== begun.image) {
      throw new UserError(
        `A rebuild with ${begun.image} is open. To continue it: npm run rebuild. To give it up: npm run rebuild -- --discard`,
      );
    }
    return continueRebuild(found, { ...journal, rebuild: begun }, { withoutState, again });
  },
});
