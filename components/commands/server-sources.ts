import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const server = join(import.meta.dirname, "../../server");

/** The text of a file that is installed on the server at this path: server/rootfs/ has it at the same one. */
export function rootfsFile(path: string): string {
  return readFileSync(join(server, "rootfs", path), "utf8");
}

/** The texts of all files with this ending in a folder of the server, by their paths in that folder. */
export function rootfsFiles(folder: string, ending: string): Record<string, string> {
  const paths = readdirSync(join(server, "rootfs", folder), { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    paths
      .filter((path) => path.endsWith(ending))
      .sort()
      .map((path) => [path, rootfsFile(join(folder, path))]),
  );
}

/** The text of a script that is sent to the server and run there, but not installed. */
export function bootstrapScript(file: string): string {
  return readFileSync(join(server, "bootstrap", file), "utf8");
}
