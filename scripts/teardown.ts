import { type HetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UserError } from "./lib/command/user-error.ts";
import { readHetznerAccess } from "./lib/stack/hetzner.ts";
import { readSetting } from "./lib/stack/settings.ts";
import {
  type Address,
  addressesIn,
  readStackState,
  stackNameIn,
  type StackState,
} from "./lib/stack/state.ts";
import { announcement } from "./lib/teardown/announcement.ts";
import { itemsAtHetzner } from "./lib/teardown/at-hetzner.ts";
import { deleteStack } from "./lib/teardown/deletion.ts";

await runCommand({
  name: "teardown",
  usage: ["[OPTION …]"],
  description: [
    "Deletes the server, its address and everything else that the stack has at Hetzner.",
    "It shows first what is deleted, and asks for the stack's name, and for the address: it stays unless you type it. The address is deleted last, and is protected until then. Save the bot's state before: it is on the server's disk.",
    "If it fails or is interrupted, run it again.",
  ],
  options: {
    "keep-address": flag("keep the address, so that a later `pulumi up` makes a server at it"),
    yes: flag("don't ask, and delete the address as well unless there is --keep-address"),
  },
  exitCodes: {
    0: "everything is deleted, or all but the address with --keep-address",
    1: "you didn't type the stack's name, or something could not be deleted",
    2: "the command line is wrong, or the stack or Hetzner can't be read; nothing was deleted",
    130: "you pressed Ctrl-C: what was not deleted yet stays, and is protected as before",
  },
  run: async ({ "keep-address": keepsAddress, yes, stack }) => {
    const state = await readStackState(stack);
    const stackName = stackNameIn(state);
    if (stackName === undefined) {
      process.stdout.write("Nothing is left to delete: the stack has nothing at Hetzner.\n");
      return 0;
    }
    const addresses = addressesIn(state);
    if (keepsAddress && addresses.length === 0) {
      throw new UserError("The stack has no address to keep. To delete everything: npm run teardown");
    }
    const access = await readHetznerAccess(stack);
    const isMade = (await readSetting(stack, "binance:publicKey")) !== undefined;
    process.stdout.write(forStack(announcement(state, stackName, keepsAddress, isMade), stack));
    const text = `To delete this, type the stack's name (${stackName}): `;
    if (!(await confirm({ text, answer: stackName, yes }))) {
      process.stdout.write("Nothing was deleted.\n");
      return 1;
    }
    const keeps = keepsAddress || !(await areReleased(addresses, yes));
    const toContinue = `To continue: npm run teardown${keeps ? " -- --keep-address" : ""}`;
    if (!(await deleteStack({ stack, access, toContinue }, { keepsAddress: keeps }))) {
      process.stderr.write(
        forStack(`Not everything was deleted: Pulumi's messages say why. ${toContinue}\n`, stack),
      );
      return 1;
    }
    return reportWhatIsLeft(access, state, keeps ? addresses : []);
  },
});

/** An address that is in a whitelist is worth more than what it costs: it is deleted only by its own name. */
async function areReleased(addresses: Address[], yes: boolean): Promise<boolean> {
  for (const { ipAddress } of addresses) {
    const stays = addresses.length === 1 ? "it stays" : "both addresses stay";
    const text = `To delete the address as well, type it (${ipAddress}). With any other answer ${stays}: `;
    if (!(await confirm({ text, answer: ipAddress, yes }))) {
      return false;
    }
  }
  return true;
}

async function reportWhatIsLeft(access: HetznerAccess, state: StackState, kept: Address[]): Promise<number> {
  const items = await itemsAtHetzner(new HetznerClient(access), state);
  const left = items.filter(
    ({ kind, id }) => !kind.endsWith("Primary IP") || !kept.some((address) => address.id === id),
  );
  if (left.length > 0) {
    process.stderr.write(
      [
        "Hetzner still has these under the stack's name, and the stack doesn't know them. If a run of this stack was killed, add them to its state: npm run recover. Then run `npm run teardown` again. They may also belong to another computer's stack with the same name, with a live bot.",
        ...left.map(({ kind, name, id }) => `  ${kind} ${name} (${id})\n`),
      ].join("\n"),
    );
    return 1;
  }
  process.stdout.write(
    kept.length === 0
      ? "Everything is deleted. Hetzner bills nothing more for this stack.\n"
      : keptText(kept),
  );
  return 0;
}

function keptText(kept: Address[]): string {
  const addresses = kept.map(({ ipAddress }) => ipAddress).join(" and ");
  return kept.length === 1
    ? `Everything but the address ${addresses} is deleted. The address is protected. It costs about 0.50 € a month.\n`
    : `Everything but the addresses ${addresses} is deleted. Both are protected. Each costs about 0.50 € a month.\n`;
}
