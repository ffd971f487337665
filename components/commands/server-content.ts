import { readFileSync } from "node:fs";

/** The text of a file that is installed on the server. Below server/rootfs/ it has the same path as there. */
export function contentOf(path: string): string {
  return read(`rootfs${path}`);
}

/** The text of a script that is sent to the server and run, but not installed there. */
export function bootstrapScript(name: string): string {
  return read(`bootstrap/${name}.sh`);
}

function read(path: string): string {
  return readFileSync(new URL(`../../server/${path}`, import.meta.url), "utf8");
}
