import { expect, test } from "@jest/globals";
import { generateKeyPair } from "../../../../scripts/lib/ssh/key.ts";
import { findingsWith, parseWith } from "../support.ts";

const values = {
  "backup:repository": "s3:https://s3.example.net/bucket",
  "backup:accessKey": "access",
  "backup:secretKey": "secret",
  "backup:password": "a-long-random-password",
};

test("backups off the server need all four settings", () => {
  const { settings, findings } = parseWith(values);
  expect(findings).toEqual([]);
  expect(settings?.backup).toMatchObject({ accessKey: "access", storage: { host: "s3.example.net" } });
  expect(parseWith({}).settings?.backup).toBeUndefined();
});

const sftp = {
  "backup:repository": "sftp://u123@u123.your-storagebox.de:23/prod",
  "backup:privateKey": generateKeyPair("backup").privateKey,
  "backup:hostKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIICf9svRenC/PLKIL9nk6K/pxQgoiFC41wTNvoIncOxs",
  "backup:password": "a-long-random-password",
};

test("backups by sftp need their own key and the storage's host key", () => {
  const { settings, findings } = parseWith(sftp);
  expect(findings).toEqual([]);
  expect(settings?.backup).toEqual({
    storage: {
      repository: sftp["backup:repository"],
      host: "u123.your-storagebox.de",
      port: 23,
      user: "u123",
    },
    privateKey: sftp["backup:privateKey"],
    hostKey: sftp["backup:hostKey"],
    password: sftp["backup:password"],
  });
});

const withPassphrase = Buffer.from("openssh-key-v1\0\0\0\0\naes256-ctr ssh-ed25519").toString("base64");

test.each([
  [{ "backup:repository": "sftp://u123.your-storagebox.de/prod" }, "backup:repository names no user"],
  [{ "backup:repository": "sftp://u1:sec@u1.example.net/prod" }, "backup:repository has a password"],
  [{ "backup:repository": "sftp://u1@u1.example.net" }, "backup:repository names no folder"],
  [{ "backup:privateKey": "" }, "backup:privateKey is missing"],
  [{ "backup:privateKey": "canary" }, "backup:privateKey isn't an Ed25519 key"],
  [
    {
      "backup:privateKey": `-----BEGIN OPENSSH PRIVATE KEY-----\n${withPassphrase}\n-----END OPENSSH PRIVATE KEY-----\n`,
    },
    "backup:privateKey has a passphrase",
  ],
  [{ "backup:hostKey": "u123 ssh-ed25519 AAAA" }, "backup:hostKey isn't a host key"],
])("with sftp, %j is refused, and no secret is shown", (given, expected) => {
  const findings = findingsWith({ ...sftp, ...given });
  expect(findings).toContainEqual(expect.stringContaining(expected));
  expect(findings.join("\n")).not.toMatch(/canary|sec@|long-random/);
});

test.each([
  [{ ...values, "backup:repository": "s3:http://s3.example.net/b" }, "backup:repository doesn't begin with"],
  [{ "backup:password": "a-long-random-password" }, "backup:repository is missing"],
  [{ "backup:repository": values["backup:repository"] }, "backup:accessKey is missing"],
  [{ ...values, "backup:secretKey": "sec ret" }, "backup:secretKey has white space"],
  [{ ...values, "backup:password": "short" }, "backup:password has fewer than 20 characters"],
  [{ ...values, backupTime: "25:00" }, "backupTime must be a time in UTC"],
])("%j is refused, and no secret is shown", (given, expected) => {
  const findings = findingsWith(given);
  expect(findings).toContainEqual(expect.stringContaining(expected));
  expect(findings.join("\n")).not.toMatch(/sec ret|short\b|long-random/);
});
