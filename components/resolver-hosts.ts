import { rootfsFile } from "./commands/server-sources.ts";

/** The exchange's domains, from the resolver's own file. Each includes all names below it. */
const exchange = [...rootfsFile("/etc/trading-bot/resolver.conf").matchAll(/^server=\/(.+)\/#$/gm)].map(
  ([, domain = ""]) => domain,
);

/** Which host names feed which nftables set. */
export interface ReachableHosts {
  /** Host names that the bot may reach, besides the exchange's. */
  bot: string[];
  /** The https address that the guard reports to. */
  webhook: string | undefined;
}

/** The dnsmasq settings for further names: that they are resolved, and which nftables set gets their addresses. */
export function resolverHosts({ bot, webhook }: ReachableHosts): string {
  const sets = new Map<string, string[]>();
  const add = (host: string, set: string) => {
    sets.set(host, [...(sets.get(host) ?? []), `4#inet#trading_bot#${set}`]);
  };
  // For dnsmasq the longest name counts: a name of the exchange, listed again, would leave the exchange's set.
  for (const host of bot) {
    if (!belongsToExchange(host)) {
      add(host, "bot_hosts");
    }
  }
  if (webhook !== undefined) {
    add(new URL(webhook).hostname, "webhook");
  }
  return [
    "# Written by `pulumi up`, from the settings bot.hosts and webhook.",
    ...[...sets].flatMap(([host, names]) => [`server=/${host}/#`, `nftset=/${host}/${names.join(",")}`]),
    "",
  ].join("\n");
}

function belongsToExchange(host: string): boolean {
  return exchange.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
