import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Header, type HeaderData } from "tar";

const tool = join(
  import.meta.dirname,
  "../../server/rootfs/usr/local/lib/trading-bot-server/prepare-program",
);

let folder = "";
const target = () => join(folder, "inner/release");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prepare-program-"));
  mkdirSync(target(), { recursive: true });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** An archive of empty files, links and the like, with whatever names. */
function unpack(...entries: HeaderData[]) {
  const blocks = entries.map((entry) => {
    const header = new Header({ mode: 0o644, size: 0, type: "File", mtime: new Date(0), ...entry });
    header.encode();
    return header.block ?? Buffer.alloc(0);
  });
  const archive = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  writeFileSync(join(folder, "archive"), gzipSync(archive));
  const id = createHash("sha256").update(archive).digest("hex").slice(0, 12);
  return spawnSync(tool, ["unpack", join(folder, "archive"), id, target()], { encoding: "utf8" });
}

test("links inside of the program are its own", () => {
  const link: HeaderData = { path: "bin/start", type: "SymbolicLink", linkpath: "../run" };
  expect(unpack({ path: "./run" }, link)).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(join(target(), "bin/start"), "utf8")).toBe("");
});

test.each<[string, HeaderData[]]>([
  ["an absolute name", [{ path: "/evil" }]],
  ["a name that climbs", [{ path: "../evil" }]],
  ["a name that climbs in the middle", [{ path: "a/../../evil" }]],
  ["an absolute link", [{ path: "link", type: "SymbolicLink", linkpath: "/etc" }]],
  ["a link that climbs", [{ path: "link", type: "SymbolicLink", linkpath: "../.." }]],
  [
    "a file behind a link",
    [{ path: "link", type: "SymbolicLink", linkpath: "../.." }, { path: "link/evil" }],
  ],
  ["a second name of a file elsewhere", [{ path: "link", type: "Link", linkpath: "/etc/hostname" }]],
  ["a pipe", [{ path: "pipe", type: "FIFO" }]],
])("an archive with %s is refused, and nothing gets out of the folder", (_, entries) => {
  const { status, stderr } = unpack(...entries);
  expect(status).not.toBe(0);
  expect(stderr).not.toBe("");
  expect(existsSync("/evil") || existsSync(join(folder, "evil"))).toBe(false);
  expect(existsSync(join(folder, "inner/evil"))).toBe(false);
});

test("a program without requirements needs no preparation", () => {
  expect(spawnSync(tool, ["prepare", target()])).toMatchObject({ status: 0 });
  expect(existsSync(join(target(), ".venv"))).toBe(false);
});
