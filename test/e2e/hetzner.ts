import { join } from "node:path";
import { HetznerControl } from "../../sandbox/hetzner/control.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

/** Hetzner's control API, through which tests see and steer the emulator. */
export const hetzner = new HetznerControl(join(foldersOfThisRun().dir, "hetzner.sock"));

/** A stack's server, and not one that a failover has fenced, which has another name. */
export async function serverNamed(name: string) {
  const found = (await hetzner.servers()).find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`there is no server ${name}`);
  }
  return found;
}

/** The only server. */
export async function onlyServer() {
  const [server, ...others] = await hetzner.servers();
  if (server === undefined || others.length > 0) {
    throw new Error(`expected one server, found ${others.length + (server ? 1 : 0)}`);
  }
  return server;
}
