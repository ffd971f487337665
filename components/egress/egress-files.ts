import { type DeliveredFile, deliveredFile } from "../commands/delivered-file.ts";
import { programFolder, unitFolder } from "../commands/server-paths.ts";
import { botNetwork } from "./bot-network.ts";
import { guardNetwork } from "./guard-network.ts";
import type { ReachableHosts } from "./reachable-hosts.ts";

/** A check of HAProxy's settings. Its own name servers are known on the server only, so others stand in for them. */
export const proxyCheck =
  "printf 'resolvers server\\n  nameserver ns 127.0.0.1:53\\n' | haproxy -c -q -f \"$1\" -f /dev/stdin";
const reload = "systemctl daemon-reload";
/** Starts the bot's network if it isn't there yet. */
const loadNetworkSettings = "systemctl reload-or-restart bot-network";

/** The ways out of the bot and of the guard. The firewall must be there first. */
export function egress({ bot, guard }: ReachableHosts): DeliveredFile[] {
  return [...nameServers(), ...wayOfBot(bot), ...wayOfGuard(guard)];
}

function wayOfBot(hosts: ReachableHosts["bot"]): DeliveredFile[] {
  const { names, proxy } = botNetwork(hosts);
  // Debian's package starts another proxy, which nobody needs.
  const withoutDebians = "systemctl disable --quiet --now haproxy.service";
  return [
    deliveredFile("/etc/trading-bot/network-sysctl.conf", { activate: [reload, loadNetworkSettings] }),
    deliveredFile("/etc/trading-bot/network.nft", {
      check: 'nft --check --file "$1"',
      activate: [reload, loadNetworkSettings],
    }),
    // Not restarted: that would end the bot, and whether it may start again is for bot-control to decide. So a change
    // of the commands that make the network takes effect at the next boot.
    deliveredFile(`${unitFolder}/bot-network.service`, {
      activate: [reload, "systemctl enable --quiet bot-network", loadNetworkSettings],
    }),
    unit("trading-bot-names.service"),
    unit("trading-bot-proxy.service", [withoutDebians]),
    deliveredFile(`${programFolder}/reload-proxy`, { mode: "0755" }),
    // The bot keeps its connections, except those to hosts that are no longer listed.
    {
      path: "/etc/trading-bot/proxy.cfg",
      content: proxy,
      check: proxyCheck,
      activate: ["systemctl reload-or-restart trading-bot-proxy"],
    },
    {
      path: "/etc/trading-bot/names.conf",
      content: names,
      check: 'dnsmasq --test --conf-file="$1"',
      activate: ["systemctl restart trading-bot-names"],
    },
    deliveredFile("/etc/trading-bot/resolv.conf"),
  ];
}

function wayOfGuard(addresses: ReachableHosts["guard"]): DeliveredFile[] {
  const { hosts, proxy } = guardNetwork(addresses);
  const restart = "systemctl restart trading-bot-guard-proxy";
  return [
    unit("trading-bot-guard-proxy.service"),
    // It names the webhook's host. The bot's unit can't see this folder.
    {
      path: "/etc/trading-bot-guard/proxy.cfg",
      content: proxy,
      mode: "0600",
      check: proxyCheck,
      activate: [restart],
    },
    { path: "/etc/trading-bot-guard/hosts", content: hosts },
  ];
}

function nameServers(): DeliveredFile[] {
  return [
    deliveredFile(`${unitFolder}/trading-bot-name-servers.service`, { activate: [reload] }),
    deliveredFile(`${programFolder}/write-name-servers`, { mode: "0755" }),
    unit("trading-bot-name-servers.path"),
  ];
}

function unit(name: string, before: string[] = []): DeliveredFile {
  const enable = `systemctl enable --quiet ${name}`;
  return deliveredFile(`${unitFolder}/${name}`, {
    activate: [reload, ...before, enable, `systemctl restart ${name}`],
  });
}

/** Until 0.3.0, bot and guard shared a resolver that wrote into the firewall. */
export function retiredResolver(): DeliveredFile[] {
  const name = "trading-bot-resolver";
  const activate = [
    `systemctl stop ${name} || ! systemctl cat ${name}`,
    reload,
    `! id ${name} || userdel ${name}`,
    `! [ -d ${unitFolder}/${name}.service.d ] || rmdir ${unitFolder}/${name}.service.d`,
  ];
  return [
    `${unitFolder}/${name}.service`,
    `${unitFolder}/multi-user.target.wants/${name}.service`,
    `${unitFolder}/${name}.service.d/50-sandbox.conf`,
    `${programFolder}/start-resolver`,
    "/etc/trading-bot/resolver.conf",
    "/etc/trading-bot/resolver-hosts.conf",
  ].map((path) => ({ path, content: null, activate }));
}
