import { binanceHost, demoHosts, futuresHost } from "../../binance/request.ts";
import type { Permissions } from "../../checklist/key-rules.ts";
import { type BotSettings, usesDemoKey } from "../settings/bot/settings.ts";
import { assignAddresses } from "./addresses.ts";
import { haproxyConfig } from "./haproxy.ts";

/** The proxy's addresses for the guard. They are loopback addresses, because the guard shares the server's network. */
const network = "127.19";

/** What the guard resolves its hosts with, and what its proxy is configured with. */
export interface GuardNetwork {
  /** The guard's /etc/hosts. */
  hosts: string;
  /** The settings of HAProxy. */
  proxy: string;
}

/** The https addresses that the guard reaches, besides the exchange's spot market. */
export function guardAddresses({
  webhook,
  heartbeat,
  permissions,
  bot,
}: {
  webhook?: string | undefined;
  heartbeat?: string | undefined;
  permissions: Permissions;
  bot?: BotSettings | undefined;
}): string[] {
  const futures = permissions === "futures" ? `https://${futuresHost}` : undefined;
  const demo = usesDemoKey(bot) ? `https://${demoHosts[permissions]}` : undefined;
  return [webhook, heartbeat, futures, demo].filter((address) => address !== undefined);
}

/**
 * The guard's own way out.
 *
 * @param addresses the https addresses that the guard reaches besides
 */
export function guardNetwork(addresses: readonly string[]): GuardNetwork {
  const names = [...new Set([binanceHost, ...addresses.map((address) => new URL(address).hostname)])];
  const assigned = [...assignAddresses(names, network)];
  return {
    hosts: ["127.0.0.1 localhost", ...assigned.map(([name, address]) => `${address} ${name}`), ""].join("\n"),
    proxy: haproxyConfig({
      hosts: assigned.map(([name, address]) => ({ host: { name, ports: [443], wildcard: false }, address })),
      limit: { total: 100, perHost: 50 },
      rate: 20,
      sourcePorts: "20000-20999",
    }),
  };
}
