import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { run } from "../../command.ts";
import { archiveIn, publishAgain, writeIndex } from "../../debian/security-updates.ts";

let folder: string;
let archive: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "security-updates-"));
  archive = archiveIn(folder);
  await writeIndex(archive);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const index = (file: string) => readFile(join(archive, "dists/trixie-security", file), "utf8");

test("a new archive is empty, and has the names of Debian's security archive", async () => {
  expect(await index("main/binary-amd64/Packages")).toBe("");
  const release = await index("Release");
  expect(release).toMatch(/^Origin: Debian\nLabel: Debian-Security\n/);
  expect(release).toContain("main/binary-arm64/Packages");
});

test("a package is published with the same files under a higher version", async () => {
  const tree = join(folder, "tree");
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await writeFile(
    join(tree, "DEBIAN/control"),
    "Package: example\nVersion: 1.0-1\nArchitecture: all\nMaintainer: nobody\nDescription: an example\n",
  );
  await writeFile(join(tree, "content"), "the same");
  await run(["dpkg-deb", "--build", tree, join(folder, "example.deb")]);
  const version = await publishAgain(archive, join(folder, "example.deb"));
  expect((await run(["dpkg", "--compare-versions", version, "gt", "1.0-1"])) + version).toBe(
    "1.0-1+security1",
  );
  expect(await readdir(join(archive, "pool"))).toEqual(["example.deb"]);
  const packages = await index("main/binary-amd64/Packages");
  expect(packages).toContain(`Version: ${version}`);
  expect(packages).toMatch(/^SHA256: [0-9a-f]{64}$/m);
  expect(await run(["dpkg-deb", "--fsys-tarfile", join(archive, "pool/example.deb")])).toContain("the same");
});
