import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { explained } from "../../../hetzner/refusals.ts";
import { deleteSpareAddress } from "../../../hetzner/standby.ts";
import { deleteVolume } from "../../../hetzner/volumes.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "../process/uninterrupted.ts";
import { type Replacement, report, requireNothingOpen } from "../replacement/replacement.ts";
import { NoConnection, runRemotely } from "../ssh/remote.ts";
import { editState } from "../stack/edited-state.ts";
import { editResources } from "../stack/exported-state.ts";
import { readHetznerAccess } from "../stack/hetzner.ts";
import { readServer } from "../stack/outputs.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { readSetting } from "../stack/settings.ts";
import { activeAddressIn, spareAddressIn, volumeIn } from "../stack/state.ts";
import { volumeCost } from "./announcement.ts";
import { withNewLook, withoutComponentOf } from "./forgotten.ts";

// Only the volume or only the standby address is deleted, and everything else stays. Each step can be done again, so an
// interrupted release is continued by the same command.

/** What is released. */
interface Released {
  /** For a sentence: "The volume trading-bot-prod". */
  label: string;
  /** The option of `npm run teardown`. */
  option: "--release-volume" | "--release-standby";
  /** In the stack's state. */
  urn: string;
  /** What `pulumi config` is run with, so that the next `pulumi up` orders it no more. */
  setting: string[] | undefined;
  /** Deletes it at Hetzner. */
  delete: (client: HetznerClient) => Promise<void>;
}

/** Deletes the volume, if the bot's state isn't on it. @returns the exit code */
export async function releaseVolume(release: Replacement): Promise<number> {
  requireNothingOpen(release);
  const { stack, state, server } = release;
  const volume = volumeIn(state);
  if (volume === undefined) {
    process.stdout.write("The stack has no volume. Nothing was deleted.\n");
    return 0;
  }
  const { name, id } = volume;
  if (server !== undefined) {
    await requireStateElsewhere(stack, name);
  }
  const setting = await readSetting(stack, "stateVolume");
  const lines = [
    `This deletes the volume ${name} (${id}, ${volume.size} GB, in ${volume.location}) at Hetzner, with everything on it. ${volumeCost(volume)}`,
    server === undefined
      ? "The stack has no server, so nobody can see what is on it. IF A BOT OF THIS STACK HAS STORED ITS STATE THERE, THAT ENDS WITH IT."
      : "The bot's state isn't on it: the server says that it is on its own disk. What the bot has left on the volume, such as its state from before a move and copies of it, ends with it.",
    ...(setting === "none" ? [] : ["The setting stateVolume becomes none."]),
    ...afterwards(release),
  ];
  if (!(await isConfirmed(release, lines, `type its name (${name})`, name))) {
    return 1;
  }
  return finish(release, {
    label: `The volume ${name}`,
    option: "--release-volume",
    urn: volume.urn,
    setting: setting === "none" ? undefined : ["set", "stateVolume", "none"],
    delete: (client) => deleteVolume(client, id, server?.id),
  });
}

const place = z.looseObject({ place: z.enum(["disk", "volume"]) });

/** @throws UserError unless the server says that the bot's state is on its own disk */
async function requireStateElsewhere(stack: string | undefined, name: string): Promise<void> {
  const stays = `Nothing was deleted. Only the server knows whether the bot's state is on the volume ${name}`;
  const { stdout, code } = await runRemotely(await readServer(stack), "sudo state-volume status").catch(
    (error: unknown) => {
      throw error instanceof NoConnection ? new UserError(`${error.message}\n${stays}.`) : error;
    },
  );
  const { data } = place.safeParse(parseJson(stdout));
  if (code !== 0 || data === undefined) {
    throw new UserError(`${stays}, and it did not say. Run \`pulumi up\`, and then this again.`);
  }
  if (data.place === "volume") {
    throw new UserError(
      `The bot's state is on the volume ${name}. Nothing was deleted. To move it to the server's own disk first, which stops the bot for about a minute: pulumi config set stateVolume none, and then: pulumi up`,
    );
  }
}

