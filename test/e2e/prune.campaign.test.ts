import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { type CommandLine, run } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { s3Store } from "../../sandbox/s3/control.ts";
import { s3Host, s3Keys } from "../../sandbox/s3/store.ts";
import { sftpStore } from "../../sandbox/sftp/control.ts";
import { sftpHost } from "../../sandbox/sftp/store.ts";
import { generateKeyPair } from "../../scripts/lib/ssh/key.ts";
import { Stack } from "./stack.ts";

// `npm run backup -- --prune` with backups that are old enough: restic takes their time as an option. It needs no server, so
// there is none.

const password = "canaryPasswordOfTheRepository04";
const host = "trading-bot-prune";
const hour = 3_600_000;
/** Of each backup, in bytes, so that the data of those that go is seen to go. */
const size = 3 * 2 ** 20;

const summary = z.object({ message_type: z.literal("summary"), snapshot_id: z.string() });
const snapshots = z.array(z.object({ id: z.string() }));

let stack: Stack;

/** A storage, with what restic and the settings need. */
interface Storage {
  /** Variables with which restic reaches it from the test. */
  access: string[];
  /** Where its repository is on this computer. */
  folder: string;
  settings: Record<string, string>;
  secrets: Record<string, string>;
  /** Called when the test has written into it. */
  written: () => Promise<void>;
}

async function s3(): Promise<Storage> {
  await s3Store.createBucket("backups");
  const repository = `s3:https://${s3Host.name}/backups/prune`;
  return {
    access: [
      `RESTIC_REPOSITORY=${repository}`,
      `AWS_ACCESS_KEY_ID=${s3Keys.accessKey}`,
      `AWS_SECRET_ACCESS_KEY=${s3Keys.secretKey}`,
    ],
    folder: join(foldersOfThisRun().s3, "backups/prune"),
    settings: { repository },
    secrets: { accessKey: s3Keys.accessKey, secretKey: s3Keys.secretKey },
    written: () => Promise.resolve(),
  };
}

async function sftp(): Promise<Storage> {
  const { privateKey, publicKey } = generateKeyPair("backup");
  await sftpStore.acceptOnly(publicKey);
  const folder = sftpStore.folder("prune");
  const repository = `sftp://${sftpHost.user}@${sftpHost.name}:${sftpHost.port}/prune`;
  return {
    access: [`RESTIC_REPOSITORY=${folder}`],
    folder,
    settings: { repository, hostKey: await sftpStore.hostKey() },
    secrets: { privateKey },
    written: () => sftpStore.takesOver("prune"),
  };
}

function restic({ access }: Storage, ...args: string[]): CommandLine {
  return ["env", ...access, `RESTIC_PASSWORD=${password}`, "restic", "--no-cache", ...args];
}

/** Stores a backup as the server does, at a time. @returns how its id begins */
async function store(storage: Storage, time: string): Promise<string> {
  const own = ["--json", "--host", host, "--tag", "trading-bot-server", "--time", time];
  const line = restic(storage, "backup", ...own, "--stdin", "--stdin-filename", "bot.tar");
  const stdout = await run(line, { stdin: randomBytes(size).toString("base64") });
  return summary.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).snapshot_id.slice(0, 8);
}

async function stored(storage: Storage): Promise<string[]> {
  const listed = snapshots.parse(JSON.parse(await run(restic(storage, "snapshots", "--json"))));
  return listed.map(({ id }) => id.slice(0, 8)).toSorted();
}

async function bytesIn(folder: string): Promise<number> {
  return Number((await run(["du", "--summarize", "--bytes", folder])).split("\t")[0]);
}

function ago(hours: number): string {
  return new Date(Date.now() - hours * hour).toISOString().slice(0, 19).replace("T", " ");
}

const prune = () => stack.script("backup", ["--prune", "--yes"]);

beforeAll(async () => {
  stack = await Stack.ready("prune");
});

afterEach(async () => {
  for (const name of ["accessKey", "secretKey", "privateKey", "hostKey"]) {
    await stack.pulumi(["config", "rm", "--stack", stack.name, `backup:${name}`]);
  }
});

test.each([
  ["S3", s3],
  ["sftp", sftp],
])(
  "in a storage with %s, old backups and their data are gone for good, and the newest ones stay",
  async (_, prepare) => {
    const storage = await prepare();
    for (const [name, value] of Object.entries(storage.settings)) {
      await stack.set(`backup:${name}`, value);
    }
    for (const [name, value] of Object.entries({ ...storage.secrets, password })) {
      await stack.setSecret(`backup:${name}`, value);
    }
    await run(restic(storage, "init"));
    // Of one night, the last one is kept.
    const early = await store(storage, "2026-03-10 02:30:00");
    const earlier = await store(storage, "2026-03-10 03:15:00");
    const last = await store(storage, "2026-03-10 04:00:00");
    const yesterday = await store(storage, ago(24));
    const newest = await store(storage, ago(0));
    await storage.written();
    const before = await bytesIn(storage.folder);

    const { code, stdout, stderr } = await prune();
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining("Removed 2 backups, and kept 3 backups."),
      expect.any(String),
    ]);
    const removed = stdout.slice(0, stdout.indexOf("To be kept"));
    for (const id of [early, earlier, last, yesterday, newest]) {
      expect([id, removed.includes(id)]).toEqual([id, id === early || id === earlier]);
    }
    expect(await stored(storage)).toEqual([last, yesterday, newest].toSorted());
    // In base64, each has a third more.
    expect(before - (await bytesIn(storage.folder))).toBeGreaterThan(2 * size);
    await run(restic(storage, "check", "--read-data"));

    expect(await prune()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No backup is old enough to be removed. Stored: 3 backups."),
    });
    expect(stack.transcript).not.toContain(password);
  },
);
