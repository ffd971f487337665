import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ArchiveFile } from "../../debian/archive-file.ts";
import { NoSuchFile, PackageCache } from "../../debian/package-cache.ts";

const index: ArchiveFile = { archive: "debian", path: "dists/trixie/InRelease", isImmutable: false };
const dnsmasq: ArchiveFile = { archive: "debian", path: "pool/main/d/dnsmasq.deb", isImmutable: true };

// No index is current. Zero wouldn't do: a file that was written just now can be newer than Date.now(), which has no
// fractions of a millisecond.
const expired = -Infinity;

let folder: string;
let downloads: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-cache-"));
  await mkdir(join(folder, "incoming"));
  downloads = [];
});

afterEach(() => rm(folder, { recursive: true }));

test("a package that is requested several times at once is downloaded once", async () => {
  const cache = cacheWith(expired, succeed);
  const files = await Promise.all([cache.file(dnsmasq), cache.file(dnsmasq)]);
  expect(await cache.file(dnsmasq)).toBe(files[0]);
  expect(await readFile(files[0], "utf8")).toBe("download 1");
  expect(files[1]).toBe(files[0]);
  expect(downloads).toEqual([dnsmasq.path]);
});

test("another run finds what this one has downloaded", async () => {
  await cacheWith(expired, succeed).file(dnsmasq);
  await cacheWith(expired, fail).file(dnsmasq);
  expect(downloads).toHaveLength(1);
});

test("an index is downloaded again when it is no longer current", async () => {
  const fresh = cacheWith(Infinity, succeed);
  await fresh.file(index);
  await fresh.file(index);
  expect(downloads).toHaveLength(1);
  expect(await readFile(await cacheWith(expired, succeed).file(index), "utf8")).toBe("download 2");
});

test("an old index is used if the new one can't be downloaded, but not if the mirror no longer has it", async () => {
  await cacheWith(expired, succeed).file(index);
  expect(await readFile(await cacheWith(expired, fail).file(index), "utf8")).toBe("download 1");
  await expect(cacheWith(expired, miss).file(index)).rejects.toThrow(NoSuchFile);
});

test("a failed download leaves nothing behind, and the next one may succeed", async () => {
  await expect(cacheWith(expired, fail).file(dnsmasq)).rejects.toThrow("broken");
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  expect(await readFile(await cacheWith(expired, succeed).file(dnsmasq), "utf8")).toBe("download 2");
});

function cacheWith(freshFor: number, download: (target: string) => Promise<void>): PackageCache<ArchiveFile> {
  return new PackageCache({
    folder: join(folder, "kept"),
    incoming: join(folder, "incoming"),
    freshFor,
    download: (file, target) => {
      downloads.push(file.path);
      return download(target);
    },
  });
}

function succeed(target: string): Promise<void> {
  return writeFile(target, `download ${downloads.length}`);
}

async function fail(target: string): Promise<void> {
  await writeFile(target, "downl");
  throw new Error("broken");
}

function miss(): Promise<void> {
  return Promise.reject(new NoSuchFile("404"));
}
