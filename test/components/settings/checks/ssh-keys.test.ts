import { describe, expect, test } from "@jest/globals";
import { checkSshKeys } from "../../../../components/settings/checks/ssh-keys.ts";

/** A public key in OpenSSH's form, with this many bytes after the name of its type. */
function publicKey(type: string, bytes: number, comment = " me@home"): string {
  const name = `\0\0\0${String.fromCharCode(type.length)}${type}\0\0\0 `;
  return `${type} ${Buffer.from(name + "x".repeat(bytes), "latin1").toString("base64")}${comment}`;
}

const ed25519 = publicKey("ssh-ed25519", 32);
const securityKey = publicKey("sk-ssh-ed25519@openssh.com", 40);

test.each([
  ["an Ed25519 key", ed25519],
  ["one without a comment", publicKey("ssh-ed25519", 32, "")],
  ["one whose comment has spaces", publicKey("ssh-ed25519", 32, " me at home")],
  ["a security key's", securityKey],
])("%s may log in", (_, key) => {
  expect(checkSshKeys([key])).toEqual([]);
});

const notEd25519 =
  "contains a key that is not an Ed25519 public key (ssh-ed25519 or sk-ssh-ed25519@openssh.com)";
const damaged = "contains an Ed25519 key that is cut off or damaged";

describe("a key that would open nothing is refused", () => {
  test.each([
    ["an RSA key", "ssh-rsa AAAA me", notEd25519],
    ["a key that was cut off", ed25519.slice(0, 60), damaged],
    ["a key without its middle", ed25519.replace("eHh4eHh4", ""), damaged],
    ["a key with more bytes than it has", publicKey("ssh-ed25519", 33), damaged],
    ["the name alone", "ssh-ed25519", damaged],
    ["a security key's without its application", publicKey("sk-ssh-ed25519@openssh.com", 32), damaged],
    ["a key whose types differ", ed25519.replace("ssh-ed25519 ", "sk-ssh-ed25519@openssh.com "), damaged],
    ["a sign that base64 doesn't have", ed25519.replace("eHh4", "eH-4"), damaged],
    [
      "a private key",
      "-----BEGIN OPENSSH PRIVATE KEY-----",
      "contains a private key, which must never leave your machine: set the line of the .pub file",
    ],
    ["two keys in one entry", `${ed25519}\n${ed25519}`, "contains more than one line in one entry"],
    ["a line break of Windows", `${ed25519}\r`, "contains more than one line in one entry"],
  ])("%s", (_, key, problem) => {
    expect(checkSshKeys([ed25519, key])).toEqual([
      {
        severity: "error",
        setting: "sshKeys",
        problem,
        explanation: "If you have no such key, make one with: ssh-keygen -t ed25519",
        command: `pulumi config set sshKeys "$(cat ~/.ssh/id_ed25519.pub)"`,
      },
    ]);
  });
});
