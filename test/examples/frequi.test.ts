import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";

const folder = mkdtempSync(join(tmpdir(), "frequi-"));
const script = join(import.meta.dirname, "../../examples/frequi/make_wheel.py");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Makes a zip file with these files. */
function zip(name: string, files: Record<string, string>): string {
  const path = join(folder, name);
  const program =
    "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); [z.writestr(*file) for file in json.loads(sys.argv[2]).items()]; z.close()";
  execFileSync("python3", ["-c", program, path, JSON.stringify(files)]);
  return path;
}

function make(archive: string, version: string): { code: number | null; stderr: string } {
  const { status, stderr } = spawnSync("python3", [script, archive, version, folder], { encoding: "utf8" });
  return { code: status, stderr };
}

test("FreqUI becomes a package with its files where freqtrade looks for them, and the digest of each", () => {
  const archive = zip("ui.zip", { "index.html": "<html>", "assets/app.js": "1" });
  expect(make(archive, "2.1.0")).toEqual({ code: 0, stderr: "" });
  const wheel = join(folder, "frequi-2.1.0-py3-none-any.whl");
  const first = readFileSync(wheel);
  execFileSync("python3", ["-m", "zipfile", "-e", wheel, join(folder, "unpacked")]);
  const unpacked = (name: string) => readFileSync(join(folder, "unpacked", name));
  const lines = unpacked("frequi-2.1.0.dist-info/RECORD").toString().trim().split("\n");
  const names = lines.map((line) => line.split(",")[0]);
  const place = "freqtrade/rpc/api_server/ui/installed";
  expect(names).toEqual([
    ...[".uiversion", "assets/app.js", "index.html"].map((name) => `${place}/${name}`),
    ...["METADATA", "WHEEL", "RECORD"].map((name) => `frequi-2.1.0.dist-info/${name}`),
  ]);
  for (const line of lines.slice(0, -1)) {
    const [name = "", digest] = line.split(",");
    expect(digest).toBe(`sha256=${createHash("sha256").update(unpacked(name)).digest("base64url")}`);
  }
  make(archive, "2.1.0");
  expect(readFileSync(wheel).equals(first)).toBe(true);
});

test.each<[string, Record<string, string>, string, string]>([
  ["a file that isn't FreqUI", { "other.html": "" }, "2.1.0", "has no index.html"],
  ["a path outside of the folder", { "index.html": "", "../x": "" }, "2.1.0", "outside of its folder"],
  ["a version that isn't one", { "index.html": "" }, "../2", "must be numbers with dots"],
])("%s is refused", (name, files, version, reason) => {
  expect(make(zip(`${name}.zip`, files), version)).toEqual({
    code: 1,
    stderr: expect.stringContaining(reason),
  });
});

test.each(["missing.zip", "text.zip"])("%s, which isn't a zip file, is refused with the reason", (name) => {
  writeFileSync(join(folder, "text.zip"), "text");
  const { code, stderr } = make(join(folder, name), "2.1.0");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^\S+ can't be read as a zip file: .*\n$/)]);
});
