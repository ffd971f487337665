import { join } from "node:path";
import { HetznerControl } from "../../sandbox/hetzner/control.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

/** The doors behind the emulated API. */
export const hetzner = new HetznerControl(join(foldersOfThisRun().dir, "hetzner.sock"));

/** The one server that there is. */
export async function onlyServer() {
  const [server, ...others] = await hetzner.servers();
  if (server === undefined || others.length > 0) {
    throw new Error(`there are ${others.length + (server ? 1 : 0)} servers`);
  }
  return server;
}
