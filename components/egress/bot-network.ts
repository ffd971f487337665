import { type AllowedHost, hostText } from "../../checklist/hosts/allowed-host.ts";
import { assignAddresses } from "./addresses.ts";
import { exchangeHosts, exchangePorts, streamHosts } from "./exchange-hosts.ts";
import { haproxyConfig } from "./haproxy.ts";

/** The proxy's addresses for the bot: server/rootfs/etc/systemd/system/bot-network.service. */
const network = "198.19";

/** What the bot's name service and its proxy are configured with. */
export interface BotNetwork {
  /** The settings of dnsmasq. */
  names: string;
  /** The settings of HAProxy. */
  proxy: string;
}

/** The bot's own view of the internet: the exchange's hosts and those of the setting bot.hosts. */
export function botNetwork(listed: readonly AllowedHost[]): BotNetwork {
  const hosts = allowedHosts(listed);
  const addresses = addressesOf(hosts);
  const reachable = hosts.flatMap((host) => {
    const address = addresses.get(addressName(host));
    return address === undefined ? [] : [{ host, address }];
  });
  return {
    names: [
      "# Written by `pulumi up`, from the setting bot.hosts. Every other name doesn't exist.",
      "listen-address=127.0.0.1",
      "bind-interfaces",
      "no-hosts",
      "no-resolv",
      "local=/#/",
      "pid-file",
      "log-facility=-",
      // All answers are in these settings.
      "cache-size=0",
      ...new Set(reachable.map(({ host, address }) => nameRecord(host, address))),
      "",
    ].join("\n"),
    proxy: haproxyConfig({ hosts: reachable, limit: { total: 1000, perHost: 400 }, rate: 100 }),
  };
}

/** The proxy's addresses of Binance's streams, for the bot. */
export function streamAddresses(listed: readonly AllowedHost[]): string[] {
  const addresses = addressesOf(allowedHosts(listed));
  return streamHosts.flatMap((name) => addresses.get(name) ?? []);
}

/** The ports that the firewall opens for them, besides those of the exchange. */
export function otherPorts(listed: readonly AllowedHost[]): number[] {
  const ports = new Set(listed.flatMap((host) => host.ports));
  return [...ports].filter((port) => !exchangePorts.includes(port)).sort((a, b) => a - b);
}

function allowedHosts(listed: readonly AllowedHost[]): AllowedHost[] {
  const exchange = exchangeHosts.map((name) => ({ name, ports: exchangePorts, wildcard: false }));
  const known = new Set(exchange.flatMap((host) => host.ports.map((port) => `${host.name}:${port}`)));
  const others = new Map<string, AllowedHost>();
  for (const host of listed) {
    const ports = host.ports.filter((port) => host.wildcard || !known.has(`${host.name}:${port}`));
    if (ports.length > 0) {
      others.set(hostText({ ...host, ports }), { ...host, ports });
    }
  }
  return [...exchange, ...others.values()];
}

/** All ports of a name have the same address. */
function addressesOf(hosts: readonly AllowedHost[]): ReadonlyMap<string, string> {
  return assignAddresses(hosts.map(addressName), network);
}

function addressName({ name, wildcard }: AllowedHost): string {
  return wildcard ? `*.${name}` : name;
}

function nameRecord({ name, wildcard }: AllowedHost, address: string): string {
  // `address` includes all names below, and an exact record takes precedence.
  return wildcard ? `address=/*.${name}/${address}` : `host-record=${name},${address},0`;
}
