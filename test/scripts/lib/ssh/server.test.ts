import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { adminUser as componentsUser } from "../../../../components/commands/server-identity.ts";
import { parseKeyPair } from "../../../../components/commands/ssh-key-pair.ts";
import { adminUser, server } from "../../../../scripts/lib/ssh/server.ts";
import { server as sound } from "../../../support/fixtures.ts";

// scripts/ can't import components/: each side has its own parser, and this holds them together.
test("scripts accept the keys that are made for the stack, and log in as the same user", () => {
  const printed = execFileSync("node", ["scripts/make-ssh-key-pair.ts"], { encoding: "utf8" });
  const { privateKey, publicKey } = parseKeyPair(printed);
  const made = { ...sound, deployKey: privateKey, hostKey: publicKey };
  expect(server.parse(made)).toEqual(made);
  expect(adminUser).toBe(componentsUser);
});

test.each([
  ["a user with an option in it", { user: "-oProxyCommand=x" }],
  ["a host name, which could be led elsewhere", { host: "example.com" }],
  ["a host key with an option in it", { hostKey: "ssh-ed25519 A -oProxyCommand=x" }],
  ["a host key of another type", { hostKey: "ssh-rsa AAAA" }],
  ["a public key as deploy key", { deployKey: "ssh-ed25519 AAAA" }],
])("%s is refused", (_, changes) => {
  expect(server.safeParse(sound).success).toBe(true);
  expect(server.safeParse({ ...sound, ...changes }).success).toBe(false);
});
