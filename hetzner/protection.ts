import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";
import { primaryIp } from "./replies.ts";

/** Whether Hetzner refuses to delete the Primary IP. False if it doesn't exist any more. @throws HetznerError */
export async function isProtected(client: HetznerClient, primaryIpId: number): Promise<boolean> {
  try {
    const reply = await client.get(`/primary_ips/${primaryIpId}`, z.looseObject({ primary_ip: primaryIp }));
    return reply.primary_ip.protection.delete;
  } catch (error) {
    if (isNotFound(error)) {
      return false;
    }
    throw error;
  }
}

/**
 * Lifts the protection of a Primary IP, for a teardown that was asked for. Nothing is done if it doesn't exist.
 *
 * @throws HetznerError
 */
export async function liftProtection(client: HetznerClient, primaryIpId: number): Promise<void> {
  await setProtection(client, primaryIpId, false);
}

/**
 * Protects a Primary IP again, if a teardown didn't get as far as deleting it. Nothing is done if it doesn't exist.
 *
 * @throws HetznerError
 */
export async function restoreProtection(client: HetznerClient, primaryIpId: number): Promise<void> {
  await setProtection(client, primaryIpId, true);
}

/** Setting it twice does no harm. So it is set until it is seen to be so, because an answer may be lost. */
async function setProtection(client: HetznerClient, id: number, wanted: boolean): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.act(`/primary_ips/${id}/actions/change_protection`, { delete: wanted });
      return;
    } catch (error) {
      if (isNotFound(error)) {
        return;
      }
      if (!(error instanceof HetznerError) || !isPassing(error) || tries >= 3) {
        throw error;
      }
    }
    if ((await isProtected(client, id)) === wanted) {
      return;
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof HetznerError && error.code === "not_found";
}
