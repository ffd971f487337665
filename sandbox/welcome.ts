import type { CommandLine } from "./command.ts";
import { sites } from "./network/sites.ts";
import type { RunFolders } from "./run-folders.ts";
import type { Service } from "./services.ts";

/** The operator's interactive shell, without anybody's own start-up files. */
export const shell: CommandLine = [
  "env",
  String.raw`PS1=operator:\w\$ `,
  "bash",
  "--noprofile",
  "--norc",
  "-i",
];

/** What the interactive shell shows first. */
export function welcome(folders: RunFolders, services: readonly Service[], hints: string): string {
  const names = services
    .flatMap(({ hosts }) => hosts)
    .map(({ name, address }) => `  ${name.padEnd(21)} ${address}`);
  return `
You are the operator, ${sites.operator[0]}, on a private internet: nothing leaves it except downloads of Debian's packages,
and everything is removed when this shell ends. This folder is a copy of the project. HCLOUD_TOKEN is valid in this run.

${names.join("\n")}
  your servers          203.0.113.0/24, real Debian 13

Commands of the sandbox:
  binance-person --help     what the account's owner does on Binance's website
  binance-person create bot --permit reading,trading
                            a key for a bot of yours: it trades at api.binance.com here, with nothing changed
  webhook-messages          what arrived at https://hooks.example.net
  curl -H "Authorization: Bearer $HCLOUD_TOKEN" https://api.hetzner.cloud/v1/servers
  tail ${folders.logs}/* ${folders.machines}/*/console.log
${hints === "" ? "" : `\n${hints.trimEnd()}\n`}
`;
}
