import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";
import { liftProtection, restoreProtection } from "./protection.ts";
import { volume, type VolumeReply } from "./replies.ts";
import { readServer } from "./server.ts";

const reply = z.looseObject({ volume });
const mostTries = 5;

/** @throws HetznerError, code "not_found" if it doesn't exist */
async function readVolume(client: HetznerClient, id: number): Promise<VolumeReply> {
  return (await client.get(`/volumes/${id}`, reply)).volume;
}

/**
 * Attaches a volume to a server, and waits for that. It is never taken away from a server that is on: what is mounted there
 * would be lost. A lost answer does no harm: what counts is what Hetzner reports.
 *
 * @returns whether it was attached now
 * @throws HetznerError, code "volume_in_use" if another server that is on has it
 */
export async function attachVolume(client: HetznerClient, id: number, serverId: number): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const { server } = await readVolume(client, id);
    if (server === serverId) {
      return tries > 1;
    }
    try {
      if (server === null) {
        await client.act(`/volumes/${id}/actions/attach`, { server: serverId, automount: false });
      } else {
        await detachFrom(client, id, server);
      }
    } catch (error) {
      if (!(error instanceof HetznerError) || !mayPass(error) || tries >= mostTries) {
        throw error;
      }
      await client.clock.sleep(2_000);
    }
  }
}

/**
 * Deletes a volume with what is on it. Nothing is done if it doesn't exist. If it can't be deleted, it is protected again.
 *
 * @param unusedBy a server that has it attached and doesn't use it, also while that is on
 * @throws HetznerError, code "volume_in_use" if another server that is on has it
 */
export async function deleteVolume(client: HetznerClient, id: number, unusedBy?: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { server } = await readVolume(client, id);
      if (server !== null) {
        await (server === unusedBy
          ? client.act(`/volumes/${id}/actions/detach`)
          : detachFrom(client, id, server, "run this again"));
      }
      await liftProtection(client, { kind: "volume", id });
      await client.delete(`/volumes/${id}`);
      return;
    } catch (error) {
      if (error instanceof HetznerError && error.code === "not_found") {
        return;
      }
      if (!(error instanceof HetznerError) || !mayPass(error) || tries >= mostTries) {
        await restoreProtection(client, { kind: "volume", id });
        throw error;
      }
      await client.clock.sleep(2_000);
    }
  }
}

/** An earlier server of the stack has it. */
async function detachFrom(
  client: HetznerClient,
  id: number,
  serverId: number,
  next = "run `pulumi up` again",
): Promise<void> {
  if ((await statusOf(client, serverId)) !== "off") {
    throw new HetznerError(
      "volume_in_use",
      `The volume ${id} with the bot's state is attached to the server ${serverId}, which isn't off. A volume isn't taken away from a server that may use it. Shut that server down in Hetzner's Console, and ${next}.`,
    );
  }
  await client.act(`/volumes/${id}/actions/detach`);
}

/** A server that is being deleted gives the volume up by itself, so that the next look finds it free. */
async function statusOf(client: HetznerClient, serverId: number): Promise<string> {
  try {
    return (await readServer(client, serverId)).status;
  } catch (error) {
    if (error instanceof HetznerError && error.code === "not_found") {
      return "off";
    }
    throw error;
  }
}

function mayPass(error: HetznerError): boolean {
  return isPassing(error) || ["not_found", "volume_already_attached", "service_error"].includes(error.code);
}
