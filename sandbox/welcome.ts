import type { CommandLine } from "./command.ts";
import { sites } from "./network/sites.ts";
import type { Places } from "./places.ts";
import type { Service } from "./services.ts";

/** The operator's interactive shell, without anybody's own start-up files. */
export const shell: CommandLine = ["bash", "--noprofile", "--norc", "-i"];

/** What a person is told who has just arrived. */
export function welcome(places: Places, services: readonly Service[]): string {
  const names = services.map(({ host, address }) => `  ${host.padEnd(20)} ${address}`);
  return `
You are the operator, ${sites.operator[0]}, on a private internet: no packet leaves it, and it is gone when this
shell ends. This folder is a copy of the project, and HCLOUD_TOKEN is good for as long as you are here.

${names.join("\n")}
  your servers         addresses of 203.0.113.0/24

  pulumi stack init prod --copy-config-from dev   a stack; its state lies in ${places.state}
  pulumi up                                       a server, from the unmodified program
  curl -H "Authorization: Bearer $HCLOUD_TOKEN" https://api.hetzner.cloud/v1/servers
  binance-person --help                           what you do on Binance's website: keys, whitelists, …
  ssh ADDRESS                                     a server's shell, with a key that you gave it
  tail -f ${places.logs}/*                      what the services say

`;
}
