import { run } from "../command.ts";
import { plugIn, withoutIpv6 } from "./link.ts";
import { internet, sites } from "./sites.ts";

/**
 * Turns the namespace of this process, which has no link to the host's network, into a router, and connects the sites
 * to it.
 */
export async function buildInternet(servicesAt: readonly string[]): Promise<void> {
  await run(["ip", "netns", "attach", internet, "1"]);
  await withoutIpv6(internet);
  await run(["sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1"]);
  await run(["ip", "link", "set", "lo", "up"]);
  await Promise.all(
    Object.entries({ ...sites, services: [...sites.services, ...servicesAt] }).map(
      async ([site, addresses]) => {
        await plugIn({ namespace: site, addresses });
        await withoutIpv6(site);
      },
    ),
  );
}
