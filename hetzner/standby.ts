import type { Plan } from "./choice.ts";
import type { Situation } from "./situation.ts";

/** The name of a stack's standby address at Hetzner. @param name that of its server */
export function standbyName(name: string): string {
  return `${name}-standby`;
}

/** The label that keeps a stack's standby address apart from its first one. */
export const standbyLabel = { "pulumi-resource": "standby" };

/** Refuses a standby address at the location that it is a standby for, and one that would have to move. */
export function problemsOfStandby(
  { wanted, addressLocation, spareLocation }: Situation,
  { location: planned }: Plan,
): string[] {
  const { spare } = wanted;
  if (spare?.location === undefined) {
    return [];
  }
  if (spareLocation !== undefined && spareLocation !== spare.location) {
    return [
      `The setting says ${spare.location} for the address ${spare.name}, but it is in ${spareLocation}, and an address can't move. To keep it, set the settings location and standby to where the addresses are: npm run recover -- --list shows them.`,
    ];
  }
  const location = addressLocation ?? planned;
  return location === spare.location
    ? [
        `The setting standby is ${spare.location}, and the server is in ${location}. A standby address must be at another location, which works if that one doesn't. Set another one, such as: pulumi config set standby ${location === "hel1" ? "nbg1" : "hel1"}`,
      ]
    : [];
}
