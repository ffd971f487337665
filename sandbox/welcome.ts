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

/** What a person is told who has just arrived. */
export function welcome(folders: RunFolders, services: readonly Service[]): string {
  const [operator] = sites.operator;
  const names = services
    .flatMap(({ hosts }) => hosts)
    .map(({ name, address }) => `  ${name.padEnd(21)} ${address}`);
  return `
You are the operator, ${operator}, on a private internet: no packet leaves it, and it is all gone when this
shell ends. This folder is a copy of the project, and HCLOUD_TOKEN is good as long as you are here.

${names.join("\n")}
  your servers          203.0.113.0/24, real Debian 13

Try:
  pulumi stack init prod
  pulumi config set --secret hcloud:token "$HCLOUD_TOKEN"
  pulumi config set adminCidrs ${operator}/32
  pulumi up
  npm run ssh
  binance-person --help
  webhook-messages
  curl -H "Authorization: Bearer $HCLOUD_TOKEN" https://api.hetzner.cloud/v1/servers
  tail ${folders.logs}/* ${folders.machines}/*/console.log

`;
}
