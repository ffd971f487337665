import { versionOfProgram } from "../checklist/own-version.ts";
import { runCommand } from "./lib/command/command.ts";
import { UserError } from "./lib/command/user-error.ts";
import { kitText } from "./lib/recovery/kit.ts";
import { readKitParts } from "./lib/recovery/kit-parts.ts";
import { readStackName } from "./lib/stack/stack-name.ts";

await runCommand({
  name: "recovery-kit",
  usage: ["[OPTION …] > FILE"],
  description: [
    "Prints what another computer needs to go on with this stack: its settings and its state, encrypted as they are, and where they belong.",
    "Redirect it to a file, and keep that offline and apart from the passphrase, which isn't in it: npm run recovery-kit > kit.txt",
    "Each part that can't be read is named. docs/recovery.md says how to use a kit.",
  ],
  options: {},
  exitCodes: {
    0: "the kit is complete",
    1: "a part could not be read; the kit and the message name it",
    2: "the command line is wrong, the standard output is a terminal, or there is no stack",
  },
  run: async ({ stack }) => {
    if (process.stdout.isTTY) {
      throw new UserError(
        "The kit is for a file that you keep offline, not for a terminal. Nothing was printed.\n  npm run recovery-kit > kit.txt",
      );
    }
    const name = await readStackName(stack);
    const parts = await readKitParts(name, stack);
    process.stdout.write(kitText({ stack: name, made: new Date(), version: versionOfProgram() }, parts));
    const missing = parts.filter(({ content }) => typeof content !== "string");
    if (missing.length > 0) {
      process.stderr.write(
        `The kit is not complete. Missing: ${missing.map((part) => part.name).join(", ")}. Its first lines say why.\n`,
      );
      return 1;
    }
    process.stderr.write(
      "The kit is complete. Keep it offline, and keep the passphrase somewhere else: it isn't in the kit.\n",
    );
    return 0;
  },
});
