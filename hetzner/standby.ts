import * as z from "zod";
import type { Plan } from "./choice.ts";
import type { HetznerClient } from "./client.ts";
import { HetznerError } from "./failure.ts";
import { liftProtection, restoreProtection } from "./protection.ts";
import { primaryIp } from "./replies.ts";
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

const reply = z.looseObject({ primary_ip: primaryIp });

/**
 * Deletes an address that no server has. Nothing is done if it doesn't exist. If it can't be deleted, it is protected again.
 *
 * @throws HetznerError, code "primary_ip_in_use" if a server has it
 */
export async function deleteSpareAddress(client: HetznerClient, id: number): Promise<void> {
  try {
    const { primary_ip: found } = await client.get(`/primary_ips/${id}`, reply);
    if (found.assignee_id !== null) {
      throw new HetznerError(
        "primary_ip_in_use",
        `The server ${found.assignee_id} has the address ${found.ip}. If a failover has fenced it, delete it first: npm run failover -- --remove-fenced`,
      );
    }
    await liftProtection(client, { kind: "Primary IP", id });
    await client.delete(`/primary_ips/${id}`);
  } catch (error) {
    if (error instanceof HetznerError && error.code === "not_found") {
      return;
    }
    await restoreProtection(client, { kind: "Primary IP", id });
    throw error;
  }
}
