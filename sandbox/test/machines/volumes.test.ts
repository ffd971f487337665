import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { containers } from "../../machines/containers.ts";
import { machineFolders } from "../../machines/machine-folders.ts";
import type { Platform } from "../../machines/platform.ts";
import { Volumes } from "../../machines/volumes.ts";
import { foldersOfThisRun } from "../../run-folders.ts";

// What all kinds of machines have in common, without root and without a machine.

let dir: string;
let log: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "volumes-"));
  log = [];
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A kind of machine that only writes down what it is asked to do with volumes. */
const platform: Platform = {
  ...containers,
  openVolume: (_sandbox, id) =>
    Promise.resolve({
      attach: ({ name }, deviceName) => {
        log.push(`${name} gets ${id} as ${deviceName}`);
        return Promise.resolve({
          remove: () => {
            log.push(`${name} loses ${id}`);
            return Promise.resolve();
          },
        });
      },
      grow: () => {
        log.push(`${id} grows`);
        return Promise.resolve();
      },
      close: () => {
        log.push(`${id} is closed`);
        return Promise.resolve();
      },
    }),
};

function start() {
  const folders = { ...foldersOfThisRun({ SANDBOX_DIR: dir }), disks: dir };
  const volumes = new Volumes(platform, folders);
  return { volumes, first: machineFolders(folders, 1), second: machineFolders(folders, 2) };
}

const order = (id: number) => ({ id, gigabytes: 10, format: undefined });

test("each volume of a machine has its own device name, which is free again when it is detached", async () => {
  const { volumes, first, second } = start();
  await Promise.all([11, 12, 13].map((id) => volumes.create(order(id))));
  await volumes.attach(11, first);
  await volumes.attach(12, first);
  await volumes.attach(13, second);
  await volumes.detach(11);
  await volumes.attach(11, first);
  expect(log).toEqual([
    "machine-1 gets 11 as sdb",
    "machine-1 gets 12 as sdc",
    "machine-2 gets 13 as sdb",
    "machine-1 loses 11",
    "machine-1 gets 11 as sdb",
  ]);
});

test("a machine that is deleted loses its volumes, and no other machine does", async () => {
  const { volumes, first, second } = start();
  await Promise.all([11, 12].map((id) => volumes.create(order(id))));
  await volumes.attach(11, first);
  await volumes.attach(12, second);
  await volumes.detachAll(1);
  expect(log.slice(2)).toEqual(["machine-1 loses 11"]);
});

test("a volume has one machine at a time, and can't be deleted meanwhile", async () => {
  const { volumes, first, second } = start();
  await volumes.create(order(11));
  await volumes.attach(11, first);
  await expect(volumes.attach(11, second)).rejects.toThrow("volume 11 is attached to machine 1");
  await expect(volumes.delete(11)).rejects.toThrow("volume 11 is attached to machine 1");
});

test("a volume is a file of its size, which grows, and is removed with it", async () => {
  const { volumes } = start();
  const file = join(dir, "volume-11");
  await volumes.create(order(11));
  expect(statSync(file).size).toBe(10 * 1024 ** 3);
  await volumes.resize(11, 12);
  expect(statSync(file).size).toBe(12 * 1024 ** 3);
  await volumes.delete(11);
  expect(existsSync(file)).toBe(false);
  expect(log).toEqual(["11 grows", "11 is closed"]);
});
