import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";
import { type Action, action } from "./replies.ts";

/** Copying an image takes some minutes at most. */
const limit = 15 * 60_000;
/** How often a rebuild is requested if it isn't known whether Hetzner has received the request. */
const mostTries = 3;

export interface Rebuild {
  /** Such as "debian-13". */
  image: string;
  userData: string;
  /** The server's last action before the rebuild (`lastActionOf`). */
  after: number;
}

const actionsReply = z.looseObject({ actions: z.array(action) });

/** The id of a server's newest action; 0 if it has none. @throws HetznerError */
export async function lastActionOf(client: HetznerClient, server: number): Promise<number> {
  const [newest] = await newestActions(client, server);
  return newest?.id ?? 0;
}

/**
 * The rebuild that was requested after an action; undefined if there is none. If there are several, it is the last one.
 *
 * @throws HetznerError
 */
export async function rebuildAfter(
  client: HetznerClient,
  server: number,
  after: number,
): Promise<Action | undefined> {
  const actions = await newestActions(client, server);
  return actions.find(({ id, command }) => id > after && command === "rebuild_server");
}

async function newestActions(client: HetznerClient, server: number): Promise<Action[]> {
  const path = `/servers/${server}/actions?sort=id:desc&per_page=50`;
  return (await client.get(path, actionsReply)).actions;
}

/**
 * Puts a fresh system on a server's disk, and waits until Hetzner has finished that. All data on the disk is lost. A rebuild
 * that an earlier run has requested isn't requested again, and neither is one whose answer was lost.
 *
 * @throws HetznerError
 */
export async function rebuild(
  client: HetznerClient,
  server: number,
  { image, userData, after }: Rebuild,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const begun = await rebuildAfter(client, server, after);
    try {
      if (begun === undefined || begun.status === "error") {
        await client.act(`/servers/${server}/actions/rebuild`, { image, user_data: userData }, limit);
      } else {
        await client.waitFor(begun, limit);
      }
      return;
    } catch (error) {
      if (!(error instanceof HetznerError) || !isPassing(error) || tries >= mostTries) {
        throw error;
      }
    }
  }
}

const serverReply = z.looseObject({
  server: z.looseObject({ protection: z.looseObject({ rebuild: z.boolean() }) }),
});

/** Whether Hetzner refuses to rebuild a server, and to delete it: the two are set together. @throws HetznerError */
export async function isRebuildProtected(client: HetznerClient, server: number): Promise<boolean> {
  return (await client.get(`/servers/${server}`, serverReply)).server.protection.rebuild;
}

/** @throws HetznerError */
export async function setRebuildProtection(
  client: HetznerClient,
  server: number,
  wanted: boolean,
): Promise<void> {
  // Setting it twice does no harm, so it is repeated if an answer was lost.
  const path = `/servers/${server}/actions/change_protection`;
  const body = { delete: wanted, rebuild: wanted };
  const reply = await client.post(path, body, z.looseObject({ action }), true);
  await client.waitFor(reply.action, limit);
}
