import { run } from "../command.ts";
import { within } from "./at.ts";
import { gateway, internet } from "./sites.ts";

/**
 * Makes a link from the router to a virtual machine, which sees it as a network card.
 *
 * @param link the name of the router's end: at most 15 characters, the kernel's limit
 */
export async function plugInTap(link: string, address: string): Promise<void> {
  await run(within(internet, ["ip", "tuntap", "add", "dev", link, "mode", "tap"]));
  await run(["ip", "-netns", internet, "-batch", "-"], {
    stdin: [
      `address add ${gateway}/32 dev ${link}`,
      `link set ${link} up`,
      `route add ${address}/32 dev ${link}`,
      "",
    ].join("\n"),
  });
}

export async function unplugTap(link: string): Promise<void> {
  await run(["ip", "-netns", internet, "link", "delete", link]);
}
