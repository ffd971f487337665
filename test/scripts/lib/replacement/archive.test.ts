import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readArchive, sha256Of } from "../../../../scripts/lib/replacement/archive.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "archive-"));
  file = join(folder, "state.tar.gz");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Packs a manifest and a file, as the server's tool does. */
function pack(manifest: string): void {
  writeFileSync(join(folder, "manifest.json"), manifest);
  writeFileSync(join(folder, "diary"), "x".repeat(100_000));
  execFileSync("tar", [
    "-cz",
    "--format=posix",
    "--sparse",
    "-f",
    file,
    "-C",
    folder,
    "manifest.json",
    "diary",
  ]);
}

test("a complete archive says when it was saved", async () => {
  pack('{"format": 1, "saved": "2026-11-26T18:00:00+00:00"}');
  expect(await readArchive(file)).toMatchObject({ saved: "2026-11-26T18:00:00+00:00" });
});

test("the checksum is that of the whole file", async () => {
  pack("{}");
  expect(await sha256Of(file)).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
});

test.each([1, 20, 100])("an archive whose last %d bytes are missing is refused", async (missing) => {
  pack('{"format": 1, "saved": "2026-11-26T18:00:00+00:00"}');
  writeFileSync(file, readFileSync(file).subarray(0, -missing));
  await expect(readArchive(file)).rejects.toThrow("isn't a complete archive");
});

test.each(["nonsense", "{}", '{"format": 2, "saved": "2026-11-26T18:00:00+00:00"}'])(
  "an archive with the manifest %s is refused",
  async (manifest) => {
    pack(manifest);
    await expect(readArchive(file)).rejects.toThrow("isn't a state that this version can restore");
  },
);
