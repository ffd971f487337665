import { readFile } from "node:fs/promises";

/** The process id of the init that a systemd-nspawn holds, as the sandbox sees it; undefined while there is none. */
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
    // Its children set the machine up; the one that is number 1 in there is the init.
    if (outer === child && inner.at(-1) === 1) {
      return child;
    }
  }
  return undefined;
}
