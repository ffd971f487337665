import * as z from "zod";
import { UserError } from "../command/user-error.ts";
import { runRemotely } from "../ssh/remote.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { readSetting } from "../stack/settings.ts";
import { type StackState, type Volume, volumeIn } from "../stack/state.ts";

const gibibyte = 2 ** 30;
/** What the server leaves free (root_tools/disk_space.py). */
const reserve = gibibyte;
/** What of a volume its file system gives to files. */
const usable = 0.95;

const bytes = z.coerce.number().int().nonnegative();

/**
 * A bot that moves back to the first address gets its volume again, where its earlier state is kept for 30 days. Nobody can
 * look at that volume, because no server has it, so the earlier state is assumed to be as large as the present one.
 *
 * @param stateBytes what the present state takes
 * @returns what to do if the volume has no room for both; undefined if it has
 */
export function noRoomOn(
  { name, size }: Pick<Volume, "name" | "size">,
  stateBytes: number,
): string | undefined {
  const needed = Math.ceil((2 * stateBytes + reserve) / gibibyte / usable);
  if (needed <= size) {
    return undefined;
  }
  return [
    `The volume ${name} has ${size} GB. That may be too little: the state takes ${(stateBytes / gibibyte).toFixed(1)} GB, and the one that was left on the volume is kept there for 30 days. The bot goes on where it is, and nothing was changed.`,
    `To make the volume larger, which can't be undone: pulumi config set stateVolume ${needed}`,
    "Then, which shows the price: pulumi up",
    "And then: npm run failover -- --back",
  ].join("\n");
}

/** Before the bot is stopped. @throws UserError if the volume at the first address may have no room for its state */
export async function requireRoom(stack: string | undefined, state: StackState): Promise<void> {
  const volume = volumeIn(state);
  if (volume === undefined || (await readSetting(stack, "stateVolume")) === "none") {
    return;
  }
  const { code, stdout } = await runRemotely(await readStackOutputs(stack), "sudo bot-state size");
  const size = code === 0 ? bytes.safeParse(stdout.trim()).data : undefined;
  // A server that can't say it: the restore looks again, and can be repeated on a larger volume.
  const problem = size === undefined ? undefined : noRoomOn(volume, size);
  if (problem !== undefined) {
    throw new UserError(problem);
  }
}
