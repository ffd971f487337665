import { stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { consoleOf, machineAt, rebootMachine, runInMachine } from "../../machines/inspect.ts";
import { QemuDataCentre } from "../../machines/qemu-data-centre.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// Virtual machines. The test has its own data centre, besides that of the Hetzner emulator, so the metadata service doesn't
// know its machines: they boot without an order's data. Every test continues where the previous one has stopped.

const { SANDBOX_MACHINES: accelerator } = z
  .object({ SANDBOX_MACHINES: z.enum(["kvm", "tcg"]) })
  .parse(process.env);
const dataCentre = new QemuDataCentre({ folders: foldersOfThisRun(), accelerator });
const id = 920_001;
const address = "203.0.113.231";
const volume = 92_000_001;
const device = `/dev/disk/by-id/scsi-0HC_Volume_${volume}`;

beforeAll(() =>
  dataCentre.create({ id, name: `bot-${id}`, image: "debian-13", userData: "", sshKeys: [], ipv4: address }),
);

afterAll(() => dataCentre.delete(id));

test("a virtual machine boots Debian's own kernel", async () => {
  expect(await inside("uname -r")).toMatch(/\+deb13-cloud-/);
  expect(await inside("cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_serial")).toBe(
    `Hetzner\n${id}\n`,
  );
  expect(await consoleOf(id)).toContain("Debian GNU/Linux 13");
});

test("a volume appears in it under Hetzner's name, and keeps what was flushed before a power cut", async () => {
  await dataCentre.createVolume({ id: volume, gigabytes: 10, format: "ext4" });
  await dataCentre.attachVolume(volume, id);
  await appears(device);
  expect(await inside(`blockdev --getsize64 ${device}`)).toBe(`${10 * 1024 ** 3}\n`);
  await inside(`mkdir /memory && mount ${device} /memory && echo kept > /memory/note && sync /memory/note`);
  await dataCentre.powerOff(id);
  await dataCentre.powerOn(id);
  await appears(device);
  await inside(`mount ${device} /memory`);
  expect(await inside("cat /memory/note")).toBe("kept\n");
});

test("a mounted volume grows", async () => {
  await dataCentre.resizeVolume(volume, 12);
  await until(async () => (await inside(`blockdev --getsize64 ${device}`)) === `${12 * 1024 ** 3}\n`);
  await inside(`resize2fs ${device}`);
});

test("a volume that is pulled out is gone", async () => {
  await inside("umount /memory");
  await dataCentre.detachVolume(volume);
  await until(async () => (await runInMachine(id, ["test", "-e", device])).code !== 0);
  await dataCentre.deleteVolume(volume);
});

test("a reboot from inside starts the kernel that is on the disk then", async () => {
  const before = await inside("cat /proc/sys/kernel/random/boot_id");
  const { size } = await stat(machineAt(id).kernel);
  // A byte more than the kernel needs, so that it is seen which one was read.
  await inside(
    "cp -L /vmlinuz /boot/vmlinuz-new && echo >> /boot/vmlinuz-new && ln -sf boot/vmlinuz-new /vmlinuz",
  );
  await rebootMachine(id);
  expect(await inside("cat /proc/sys/kernel/random/boot_id")).not.toBe(before);
  expect(await stat(machineAt(id).kernel)).toMatchObject({ size: size + 1 });
});

test("its power button shuts it down", async () => {
  await dataCentre.shutdown(id);
  expect(await dataCentre.isRunning(id)).toBe(false);
});

async function appears(path: string): Promise<void> {
  await until(async () => {
    const found = await runInMachine(id, ["test", "-b", path]).catch(() => undefined);
    return found?.code === 0;
  });
}

/** Runs a command in the machine as soon as its guest agent answers. */
async function inside(command: string): Promise<string> {
  const { code, stdout, stderr } = await until(() =>
    runInMachine(id, ["sh", "-c", command]).catch(() => undefined),
  );
  if (code !== 0) {
    throw new Error(`"${command}" ended with ${code} inside ${id}: ${stderr}${stdout}`);
  }
  return stdout;
}
