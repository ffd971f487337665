import { describe, expect, test } from "@jest/globals";
import { parseStorage } from "../../checklist/backup-storage.ts";
import { backupFiles } from "../../components/backups.ts";
import { backupNetwork } from "../../components/egress/backup-network.ts";
import { baseConfig, network } from "../../components/hardening-files.ts";
import type { BackupSettings } from "../../components/settings/checks/backup.ts";

const storage = { repository: "s3:https://s3.example.net/bucket", host: "s3.example.net", port: 443 };
const backup: BackupSettings = {
  storage,
  accessKey: "canary-access",
  secretKey: "canary-secret",
  password: "canary-password-of-restic",
};
const files = (settings: BackupSettings | undefined) =>
  backupFiles({ backup: settings, backupTime: "04:15", name: "trading-bot-prod" });

test("without the setting, everything that it installs is removed, and nothing is installed", () => {
  const removed = files(undefined);
  expect(removed.filter(({ content }) => content !== null)).toEqual([]);
  const paths = removed.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(files(backup).map(({ path }) => path)));
});

test("the keys and the password are in one encrypted credential, and nowhere else", () => {
  const withSecrets = files(backup).filter(({ content }) => content?.includes("canary"));
  expect(withSecrets).toEqual([
    expect.objectContaining({
      path: "/etc/credstore.encrypted/trading-bot-backup",
      credential: "trading-bot-backup",
      mode: "0600",
    }),
  ]);
});

test("the timer has the time of the setting, and is started after what it starts", () => {
  const paths = files(backup).map(({ path }) => path);
  const timer = files(backup).find(({ path }) => path.endsWith("/state-backup.timer"));
  expect(timer?.content).toContain("OnCalendar=*-*-* 04:15:00 UTC");
  expect(paths.indexOf(timer?.path ?? "")).toBeGreaterThan(
    paths.indexOf("/etc/systemd/system/state-backup.service"),
  );
});

test("the firewall and the system know the users only with the setting", () => {
  const texts = (given: typeof storage | undefined) =>
    [...baseConfig("03:30", given), ...network([], given)].map(({ content }) => content ?? "").join("\n");
  expect(texts(undefined)).not.toMatch(/"trading-bot-backup|^u trading-bot-backup/m);
  expect(texts(storage)).toContain('"trading-bot-backup-proxy" : goto of_backup_proxy');
  expect(texts(storage)).toMatch(/^u trading-bot-backup /m);
  expect(texts({ ...storage, port: 9000 })).toContain("define backup_port = 9000");
});

test("a storage with sftp gets its key in the same credential, and its host key in the settings", () => {
  const sftp: BackupSettings = {
    storage: { repository: "sftp://u1@u1.example.net:23/f", host: "u1.example.net", port: 23, user: "u1" },
    privateKey: "canary\nkey\n",
    hostKey: "ssh-ed25519 AAAA",
    password: "canary-password",
  };
  const contents = new Map(files(sftp).map(({ path, content }) => [path, content ?? ""]));
  // Not within JSON, in which Pulumi's debug output would not recognize a key of several lines.
  expect(contents.get("/etc/credstore.encrypted/trading-bot-backup")).toBe("canary-password\ncanary\nkey\n");
  expect(JSON.parse(contents.get("/etc/trading-bot-backup/storage.json") ?? "")).toEqual({
    repository: "sftp://u1@u1.example.net:23/f",
    name: "trading-bot-prod",
    host: "u1.example.net",
    port: 23,
    user: "u1",
    hostKey: "ssh-ed25519 AAAA",
  });
  const { proxy } = backupNetwork(sftp.storage);
  expect(proxy).toMatch(/bind 127\.21\.\d+\.\d+:23$/m);
  // SSH has no name in its first message.
  expect(proxy).not.toContain("ssl_sni");
});

test("its way out leads to the storage's host and port, and nowhere else", () => {
  const { hosts, proxy } = backupNetwork(storage);
  expect(hosts).toMatch(/^127\.0\.0\.1 localhost\n127\.21\.\d+\.\d+ s3\.example\.net\n$/);
  expect(proxy.match(/^listen .*$/gm)).toEqual(["listen s3.example.net"]);
  expect(proxy).toContain("req.ssl_sni -i s3.example.net");
});

describe("the setting backup:repository", () => {
  test("names host and port", () => {
    expect(parseStorage("s3:https://fsn1.your-objectstorage.com/bucket/folder")).toMatchObject({
      host: "fsn1.your-objectstorage.com",
      port: 443,
    });
    expect(parseStorage("s3:https://s3.example.net:9000/bucket")).toMatchObject({ port: 9000 });
  });

  test.each([
    ["/srv/backup", "doesn't begin with s3:https:// or sftp://"],
    ["s3:http://s3.example.net/bucket", "doesn't begin with s3:https://"],
    ["s3:https://10.0.0.1/bucket", "doesn't have a full host name"],
    ["s3:https://s3.example.net/", "names no bucket"],
    ["s3:https://key:secret@s3.example.net/bucket", "has a user"],
    ["s3:https://s3.example.net/buck et", "has white space"],
  ])("refuses %s", (repository, problem) => {
    expect(parseStorage(repository)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
