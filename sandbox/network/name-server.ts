import type { CommandLine } from "../command.ts";
import { nameServer } from "./sites.ts";

/** dnsmasq with these names only. Any other name doesn't exist. */
export function nameServerCommand(records: ReadonlyMap<string, string>): CommandLine {
  return [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--log-facility=-",
    "--user=root",
    "--pid-file",
    "--no-resolv",
    "--no-hosts",
    "--local=/#/",
    "--bind-interfaces",
    `--listen-address=${nameServer}`,
    ...[...records].map(([name, address]) => `--host-record=${name},${address}`),
  ];
}
