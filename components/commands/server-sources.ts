import { readFileSync } from "node:fs";

/** The text of a file that is installed on the server at this path: server/rootfs/ has it at the same one. */
export function rootfsFile(path: string): string {
  return read(`rootfs${path}`);
}

/** The text of a script that is sent to the server and run there, but not installed. */
export function bootstrapScript(name: string): string {
  return read(`bootstrap/${name}.sh`);
}

function read(path: string): string {
  return readFileSync(new URL(`../../server/${path}`, import.meta.url), "utf8");
}
