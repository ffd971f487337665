import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { run } from "../../command.ts";
import { rebootMachine, runInMachine } from "../../machines/inspect.ts";
import { NspawnDataCentre } from "../../machines/nspawn-data-centre.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// Volumes in booted machines. The test has its own data centre, besides that of the Hetzner emulator. Every test continues
// where the previous one has stopped.

const dataCentre = new NspawnDataCentre({ folders: foldersOfThisRun() });
const [first, second] = [910_001, 910_002];
const [formatted, empty] = [91_000_001, 91_000_002];
const device = `/dev/disk/by-id/scsi-0HC_Volume_${formatted}`;
const emptyDevice = `/dev/disk/by-id/scsi-0HC_Volume_${empty}`;

beforeAll(() => Promise.all([create(first), create(second)]));

afterAll(() => dataCentre.delete(second));

test("a volume appears in a running machine, with its file system, and can be mounted", async () => {
  await dataCentre.createVolume({ id: formatted, gigabytes: 10, format: "ext4" });
  await dataCentre.attachVolume(formatted, first);
  expect(await inside(first, `blockdev --getsize64 ${device}`)).toBe(`${10 * 1024 ** 3}\n`);
  await inside(first, `mkdir /memory && mount ${device} /memory && echo kept > /memory/note && sync`);
  expect(await inside(first, "findmnt --noheadings --output FSTYPE /memory")).toBe("ext4\n");
});

test("an empty volume gets its link by UUID when the machine formats it", async () => {
  await dataCentre.createVolume({ id: empty, gigabytes: 10, format: undefined });
  await dataCentre.attachVolume(empty, first);
  const probe = await runInMachine(first, ["blkid", "--probe", emptyDevice]);
  expect(probe).toMatchObject({ code: 2, stdout: "" });
  const uuid = "6e2b0b5c-7f0e-4a4a-9a55-1f6f6d2c9d01";
  await inside(first, `mkfs.ext4 -q -U ${uuid} ${emptyDevice}`);
  const link = `/dev/disk/by-uuid/${uuid}`;
  await until(async () => (await runInMachine(first, ["test", "-b", link])).code === 0);
  expect(await inside(first, `readlink -f ${link}`)).toBe(await inside(first, `readlink -f ${emptyDevice}`));
});

test("its mount unit mounts it again at the next boot", async () => {
  await inside(first, "umount /memory");
  const uuid = (await inside(first, `blkid --match-tag UUID --output value ${device}`)).trim();
  const unit = `[Mount]\nWhat=/dev/disk/by-uuid/${uuid}\nWhere=/memory\n\n[Install]\nWantedBy=local-fs.target\n`;
  await runInMachine(first, ["tee", "/etc/systemd/system/memory.mount"], { stdin: unit });
  await inside(first, "systemctl enable memory.mount");
  expect(await rebootMachine(first)).toBe("running");
  expect(await inside(first, "systemctl is-active memory.mount && cat /memory/note")).toBe("active\nkept\n");
});

// A mounted ext4 grows only for a root with CAP_SYS_RESOURCE, which a container's host may not have.
test("it grows while it is mounted, and its file system grows after that", async () => {
  await dataCentre.resizeVolume(formatted, 12);
  expect(await inside(first, `blockdev --getsize64 ${device}`)).toBe(`${12 * 1024 ** 3}\n`);
  await inside(first, `systemctl stop memory.mount && e2fsck -fp ${device} && resize2fs ${device}`);
  await inside(first, "systemctl start memory.mount");
  expect(Number(await inside(first, "stat --file-system --format %b /memory"))).toBeGreaterThan(
    (11 * 1024 ** 3) / 4096,
  );
});

test("its data outlives its machine, and another machine can have it", async () => {
  await expect(dataCentre.attachVolume(formatted, second)).rejects.toThrow("is attached to machine 910001");
  await expect(dataCentre.deleteVolume(formatted)).rejects.toThrow("is attached to machine 910001");
  await dataCentre.delete(first);
  await dataCentre.attachVolume(formatted, second);
  await inside(second, `mkdir /memory && mount ${device} /memory`);
  expect(await inside(second, "cat /memory/note")).toBe("kept\n");
});

test("a machine keeps its volume when it is rebuilt", async () => {
  await dataCentre.rebuild(second, "debian-13", undefined);
  expect(await inside(second, `mkdir /memory && mount ${device} /memory && cat /memory/note`)).toBe("kept\n");
});

test("it disappears from a running machine, and leaves nothing on the host when it is deleted", async () => {
  await inside(second, "umount /memory");
  await dataCentre.detachVolume(formatted);
  expect(await inside(second, "ls /dev/disk /dev/disk/*")).not.toMatch(/sd|scsi|[0-9a-f]{8}-/);
  await dataCentre.deleteVolume(formatted);
  await dataCentre.deleteVolume(empty);
  const used = async () => run(["losetup", "--list", "--noheadings", "--output", "BACK-FILE"]);
  await until(async () => !(await used()).includes("volume-910000"));
});

function create(id: number): Promise<void> {
  const order = { name: `bot-${id}`, image: "debian-13", userData: "", sshKeys: [], ipv4: undefined };
  return dataCentre.create({ id, ...order });
}

/** Runs a command in a machine when its boot is over. */
async function inside(machine: number, command: string): Promise<string> {
  await runInMachine(machine, ["systemctl", "is-system-running", "--wait"]);
  const { code, stdout, stderr } = await runInMachine(machine, ["sh", "-c", command]);
  if (code !== 0) {
    throw new Error(`"${command}" ended with ${code} inside ${machine}: ${stderr}${stdout}`);
  }
  return stdout;
}
