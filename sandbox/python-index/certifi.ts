import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.ts";

/** Adds an authority to the bundle in a wheel of certifi, from which many Python programs take what they trust. */
export async function addAuthority(wheel: Buffer, certificate: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "certifi-"));
  const [original, changed] = [join(folder, "original.whl"), join(folder, "changed.whl")];
  try {
    await writeFile(original, wheel);
    await run([
      "python3",
      "-B",
      join(import.meta.dirname, "add_authority.py"),
      original,
      certificate,
      changed,
    ]);
    return await readFile(changed);
  } finally {
    await rm(folder, { recursive: true });
  }
}
