import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parseKeyPair } from "../../../components/commands/ssh-key-pair.ts";

const folder = mkdtempSync(join(tmpdir(), "ssh-key-pair-test-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the key pair that the script makes", () => {
  const printed = execFileSync("node", ["scripts/make-ssh-key-pair.ts"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, TMPDIR: folder, XDG_RUNTIME_DIR: folder, COMMENT: "deploy-key" },
  });

  test("leaves no file", () => {
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is a pair for OpenSSH: the public half belongs to the private half", () => {
    const { privateKey, publicKey } = parseKeyPair(printed);
    const file = join(folder, "key");
    writeFileSync(file, privateKey, { mode: 0o600 });
    const derived = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
    expect(derived).toBe(`${publicKey} deploy-key\n`);
  });
});

test("output that isn't a key pair is refused without being shown", () => {
  const text = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary";
  expect(() => parseKeyPair(text)).toThrow("did not print an Ed25519 key pair");
  expect(() => parseKeyPair(text)).not.toThrow("canary");
});
