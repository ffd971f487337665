import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { valueIfMade } from "./left-out.ts";

/** Which of a stack's two addresses its server has. */
const role = z.enum(["first", "standby"]);
export type AddressRole = z.output<typeof role>;

const standbyIsMissing =
  "The bot is at the standby address, so the setting standby must stay. Set the location of that address again: pulumi config set standby LOCATION. To go back to the first address after that: npm run failover -- --back";

/**
 * Which address the server has: the first one, until `npm run failover` writes the other one to the stack's state
 * (scripts/lib/failover/moved-state.ts). It is part of the state and not a setting, so that every computer that runs `pulumi up` knows it.
 *
 * @param standby the setting
 * @throws RunError if the server is at an address that the settings no longer have
 */
export async function activeAddress(standby: string | undefined): Promise<AddressRole> {
  const stash = new pulumi.Stash("active-address", { input: "first" });
  // A stack that doesn't have it yet, because `--target` leaves it out, was never moved.
  const active = role.default("first").parse(await valueIfMade(stash.output));
  if (active === "standby" && standby === undefined) {
    throw new pulumi.RunError(standbyIsMissing);
  }
  return active;
}
