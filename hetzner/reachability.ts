import type { HetznerClient } from "./client.ts";
import { HetznerError } from "./failure.ts";
import { readServer } from "./server.ts";

const console = "Hetzner's Console (https://console.hetzner.cloud)";
const again = "Then run `pulumi up` again.";

/** Says what to do about a server that doesn't answer SSH, by what Hetzner knows of it. It changes nothing there. */
export async function adviceForUnreachable(client: HetznerClient, id: number): Promise<string> {
  try {
    const { status } = await readServer(client, id);
    return adviceFor(status);
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    return error.code === "not_found"
      ? "The server doesn't exist at Hetzner any more: it was deleted there. `pulumi up --refresh` orders a new one at the same address, without the bot's state."
      : `The server can't be reached, and Hetzner's API didn't say whether it is on: ${error.message} Look at it in ${console}. ${again}`;
  }
}

/** @param status as Hetzner's API has it */
export function adviceFor(status: string): string {
  switch (status) {
    case "off":
      return `The server is off. To switch it on: ${console}, the server, Power on. Wait a minute. ${again} If you have powered it off after a break-in, docs/after-a-compromise.md says what to do first.`;
    case "running":
      return `Hetzner reports that the server is on, but this computer can't reach its SSH port. Compare your own address (\`curl -4s ifconfig.me\`) with the setting (\`pulumi config get adminCidrs\`). To set it to your address: pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32". If it is right, the server is still booting, overloaded or stuck: wait a minute, or restart it in ${console}. ${again}`;
    default:
      return `Hetzner reports the server as ${status}. Wait until it runs: ${console} shows it. ${again}`;
  }
}
