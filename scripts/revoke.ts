import { readConfiguredPair } from "../binance/made-pair.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { orReason, UserError } from "./lib/command/user-error.ts";
import { requireNotInterrupted, surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { awaitDeletion } from "./lib/revoke/await-deletion.ts";
import { Progress } from "./lib/revoke/progress.ts";
import { clearServer, unreachable } from "./lib/revoke/server.ts";
import { removeKeyPair } from "./lib/revoke/settings.ts";
import { announcement, keysPage, summary, untriedKey } from "./lib/revoke/texts.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";
import { pairValues, readValues } from "./lib/stack/settings.ts";

await runCommand({
  name: "revoke",
  usage: ["[OPTION …]"],
  description: [
    "Takes the key pair away from the bot, the server and the settings, for example after a break-in.",
    "It stops the bot, lists its account's open orders, deletes every copy of the key pair on the server, removes it from the stack's settings, says how to delete the key at Binance, and tries whether Binance still accepts it. The server and its address stay.",
    "Every step can be repeated. If it fails or is interrupted, run it again. If the server can't be reached, it does the rest and says what is left. docs/after-a-compromise.md says what else to do.",
  ],
  options: {
    "cancel-orders": flag(
      "also cancel all open orders of the account, after a question: later there is no key for that; not if the bot is in paper mode, because it doesn't trade in this account",
    ),
    yes: flag("don't ask, and don't wait until you have deleted the key at Binance: try it once"),
  },
  exitCodes: {
    0: "the key pair is gone from the server and the settings, and Binance, or you, confirmed that the key is deleted",
    1: "you didn't answer yes, and nothing was changed",
    2: "the command line is wrong, or the stack can't be read, and nothing was changed",
    3: "something is left to do, and is listed",
    130: "you pressed Ctrl-C: the last line says what is done; run it again",
  },
  run: async ({ "cancel-orders": cancels, yes, stack }) => {
    surviveClosedOutput();
    const progress = new Progress();
    progress.reportWhenInterrupted(stack);
    const values = await readValues(stack).catch(withWhatHelpsAnyway);
    const { keyName, permissions } = values;
    // One that can't be valid is removed like any other, but can't be tried.
    const keyPair = readConfiguredPair(pairValues((name) => values[name]));
    // Or why it isn't known how to reach the server.
    const outputs = await orReason(readStackOutputs(stack));
    const print = (text: string): void => {
      process.stdout.write(`${forStack(text, stack)}\n`);
    };
    print(announcement(typeof outputs === "string" ? undefined : outputs.host));
    if (!(await confirm({ text: "Revoke it? Type yes: ", answer: "yes", yes }))) {
      print("Nothing was changed.");
      return 1;
    }
    const left: string[] = [];
    const onServer =
      typeof outputs === "string"
        ? unreachable(outputs, left)
        : await clearServer({ outputs, keyPair, permissions, cancels, yes, print, left, progress });
    await clearSettings(stack, print, left, progress);
    progress.begin("trying the key at Binance");
    const isDeleted = await awaitDeletion({ ...onServer, keyPair, keyName, yes, print });
    if (!isDeleted) {
      // First, because it helps against everything else.
      left.unshift(`Delete the key at Binance, and look that it is gone: ${keysPage}`);
    }
    const recorded = typeof outputs === "string" ? undefined : outputs.liveKeyPair;
    // A run before this one may have deleted it there.
    const live = onServer.live === "none" ? recorded : (onServer.live ?? recorded);
    left.unshift(...untriedKey(live, keyPair));
    print(`\n${summary(left)}`);
    return left.length === 0 ? 0 : 3;
  },
});

/** Without the passphrase, for example, this program can do nothing. */
function withWhatHelpsAnyway(error: unknown): never {
  if (error instanceof UserError) {
    throw new UserError(
      `${error.message}\nNothing was done. What helps without this program: delete the key at Binance (${keysPage}), and power the server off in Hetzner's Console (https://console.hetzner.cloud).`,
    );
  }
  throw error;
}

async function clearSettings(
  stack: string | undefined,
  print: (text: string) => void,
  left: string[],
  progress: Progress,
): Promise<void> {
  progress.begin("removing the key pair from the settings");
  const remaining = await orReason(removeKeyPair(stack));
  if (typeof remaining !== "string" && remaining.length === 0) {
    progress.finish("the key pair is out of the settings");
  }
  requireNotInterrupted(progress.interrupted);
  if (typeof remaining === "string") {
    left.push(`Run this again: \`pulumi up\` would install the key pair again. ${remaining}`);
  } else if (remaining.length === 0) {
    print("No key pair is in the settings any more.");
  } else {
    left.push(
      `Remove ${remaining.join(" and ")} where the settings get them from, such as a Pulumi environment: otherwise \`pulumi up\` installs them again.`,
    );
  }
}
