import type { BackupStorage } from "../../checklist/backup-storage.ts";
import { assignAddresses } from "./addresses.ts";
import { haproxyConfig } from "./haproxy.ts";

/** The proxy's address for backups. It is a loopback address, because restic shares the server's network. */
const network = "127.21";

/** What restic resolves its storage with, and what its proxy is configured with. */
export interface BackupNetwork {
  /** restic's /etc/hosts. */
  hosts: string;
  /** The settings of HAProxy. */
  proxy: string;
}

/** The way out of backups: to their storage, and to nothing else. */
export function backupNetwork({ host, port }: BackupStorage): BackupNetwork {
  const assigned = [...assignAddresses([host], network)];
  return {
    hosts: ["127.0.0.1 localhost", ...assigned.map(([name, address]) => `${address} ${name}`), ""].join("\n"),
    proxy: haproxyConfig({
      hosts: assigned.map(([name, address]) => ({ host: { name, ports: [port], wildcard: false }, address })),
      limit: { total: 50, perHost: 50 },
      rate: 20,
      sourcePorts: "21000-21999",
    }),
  };
}
