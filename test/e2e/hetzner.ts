import { join } from "node:path";
import { HetznerControl } from "../../sandbox/hetzner/control.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

/** Hetzner's control API, through which tests see and steer the emulator. */
export const hetzner = new HetznerControl(join(foldersOfThisRun().dir, "hetzner.sock"));

/** The only server. */
export async function onlyServer() {
  const [server, ...others] = await hetzner.servers();
  if (server === undefined || others.length > 0) {
    throw new Error(`expected one server, found ${others.length + (server ? 1 : 0)}`);
  }
  return server;
}
