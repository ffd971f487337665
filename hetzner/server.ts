import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { type Server, server } from "./replies.ts";

const reply = z.looseObject({ server });

/**
 * A server as Hetzner has it now.
 *
 * @throws HetznerError
 */
export async function readServer(client: HetznerClient, id: number): Promise<Server> {
  return (await client.get(`/servers/${id}`, reply)).server;
}
