import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseKeygenOutput } from "../../../components/commands/ssh-key-pair.ts";

describe("the key pair that the script makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssh-key-pair-test-"));
  const printed = execFileSync("sh", ["components/commands/ssh-key-pair.sh"], {
    encoding: "utf8",
    env: { ...process.env, XDG_RUNTIME_DIR: folder, COMMENT: "deploy-key" },
  });

  test("is a pair: the public half belongs to the private half", () => {
    const { privateKey, publicKey } = parseKeygenOutput(printed);
    const file = join(mkdtempSync(join(tmpdir(), "ssh-key-pair-test-")), "key");
    writeFileSync(file, privateKey, { mode: 0o600 });
    const derived = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
    expect(derived.startsWith(publicKey)).toBe(true);
  });

  test("leaves nothing on the disk", () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("output that isn't a key pair is refused without being shown", () => {
  const text = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary";
  expect(() => parseKeygenOutput(text)).toThrow("ssh-keygen did not print an Ed25519 key pair");
  expect(() => parseKeygenOutput(text)).not.toThrow("canary");
});
