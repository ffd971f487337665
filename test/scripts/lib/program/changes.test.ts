import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { packProgram } from "../../../../scripts/lib/program/archive.ts";
import { contentsIn, packChanges, packWhole, smallest } from "../../../../scripts/lib/program/changes.ts";

const library = join(
  import.meta.dirname,
  "../../../../server/rootfs/usr/local/lib/trading-bot-server/library",
);
const workspace = mkdtempSync(join(tmpdir(), "changes-"));
const program = join(workspace, "program");
const tar = join(workspace, "program.tar");
const upload = join(workspace, "upload.gz");
const root = join(workspace, "server");
const large = { wheel: randomBytes(3 * smallest), aligned: randomBytes(512 * 64) };

function write(folder: string, name: string, content: Buffer | string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), content);
}

beforeAll(async () => {
  write(program, "bot.py", "print('trades')\n");
  write(program, "wheels/ä-1.0.whl", large.wheel);
  write(program, `${"long".repeat(40)}/aligned`, large.aligned);
  write(program, "small", randomBytes(smallest - 1));
  write(program, "empty", "");
  symlinkSync("wheels/ä-1.0.whl", join(program, "link"));
  await packProgram(program, tar);
  // As the server has it: the release is there, and current.
  mkdirSync(join(root, "opt/trading-bot/releases"), { recursive: true });
  cpSync(program, join(root, "opt/trading-bot/releases/0123456789ab"), { recursive: true });
  symlinkSync("releases/0123456789ab", join(root, "opt/trading-bot/current"));
});

afterAll(() => {
  rmSync(workspace, { recursive: true });
});

/** What the server's own tool makes of an upload. */
function completed(): Buffer {
  const script = `import sys; sys.path.insert(0, ${JSON.stringify(library)})
from root_tools import changed_upload
changed_upload.complete(sys.stdin.buffer, sys.stdout.buffer.write)`;
  return execFileSync("python3", ["-B", "-c", script], {
    input: readFileSync(upload),
    env: { ...process.env, TRADING_BOT_ROOT: root },
    maxBuffer: 2 ** 26,
  });
}

test("the server completes an upload of changes to exactly the whole tar", async () => {
  const contents = await contentsIn(tar);
  expect(contents.map(({ size }) => size).sort()).toEqual([32768, 49152]);
  for (const reused of [contents, contents.slice(0, 1), contents.slice(1), []]) {
    await packChanges(tar, reused, upload);
    expect(completed().equals(readFileSync(tar))).toBe(true);
  }
});

test("an upload of changes doesn't contain what the server has", async () => {
  await packChanges(tar, await contentsIn(tar), upload);
  const parts = gunzipSync(readFileSync(upload));
  expect(Object.values(large).map((content) => parts.includes(content))).toEqual([false, false]);
  expect(parts.includes("print('trades')")).toBe(true);
});

test("a whole upload is the tar", async () => {
  await packWhole(tar, upload);
  expect(gunzipSync(readFileSync(upload)).equals(readFileSync(tar))).toBe(true);
});

test("the smallest file of an upload is the smallest that the server lists", () => {
  const tool = readFileSync(join(library, "root_tools/changed_upload.py"), "utf8");
  expect(tool).toContain(`SMALLEST = ${smallest >> 10} << 10\n`);
});