/** Deletes the standby address, if the bot isn't there. @returns the exit code */
export async function releaseStandby(release: Replacement): Promise<number> {
  requireNothingOpen(release);
  const { stack, state } = release;
  if (activeAddressIn(state) === "standby") {
    throw new UserError(
      "The bot is at the standby address. Nothing was deleted. To move it back first: npm run failover -- --back",
    );
  }
  const address = spareAddressIn(state);
  if (address === undefined) {
    process.stdout.write("The stack has no standby address. Nothing was deleted.\n");
    return 0;
  }
  const { ipAddress, id } = address;
  const isSet = (await readSetting(stack, "standby")) !== undefined;
  const lines = [
    `This deletes the standby address ${ipAddress} (${address.name}, in ${address.location}) at Hetzner, which then no longer bills about 0.50 € a month for it.`,
    `Another customer of Hetzner may get ${ipAddress}: remove it from the key's whitelist at Binance. Without it, \`npm run failover\` isn't possible.`,
    ...(isSet ? ["The setting standby is removed."] : []),
    ...afterwards(release),
  ];
  if (!(await isConfirmed(release, lines, `type it (${ipAddress})`, ipAddress))) {
    return 1;
  }
  return finish(release, {
    label: `The address ${ipAddress}`,
    option: "--release-standby",
    urn: address.urn,
    setting: isSet ? ["rm", "standby"] : undefined,
    delete: (client) => deleteSpareAddress(client, id),
  });
}

/**
 * Shows what will be deleted, and asks.
 *
 * @param how what a person does to confirm: "type its name (NAME)"
 */
async function isConfirmed(
  { stack, yes }: Replacement,
  lines: string[],
  how: string,
  answer: string,
): Promise<boolean> {
  process.stdout.write(`${forStack(lines.join("\n"), stack)}\n`);
  const text = `To delete it, ${how}. With any other answer it stays: `;
  const confirmed = await confirm({ text, answer, yes });
  if (!confirmed) {
    process.stdout.write("Nothing was deleted.\n");
  }
  return confirmed;
}

function afterwards({ server }: Replacement): string[] {
  return server === undefined
    ? []
    : [
        "Then `pulumi up` looks at the order again. Settings that you have changed since the last one are applied as well.",
      ];
}

async function finish(release: Replacement, released: Released): Promise<number> {
  const { stack, server } = release;
  surviveClosedOutput();
  const toContinue = `To continue: npm run teardown -- ${released.option}`;
  await uninterrupted(() => deleteAndForget(stack, released, toContinue));
  report(`${released.label} is deleted. Hetzner bills nothing more for it.`);
  if (server === undefined) {
    return 0;
  }
  const code = await showPulumi(["up", "--yes", "--skip-preview"], stack);
  if (code !== 0) {
    process.stderr.write(
      forStack(`\`pulumi up\` has not finished: Pulumi's messages say why. To continue: pulumi up\n`, stack),
    );
    return 1;
  }
  return 0;
}

/** The setting comes first: without it, the next `pulumi up` could order the same again. */
async function deleteAndForget(
  stack: string | undefined,
  { label, urn, setting, delete: remove }: Released,
  toContinue: string,
): Promise<void> {
  if (setting !== undefined) {
    await runPulumi(["config", ...setting], stack, "The settings can't be changed.");
  }
  requireNotInterrupted(`Interrupted. Nothing was deleted. ${toContinue}`);
  try {
    await remove(new HetznerClient(await readHetznerAccess(stack)));
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    throw new UserError(
      forStack(
        `${label} was not deleted. It is protected as before. ${explained(error).message}\n${toContinue}`,
        stack,
      ),
    );
  }
  await editState(stack, (state) => editResources(withoutComponentOf(state, urn), withNewLook));
}
