import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";

/** What Hetzner protects for a stack: it outlives the server. */
export interface Protected {
  kind: "Primary IP" | "volume";
  id: number;
}

const lists = {
  "Primary IP": { list: "primary_ips", one: "primary_ip" },
  volume: { list: "volumes", one: "volume" },
} as const;
const item = z.looseObject({ protection: z.looseObject({ delete: z.boolean() }) });

/** Whether Hetzner refuses to delete it. False if it doesn't exist any more. @throws HetznerError */
export async function isProtected(client: HetznerClient, { kind, id }: Protected): Promise<boolean> {
  const { list, one } = lists[kind];
  try {
    const reply = await client.get(`/${list}/${id}`, z.record(z.string(), z.unknown()));
    return item.parse(reply[one]).protection.delete;
  } catch (error) {
    if (isNotFound(error)) {
      return false;
    }
    throw error;
  }
}

/**
 * Lifts the protection, for a deletion that was asked for. Nothing is done if it doesn't exist.
 *
 * @throws HetznerError
 */
export async function liftProtection(client: HetznerClient, wanted: Protected): Promise<void> {
  await setProtection(client, wanted, false);
}

/**
 * Protects it again, if a teardown didn't get as far as deleting it. Nothing is done if it doesn't exist.
 *
 * @throws HetznerError
 */
export async function restoreProtection(client: HetznerClient, wanted: Protected): Promise<void> {
  await setProtection(client, wanted, true);
}

/** Setting it twice does no harm. So it is set until it is seen to be so, because an answer may be lost. */
async function setProtection(client: HetznerClient, of: Protected, wanted: boolean): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.act(`/${lists[of.kind].list}/${of.id}/actions/change_protection`, { delete: wanted });
      return;
    } catch (error) {
      if (isNotFound(error)) {
        return;
      }
      if (!(error instanceof HetznerError) || !isPassing(error) || tries >= 3) {
        throw error;
      }
    }
    if ((await isProtected(client, of)) === wanted) {
      return;
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof HetznerError && error.code === "not_found";
}
