import { readFile } from "node:fs/promises";

/** The process id of the init of a systemd-nspawn, as the sandbox sees it; undefined as long as there is none. */
export async function leaderOf(nspawn: number | undefined): Promise<number | undefined> {
  if (nspawn === undefined) {
    return undefined;
  }
  const children = await readFile(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").catch(() => "");
  for (const child of children
    .split(" ")
    .filter((word) => word !== "")
    .map(Number)) {
    const status = await readFile(`/proc/${child}/status`, "utf8").catch(() => "");
    const [outer, ...inner] = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split(/\s+/).map(Number) ?? [];
    // Some of its children set the machine up. The one that has the number 1 inside is the init.
    if (outer === child && inner.at(-1) === 1) {
      return child;
    }
  }
  return undefined;
}
