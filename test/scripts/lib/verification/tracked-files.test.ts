import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { judgeTrackedFiles } from "../../../../scripts/lib/verification/tracked-files.ts";
import { leaks } from "../../../arbitraries.ts";
import { keyPair } from "../../../support/fixtures.ts";

const secret = keyPair.apiSecret;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tracked-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: "pipe" });
}

/** A repository that tracks one file. */
function track(content: string | Buffer, name = "file"): void {
  git("init", "--quiet");
  writeFileSync(join(folder, name), content);
  git("add", name);
}

test("outside of a repository, nothing is tracked", async () => {
  expect(await judgeTrackedFiles(keyPair, folder)).toMatchObject({ verdict: "pass" });
});

test.each<[string, string | Buffer]>([
  ["as it is", `{"apiSecret":"${secret}"}`],
  ["in base64", Buffer.from(secret).toString("base64")],
  ["in hex", Buffer.from(secret).toString("hex")],
  ["in a binary file", Buffer.concat([Buffer.from([0, 1, 255]), Buffer.from(secret)])],
])("a secret is found %s, from a folder below, and not shown", async (_, content) => {
  track(content);
  mkdirSync(join(folder, "below"));
  const judged = await judgeTrackedFiles(keyPair, join(folder, "below"));
  expect(judged).toMatchObject({ verdict: "fail", detail: "It is in file." });
  expect(leaks(JSON.stringify(judged), secret)).toBe(false);
});

test("a private key is found by its lines, also inside JSON", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const apiSecret = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  track(JSON.stringify({ apiSecret }));
  expect(await judgeTrackedFiles({ ...keyPair, apiSecret }, folder)).toMatchObject({ verdict: "fail" });
});

test("what was staged counts, even if the file is clean again", async () => {
  track(secret);
  writeFileSync(join(folder, "file"), "clean");
  expect(await judgeTrackedFiles(keyPair, folder)).toMatchObject({ verdict: "fail" });
});

test("other secrets and untracked files don't count", async () => {
  track("s".repeat(64));
  writeFileSync(join(folder, "untracked"), secret);
  expect(await judgeTrackedFiles(keyPair, folder)).toMatchObject({ verdict: "pass" });
});

test("the verdict is unknown if git can't read the repository", async () => {
  mkdirSync(join(folder, ".git"));
  expect(await judgeTrackedFiles(keyPair, folder)).toMatchObject({ verdict: "unknown" });
});
