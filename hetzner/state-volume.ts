import { money } from "./money.ts";
import type { Situation, WantedVolume } from "./situation.ts";

/** In GB, as Hetzner sells volumes. A new stack gets the smallest one. */
export const volumeSizes = { least: 10, most: 10_240 };

/** What becomes of the volume for the bot's state. */
export interface VolumePlan {
  /** In GB; 0 for none. */
  size: number;
  /** What Hetzner has of it, in GB; 0 if there is none. */
  existing: number;
}

/** The setting stateVolume as Pulumi has it, for what runs before the program checks it. */
export function volumeSetting(text: string | undefined): WantedVolume | undefined {
  if (text === "none") {
    return "none";
  }
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * A volume that exists is kept, whatever the settings are: it has a bot's state. An earlier decision stays as it is. A move
 * deletes it with the address.
 */
export function planOfVolume(situation: Situation): VolumePlan {
  const { wanted, previous } = situation;
  const existing = lasting(situation)?.size ?? 0;
  if (typeof wanted.volume === "number") {
    return { size: wanted.volume, existing };
  }
  if (existing > 0 || wanted.volume === "none") {
    return { size: existing, existing };
  }
  return { size: previous?.volume ?? (isNew(situation) ? volumeSizes.least : 0), existing };
}

/** The volume that is there and stays. */
function lasting({ wanted, volume }: Situation): Situation["volume"] {
  return wanted.replaces === "server-and-address" ? undefined : volume;
}

/** A stack that has a server, or had one, keeps its state on that server's own disk until its owner wants something else. */
function isNew({ wanted, previous, server, addressLocation }: Situation): boolean {
  return (
    wanted.replaces === "server-and-address" ||
    (wanted.replaces === undefined &&
      previous === undefined &&
      server === undefined &&
      addressLocation === undefined)
  );
}

/** A volume can't become smaller, and is made at the first address's location. */
export function problemsOfVolume(situation: Situation): string[] {
  const { wanted } = situation;
  const volume = lasting(situation);
  if (volume === undefined && typeof wanted.volume === "number" && wanted.addressName !== undefined) {
    return [
      `The setting stateVolume is ${wanted.volume}, but the server is at the standby address, and the volume is for the first one. Nothing was ordered. Either go back first: npm run failover -- --back. Or do without a volume for now: pulumi config set stateVolume none`,
    ];
  }
  if (volume === undefined || typeof wanted.volume !== "number" || wanted.volume >= volume.size) {
    return [];
  }
  return [
    `The setting stateVolume is ${wanted.volume}, but the volume with the bot's state has ${volume.size} GB, and a volume can't become smaller. Nothing was changed. To keep its size, run: pulumi config set stateVolume ${volume.size}`,
  ];
}

/** A month's price before tax; undefined if Hetzner's price list has none. */
export function priceOfVolume({ catalogue }: Situation, { size }: VolumePlan): number | undefined {
  return catalogue.volumePerGb === undefined ? undefined : catalogue.volumePerGb * size;
}

/** What is ordered, for people: lines. None if nothing is. */
export function volumeLines(situation: Situation): string[] {
  const plan = planOfVolume(situation);
  if (plan.size <= plan.existing) {
    return [];
  }
  const price = priceOfVolume(situation, plan);
  const shown =
    price === undefined
      ? "Its price isn't in Hetzner's list."
      : `Price of today, before tax: ${money(price, situation.catalogue.currency)} a month.`;
  return [
    plan.existing === 0
      ? `To be ordered at Hetzner: a volume of ${plan.size} GB for the bot's state, which outlives the server. ${shown}`
      : `To be changed at Hetzner: the volume with the bot's state, from ${plan.existing} GB to ${plan.size} GB. ${shown}`,
  ];
}
