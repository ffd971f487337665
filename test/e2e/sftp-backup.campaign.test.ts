import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { sftpStore } from "../../sandbox/sftp/control.ts";
import { sftpHost } from "../../sandbox/sftp/store.ts";
import { generateKeyPair } from "../../scripts/lib/ssh/key.ts";
import { stackWithBot } from "./bot.ts";
import { filesWith, watchingProcesses } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// Backups off the server to a storage with sftp, such as a Storage Box: OpenSSH's server. What is the same for each storage is
// in backup.campaign.test.ts. Every test starts where the previous one ended.

const { home, project, state } = foldersOfThisRun();
const password = "canaryPasswordOfTheRepository02";
const key = generateKeyPair("backup");
const other = generateKeyPair("other");
/** Lines of the private key that no other key has. */
const canaries = key.privateKey.split("\n").slice(2, 5);

const listed = z.array(z.object({ name: z.string() }));

let stack: Stack;
let server: Server;

beforeAll(async () => {
  await sftpStore.acceptOnly(key.publicKey);
  stack = await stackWithBot("sftp");
  await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
  await stack.unsetPath("bot.key");
  await stack.setPath("bot.key", "none");
  await stack.set("backup:repository", `sftp://${sftpHost.user}@${sftpHost.name}:${sftpHost.port}/counter`);
  await stack.setSecret("backup:privateKey", key.privateKey);
  await stack.setSecret("backup:password", password);
  await stack.set("backup:hostKey", await sftpStore.hostKey());
});

afterAll(() => stack.remove());

async function fails(reason: string): Promise<void> {
  const { code, stdout, stderr } = await stack.script("backup", []);
  expect({ code, shown: stdout + stderr }).toEqual({ code: 1, shown: expect.stringContaining(reason) });
}

test("the nightly backup is stored, checked and listed, and no secret shows", async () => {
  const { result, shown } = await watchingProcesses([password, ...canaries], async () => {
    await stack.mustUp();
    server = new Server((await onlyServer()).id);
    const bot = join(import.meta.dirname, "bots/nightly");
    expect(await stack.script("install-bot", [bot])).toMatchObject({ code: 0 });
    return runInMachine(server.id, ["systemctl", "start", "state-backup.service"]);
  });
  expect([result.code, await server.run("stored-backup status")]).toEqual([
    0,
    expect.stringContaining('"problem": null'),
  ]);
  expect(shown.filter((text) => !text.includes("PULUMI_CONFIG="))).toEqual([]);
  const { stdout } = await stack.script("backup", ["--list", "--json"]);
  expect(listed.parse(JSON.parse(stdout))).toEqual([{ name: "trading-bot-sftp" }]);
  const files = await filesWith([password, ...canaries], [home, state, server.written]);
  expect(files.filter((file) => !file.startsWith(project))).toEqual([]);
  expect([password, ...canaries].filter((secret) => stack.transcript.includes(secret))).toEqual([]);
});

test("the backup is restored in one step", async () => {
  await server.run("systemctl stop trading-bot && echo written later > /var/lib/trading-bot/later");
  const { code, stdout, stderr } = await stack.script("restore", ["--stored", "--yes"]);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  expect(await server.run("ls /var/lib/trading-bot")).not.toContain("later");
});

test("the user of backups reaches the storage, and nothing else", async () => {
  const greeting = (address: string) =>
    server.run(
      `systemd-run --quiet --pipe --wait --collect -p User=trading-bot-backup -p BindReadOnlyPaths=/etc/trading-bot-backup/hosts:/etc/hosts timeout 10 bash -c 'exec 3<>/dev/tcp/${address}/${sftpHost.port} && head -c 4 <&3' 2>/dev/null || true`,
    );
  expect(await greeting(sftpHost.name)).toBe("SSH-");
  expect(await greeting(sftpHost.address)).toBe("");
});

test("--prune works from the operator's computer", async () => {
  const { code, stdout, stderr } = await stack.script("backup", ["--prune", "--yes"]);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: expect.stringContaining("No backup is old enough to be removed. Stored: 1 backup."),
    stderr: expect.any(String),
  });
});

test("another host key, or a key that the storage doesn't know, is reported with what to do", async () => {
  await stack.set("backup:hostKey", other.publicKey.split(" ").slice(0, 2).join(" "));
  await stack.mustUp();
  await fails("another host key than backup:hostKey");
  await stack.set("backup:hostKey", await sftpStore.hostKey());
  await stack.mustUp();
  await sftpStore.acceptOnly(other.publicKey);
  await fails("the storage refuses the key. Give it the public half of backup:privateKey");
  await sftpStore.acceptOnly(key.publicKey);
  expect(await stack.script("backup", [])).toMatchObject({ code: 0 });
});
