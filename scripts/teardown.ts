import { type HetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { deleteFenced, findFenced } from "../hetzner/fence.ts";
import { labelsOf } from "../hetzner/labels.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { findReplacement } from "./lib/replacement/replacement.ts";
import { readHetznerAccess } from "./lib/stack/hetzner.ts";
import { readSetting } from "./lib/stack/settings.ts";
import {
  type Address,
  addressesIn,
  projectNameIn,
  readStackState,
  spareAddressIn,
  stackNameIn,
  type StackState,
  type Volume,
  volumeIn,
} from "./lib/stack/state.ts";
import { announcement, volumeCost } from "./lib/teardown/announcement.ts";
import { itemsAtHetzner } from "./lib/teardown/at-hetzner.ts";
import { deleteStack, type Keeps } from "./lib/teardown/deletion.ts";
import { releaseStandby, releaseVolume } from "./lib/teardown/releasing.ts";

await runCommand({
  name: "teardown",
  usage: ["[OPTION …]", "[OPTION …] --release-volume", "[OPTION …] --release-standby"],
  description: [
    "Deletes the server, its address and everything else that the stack has at Hetzner.",
    "It shows first what is deleted, and asks for the stack's name, and for the address and the volume: each stays unless you type it. They are deleted last, and are protected until then. Save the bot's state before, unless it is on a volume that stays: it is on the server's disk.",
    "If it fails or is interrupted, run it again.",
  ],
  options: {
    "keep-address": flag("keep the address, so that a later `pulumi up` makes a server at it"),
    "release-volume": flag(
      "delete only the volume, if the bot's state isn't on it (stateVolume none); server and address stay",
    ),
    "release-standby": flag(
      "delete only the standby address, if the bot isn't there; it is the setting standby that is removed",
    ),
    "keep-volume": flag("keep the volume with the bot's state, so that a later `pulumi up` uses it"),
    yes: flag(
      "don't ask, and delete the address and the volume as well unless there is --keep-address or --keep-volume",
    ),
  },
  exitCodes: {
    0: "everything is deleted, or all but what you keep; or what you release, or that was not there",
    1: "you didn't type the name that is asked for, or something could not be deleted",
    2: "the command line is wrong, or the stack or Hetzner can't be read; nothing was deleted",
    130: "you pressed Ctrl-C: what was not deleted yet stays, and is protected as before",
  },
  run: async (options) => {
    const { "keep-address": keepsAddress, "keep-volume": keepsVolume, yes, stack } = options;
    const { "release-volume": releasesVolume, "release-standby": releasesStandby } = options;
    if ([releasesVolume, releasesStandby, keepsAddress || keepsVolume].filter(Boolean).length > 1) {
      throw new UsageError(
        "--release-volume and --release-standby can't be combined with other options than --yes.",
      );
    }
    if (releasesVolume || releasesStandby) {
      const found = await findReplacement("replace", stack, yes);
      return releasesVolume ? releaseVolume(found) : releaseStandby(found);
    }
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
    const client = new HetznerClient(access);
    const labels = labelsOf(projectNameIn(state) ?? "", stackName);
    // Only a stack with a second address can have left a server.
    const fenced = spareAddressIn(state) === undefined ? [] : await findFenced(client, labels);
    for (const { kind, name, id } of fenced) {
      process.stdout.write(`A failover has fenced the ${kind} ${name} (${id}). It is deleted as well.\n`);
    }
    const text = `To delete this, type the stack's name (${stackName}): `;
    if (!(await confirm({ text, answer: stackName, yes }))) {
      process.stdout.write("Nothing was deleted.\n");
      return 1;
    }
    const keeps = await askWhatStays(state, { address: keepsAddress, volume: keepsVolume }, yes);
    if (fenced.length > 0) {
      await deleteFenced(client, labels);
    }
    const kept = [
      ...(keeps.address ? ["--keep-address"] : []),
      ...(keeps.volume && volumeIn(state) !== undefined ? ["--keep-volume"] : []),
    ];
    const toContinue = ["To continue: npm run teardown", ...(kept.length > 0 ? ["--", ...kept] : [])].join(
      " ",
    );
    if (!(await deleteStack({ stack, access, toContinue }, keeps))) {
      process.stderr.write(
        forStack(`Not everything was deleted: Pulumi's messages say why. ${toContinue}\n`, stack),
      );
      return 1;
    }
    return reportWhatIsLeft(access, state, {
      addresses: keeps.address ? addresses : [],
      volume: keeps.volume ? volumeIn(state) : undefined,
    });
  },
});

async function askWhatStays(state: StackState, wanted: Keeps, yes: boolean): Promise<Keeps> {
  const volume = wanted.volume ? undefined : volumeIn(state);
  return {
    address: wanted.address || !(await areReleased(addressesIn(state), yes)),
    volume: wanted.volume || (volume !== undefined && !(await isVolumeReleased(volume, yes))),
  };
}

/** A state is worth more than what its volume costs. */
function isVolumeReleased({ name }: Volume, yes: boolean): Promise<boolean> {
  const text = `To delete the volume with the bot's state as well, type its name (${name}). With any other answer it stays: `;
  return confirm({ text, answer: name, yes });
}

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

async function reportWhatIsLeft(
  access: HetznerAccess,
  state: StackState,
  kept: { addresses: Address[]; volume: Volume | undefined },
): Promise<number> {
  const items = await itemsAtHetzner(new HetznerClient(access), state);
  const left = items.filter(
    ({ kind, id }) =>
      !(kind.endsWith("Primary IP") && kept.addresses.some((address) => address.id === id)) &&
      !(kind === "volume" && id === kept.volume?.id),
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
    kept.addresses.length === 0 && kept.volume === undefined
      ? "Everything is deleted. Hetzner bills nothing more for this stack.\n"
      : [
          ...(kept.addresses.length === 0 ? [] : [keptText(kept.addresses)]),
          ...(kept.volume === undefined
            ? []
            : [
                `The volume ${kept.volume.name} with the bot's state stays, and is protected. ${volumeCost(kept.volume)}\n`,
              ]),
        ].join(""),
  );
  return 0;
}

function keptText(kept: Address[]): string {
  const addresses = kept.map(({ ipAddress }) => ipAddress).join(" and ");
  return kept.length === 1
    ? `Everything but the address ${addresses} is deleted. The address is protected. It costs about 0.50 € a month.\n`
    : `Everything but the addresses ${addresses} is deleted. Both are protected. Each costs about 0.50 € a month.\n`;
}
