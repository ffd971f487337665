import { HetznerClient } from "../hetzner/client.ts";
import type { Item } from "../hetzner/inventory.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { surviveClosedOutput, uninterrupted } from "./lib/process/uninterrupted.ts";
import { whyNot } from "./lib/recovery/own-login.ts";
import type { Recovery } from "./lib/recovery/plan.ts";
import {
  erasedServer,
  isComplete,
  lookAtStack,
  recover,
  requireNoOtherRun,
  volumeOf,
} from "./lib/recovery/recovery.ts";
import { hasSavedState, saveAsOwner } from "./lib/recovery/taking-over.ts";
import { planText, type Saving, serverWarning } from "./lib/recovery/texts.ts";
import { unclaimedText } from "./lib/recovery/unclaimed.ts";
import { readHetznerAccess } from "./lib/stack/hetzner.ts";
import { readSetting } from "./lib/stack/settings.ts";

await runCommand({
  name: "recover",
  usage: ["[OPTION …]"],
  description: [
    "Finds what belongs to this stack at Hetzner, and adds to the stack's state what it doesn't know.",
    "Use it after a `pulumi up` that was killed, with a lost state, on another computer, and after a lost passphrase. It finds the server, the address, the firewall and the SSH key by their labels and names, shows what it found and what it will do, and asks. The address always stays.",
    "A server whose keys are lost gets a fresh system with new keys: server, address and price stay, and its disk is erased. That needs --rebuild-server. The bot's state and program are saved first with a login key of your own (the setting sshKeys), and `npm run rebuild` restores them. docs/recovery.md describes each case.",
    "If it is interrupted, run it again.",
  ],
  options: {
    list: flag("list what Hetzner bills and no stack has in its state, with prices, and change nothing"),
    "rebuild-server": flag("also erase the disk of a server whose keys this stack doesn't have"),
    "without-state": flag("with --rebuild-server: also if the bot's state can't be saved first, and is lost"),
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the stack's state knows everything that Hetzner has of this stack; the last line says what to do next",
    1: "you didn't confirm, or --rebuild-server is needed; nothing was changed",
    2: "the command line is wrong, or the next step isn't possible; the message says what to do",
    130: "you pressed Ctrl-C: run it again to continue",
  },
  run: async ({ list, "rebuild-server": mayRebuild, "without-state": withoutState, yes, stack }) => {
    surviveClosedOutput();
    const access = await readHetznerAccess(stack);
    if (list) {
      process.stdout.write(await unclaimedText(new HetznerClient(access)));
      return 0;
    }
    const recovery = await lookAtStack(stack, access);
    const print = (text: string): void => {
      process.stdout.write(forStack(text, stack));
    };
    if (recovery.steps.length === 0) {
      print("Hetzner has nothing of this stack. To create it: pulumi up\n");
      return 0;
    }
    print(planText(recovery.steps));
    if (isComplete(recovery)) {
      print(`Nothing is to be recovered. ${next(recovery)}\n`);
      return 0;
    }
    await requireNoOtherRun(recovery);
    const server = erasedServer(recovery);
    const saving = server && (await savingOf(recovery, server));
    if (server !== undefined && saving !== undefined) {
      const keyEnds = (await readSetting(stack, "binance:publicKey")) !== undefined;
      const volume = volumeOf(recovery)?.name;
      print(serverWarning(server.ip ?? "ADDRESS", saving, { keyEnds, volume }));
      const flags = saving.kind === "impossible" ? "--rebuild-server --without-state" : "--rebuild-server";
      if (!mayRebuild || (saving.kind === "impossible" && !withoutState)) {
        print(`Nothing was changed. To go on: npm run recover -- ${flags}\n`);
        return 1;
      }
    }
    if (!(await isConfirmed(recovery, server !== undefined, yes))) {
      print("Nothing was changed.\n");
      return 1;
    }
    const report = (line: string): void => {
      process.stderr.write(`${line}\n`);
    };
    await uninterrupted(async () => {
      if (server !== undefined && saving?.kind === "own-login") {
        await saveAsOwner(recovery, server, report);
      }
      await recover(recovery, report);
    });
    const after = await lookAtStack(stack, access);
    if (!isComplete(after)) {
      print(`${planText(after.steps)}This is left. Run it again: npm run recover\n`);
      return 2;
    }
    const goOn =
      server !== undefined && hasSavedState(recovery, server)
        ? "Next, run: npm run rebuild. It installs everything, and restores what was saved."
        : next(after);
    print(`The stack's state knows everything that Hetzner has of this stack. ${goOn}\n`);
    return 0;
  },
});

/** How what the bot has stored is saved before a server's disk is erased. */
async function savingOf(recovery: Recovery, server: Item): Promise<Saving> {
  const reason = await whyNot(server.ip ?? "");
  if (reason === undefined) {
    return { kind: "own-login" };
  }
  return hasSavedState(recovery, server) ? { kind: "saved" } : { kind: "impossible", reason };
}

function isConfirmed({ name }: Recovery, erasesDisk: boolean, yes: boolean): Promise<boolean> {
  return erasesDisk
    ? confirm({ text: `To do this, type the stack's name (${name}): `, answer: name, yes })
    : confirm({ text: "Do this? Type yes: ", answer: "yes", yes });
}

function next({ steps }: Recovery): string {
  return steps.some(({ action }) => action === "missing")
    ? "To create what is missing at Hetzner: pulumi up --refresh"
    : "Next, run: pulumi up";
}
