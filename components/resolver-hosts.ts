import { rootfsFile } from "./commands/server-sources.ts";

/** The exchange's domains: those that the resolver's own file names, with all that is below them. */
const exchange = [...rootfsFile("/etc/trading-bot/resolver.conf").matchAll(/^server=\/(.+)\/#$/gm)].map(
  ([, domain = ""]) => domain,
);

/** Which names are known to which of the firewall's sets. */
export interface ReachableHosts {
  /** Host names that the bot may reach, besides the exchange. */
  bot: string[];
  /** Where the guard tells what it has found: an https address. */
  webhook: string | undefined;
}

/** The resolver's list of further names, in dnsmasq's words: who is asked for them, and which set their addresses go to. */
export function resolverHosts({ bot, webhook }: ReachableHosts): string {
  const sets = new Map<string, string[]>();
  const add = (host: string, set: string) => {
    sets.set(host, [...(sets.get(host) ?? []), `4#inet#trading_bot#${set}`]);
  };
  // The longest name counts in dnsmasq: one of the exchange's would leave the exchange's set.
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
