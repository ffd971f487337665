import { expect, test } from "@jest/globals";
import { archiveFileOf } from "../../debian/archive-file.ts";

test("what apt requests from a mirror is a file of the archive", () => {
  expect(archiveFileOf("GET", "/debian/dists/trixie/InRelease")).toEqual({
    archive: "debian",
    path: "dists/trixie/InRelease",
    isImmutable: false,
  });
  expect(
    archiveFileOf("HEAD", "/debian-security/dists/trixie-security/main/Contents-amd64.gz"),
  ).toMatchObject({ archive: "debian-security", isImmutable: false });
});

test("the run's own archive is one", () => {
  expect(archiveFileOf("GET", "/security-updates/dists/trixie-security/Release")).toMatchObject({
    archive: "security-updates",
  });
});

test("packages and indices named by their hash never change", () => {
  const hash = `/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/${"0a".repeat(32)}`;
  expect(archiveFileOf("GET", hash)).toMatchObject({ isImmutable: true });
  const encoded = "/debian/pool/main/g/g%2b%2b/libx%2b%2b_2.91-1%2bdeb13u1%7ebpo1_amd64.deb";
  expect(archiveFileOf("GET", encoded)).toEqual({
    archive: "debian",
    path: "pool/main/g/g++/libx++_2.91-1+deb13u1~bpo1_amd64.deb",
    isImmutable: true,
  });
});

test.each([
  ["another method", "POST", "/debian/dists/trixie/InRelease"],
  ["a tunnel", "CONNECT", "deb.debian.org:443"],
  ["another host", "GET", "http://example.com/debian/dists/trixie/InRelease"],
  ["another host with two slashes", "GET", "//example.com/debian/dists/trixie/InRelease"],
  ["another tree", "GET", "/debian-ports/dists/sid/InRelease"],
  ["a tree that only begins like one", "GET", "/debianx/dists/trixie/InRelease"],
  ["the tree itself", "GET", "/debian/"],
  ["a file outside of dists and pool", "GET", "/debian/ls-lR.gz"],
  ["a folder", "GET", "/debian/pool/"],
  ["a path that leads upwards", "GET", "/debian/pool/../../secret"],
  ["an encoded path that leads upwards", "GET", "/debian/pool/%2e%2e/%2e%2e/secret"],
  ["a path upwards with an encoded slash", "GET", "/debian/pool/..%2f..%2fsecret"],
  ["a query", "GET", "/debian/pool/main/a/a.deb?to=example.com"],
  ["a line break", "GET", "/debian/pool/main/a.deb%0d%0aHost:%20x"],
  ["a bad encoding", "GET", "/debian/pool/main/%zz"],
  ["an option instead of a name", "GET", "/debian/pool/--option"],
])("%s is refused", (_what, method, url) => {
  expect(archiveFileOf(method, url)).toBeUndefined();
});
