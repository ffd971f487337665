import type { HetznerClient } from "./client.ts";
import { primaryIp, server } from "./replies.ts";

/**
 * What Hetzner has under the name that a stack's server and address get, for the middle of a sentence. Empty if the name
 * is free.
 *
 * @throws HetznerError
 */
export async function takenNames(client: HetznerClient, name: string): Promise<string[]> {
  const [servers, addresses] = await Promise.all([
    client.list("servers", server, { name }),
    client.list("primary_ips", primaryIp, { name }),
  ]);
  return [
    ...servers.map(() => `the server ${name}`),
    ...addresses.map(({ ip }) => `the address ${ip} with the name ${name}`),
  ];
}
