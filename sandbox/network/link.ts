import { run } from "../command.ts";
import { within } from "./at.ts";
import { gateway, internet } from "./sites.ts";

/** A network link from a namespace to the router. */
export interface Link {
  /** The name of the namespace and of the router's end of the link: at most 15 characters, the kernel's limit. */
  namespace: string;
  /** The addresses of the namespace, each routed alone, as at Hetzner. Without any, there is no link. */
  addresses: readonly string[];
}

/** Makes the namespace and its link. */
export async function plugIn({ namespace, addresses }: Link): Promise<void> {
  await run(["ip", "netns", "add", namespace]);
  await inside(namespace, ["link set lo up"]);
  if (addresses.length === 0) {
    return;
  }
  await inside(internet, [
    `link add ${namespace} type veth peer name eth0 netns ${namespace}`,
    `address add ${gateway}/32 dev ${namespace}`,
    `link set ${namespace} up`,
    ...addresses.map((address) => `route add ${address}/32 dev ${namespace}`),
  ]);
  await inside(namespace, [
    ...addresses.map((address) => `address add ${address}/32 dev eth0`),
    "link set eth0 up",
    `route add default via ${gateway} dev eth0 onlink`,
  ]);
}

/** Removes the namespace and its link. */
export async function unplug({ namespace, addresses }: Link): Promise<void> {
  // The namespace exists a moment longer than its name, but the link's name must be free at once.
  if (addresses.length > 0) {
    await inside(internet, [`link delete ${namespace}`]);
  }
  await run(["ip", "netns", "delete", namespace]);
}

/** Switches IPv6 off. */
export async function withoutIpv6(namespace: string): Promise<void> {
  const keys = ["all", "default"].map((scope) => `net.ipv6.conf.${scope}.disable_ipv6=1`);
  // --ignore: a kernel without IPv6 doesn't have these keys.
  await run(within(namespace, ["sysctl", "--quiet", "--ignore", "--write", ...keys]));
}

function inside(namespace: string, commands: string[]): Promise<string> {
  return run(["ip", "-netns", namespace, "-batch", "-"], { stdin: `${commands.join("\n")}\n` });
}
