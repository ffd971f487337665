import { HetznerClient } from "../hetzner/client.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { surviveClosedOutput, uninterrupted } from "./lib/process/uninterrupted.ts";
import {
  deletedServer,
  isComplete,
  lookAtStack,
  recover,
  type Recovery,
  requireNoOtherRun,
} from "./lib/recovery/recovery.ts";
import { planText, serverWarning } from "./lib/recovery/texts.ts";
import { unclaimedText } from "./lib/recovery/unclaimed.ts";
import { readHetznerAccess } from "./lib/stack/hetzner.ts";
import { readSetting } from "./lib/stack/settings.ts";

await runCommand({
  name: "recover",
  usage: ["[OPTION …]"],
  description: [
    "Finds what belongs to this stack at Hetzner, and adds to the stack's state what it doesn't know.",
    "Use it after a `pulumi up` that was killed, with a lost state, on another computer, and after a lost passphrase. It finds the server, the address, the firewall and the SSH key by their labels and names, shows what it found and what it will do, and asks. The address always stays.",
    "A server whose keys are lost can't be added: it is deleted, and the next `pulumi up` orders another one at the same address. That needs --replace-server. docs/recovery.md describes each case.",
    "If it is interrupted, run it again.",
  ],
  options: {
    list: flag("list what Hetzner bills and no stack has in its state, with prices, and change nothing"),
    "replace-server": flag("also delete a server whose keys this stack doesn't have, with its disk"),
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the stack's state knows everything that Hetzner has of this stack; the last line says what to do next",
    1: "you didn't confirm, or --replace-server is needed; nothing was changed",
    2: "the command line is wrong, or the next step isn't possible; the message says what to do",
    130: "you pressed Ctrl-C: run it again to continue",
  },
  run: async ({ list, "replace-server": mayReplace, yes, stack }) => {
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
    const server = deletedServer(recovery);
    if (server !== undefined) {
      const keyEnds = (await readSetting(stack, "binance:publicKey")) !== undefined;
      print(serverWarning(server.ip ?? "ADDRESS", keyEnds));
      if (!mayReplace) {
        print("Nothing was changed. To go on: npm run recover -- --replace-server\n");
        return 1;
      }
    }
    if (!(await isConfirmed(recovery, server !== undefined, yes))) {
      print("Nothing was changed.\n");
      return 1;
    }
    await uninterrupted(() =>
      recover(recovery, (line) => {
        process.stderr.write(`${line}\n`);
      }),
    );
    const after = await lookAtStack(stack, access);
    if (!isComplete(after)) {
      print(`${planText(after.steps)}This is left. Run it again: npm run recover\n`);
      return 2;
    }
    print(`The stack's state knows everything that Hetzner has of this stack. ${next(after)}\n`);
    return 0;
  },
});

function isConfirmed({ name }: Recovery, deletesServer: boolean, yes: boolean): Promise<boolean> {
  return deletesServer
    ? confirm({ text: `To do this, type the stack's name (${name}): `, answer: name, yes })
    : confirm({ text: "Do this? Type yes: ", answer: "yes", yes });
}

function next({ steps }: Recovery): string {
  return steps.some(({ action }) => action === "missing")
    ? "To create what is missing at Hetzner: pulumi up --refresh"
    : "Next, run: pulumi up";
}
