import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { macAddress } from "../../hetzner/mac-address.ts";
import { within } from "../../network/at.ts";
import { gateway, internet, nameServer } from "../../network/sites.ts";
import type { RunFolders } from "../../run-folders.ts";
import type { MachineFolders } from "../machine-folders.ts";

/** At Hetzner it is a day. This is the shortest that dnsmasq gives, so that tests see renewals: after half of it. */
const lease = "2m";

/**
 * Starts a DHCP server at the router's end of a machine's link. It gives the machine its address, alone in its network, as
 * at Hetzner.
 *
 * @returns ends it
 */
export async function startDhcp(
  folders: RunFolders,
  { id, link, folder }: MachineFolders,
  ipv4: string,
): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const log = await open(join(folders.logs, `dhcp-${link}.log`), "a");
  const [program, ...rest] = within(internet, [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--log-facility=-",
    "--log-dhcp",
    "--user=root",
    "--pid-file",
    // Only DHCP.
    "--port=0",
    "--bind-interfaces",
    "--except-interface=lo",
    `--interface=${link}`,
    "--dhcp-authoritative",
    `--dhcp-leasefile=${join(folder, "leases")}`,
    `--shared-network=${link},${ipv4}`,
    `--dhcp-range=${ipv4},static,255.255.255.255,${lease}`,
    `--dhcp-host=${macAddress(id)},${ipv4},${lease}`,
    `--dhcp-option=option:netmask,255.255.255.255`,
    `--dhcp-option=option:router,${gateway}`,
    `--dhcp-option=option:classless-static-route,${gateway}/32,0.0.0.0,0.0.0.0/0,${gateway}`,
    `--dhcp-option=option:dns-server,${nameServer}`,
  ]);
  const server = spawn(program, rest, { detached: true, stdio: ["ignore", log.fd, log.fd] });
  await once(server, "spawn");
  await log.close();
  const ended = once(server, "exit");
  return async () => {
    server.kill();
    await ended;
  };
}
