import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type CommandLine, exitCode } from "../../command.ts";
import { macAddress } from "../../hetzner/mac-address.ts";
import { within } from "../../network/at.ts";
import { internet } from "../../network/sites.ts";
import type { Boot } from "../boot.ts";
import { makeCgroup, removeCgroup } from "../cgroup.ts";
import type { MachineFolders } from "../machine-folders.ts";
import { Monitor } from "./monitor.ts";
import { readKernel } from "./virtual-disk.ts";

/** How fast the processors of virtual machines are: "kvm", or "tcg", which emulates them. prepare/virtual.sh chooses. */
export type Accelerator = "kvm" | "tcg";

/** The memory of a machine. The host may have few of it, and several machines. */
const memory = "1G";

/**
 * An emulated processor is faster if it is alone, and if it has no wide vectors, which are emulated number by number. With its
 * own instructions for AES, cryptography doesn't take all of its time.
 */
const processors: Readonly<Record<Accelerator, readonly string[]>> = {
  kvm: ["-cpu", "host", "-smp", "2"],
  tcg: ["-cpu", "Westmere,+rdrand", "-smp", "1"],
};

/** How often the power button is pressed again, in milliseconds: a system that is still booting doesn't notice. */
const pressInterval = 2000;

/** A virtual machine that runs. */
export interface VirtualBoot extends Boot {
  monitor: Monitor;
}

/**
 * Starts a virtual machine; resolves when its processor runs.
 *
 * @param prepare shows its volumes to it, before its processor runs
 */
export async function bootVirtual(
  machine: MachineFolders,
  { accelerator, hasNetwork }: { accelerator: Accelerator; hasNetwork: boolean },
  prepare: (monitor: Monitor) => Promise<void>,
): Promise<VirtualBoot> {
  await mkdir(machine.folder, { recursive: true });
  await readKernel(machine);
  await makeCgroup(machine.cgroup);
  await makeCgroup(machine.payload);
  const log = await open(machine.monitorLog, "a");
  const [program, ...rest] = commandLine(machine, accelerator, hasNetwork);
  const qemu = spawn(program, rest, {
    // Its own session, so that the operator's Ctrl-C doesn't reach it.
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  const exit = exitCode(qemu);
  exit.catch(() => undefined);
  await once(qemu, "spawn");
  await log.close();
  await writeFile(machine.processId, String(qemu.pid));
  const connection = Monitor.connect(machine.monitor, () =>
    (qemu.exitCode ?? qemu.signalCode) === null
      ? undefined
      : `machine ${machine.id} did not start: see ${machine.monitorLog}`,
  );
  const ended = exit.then(async () => {
    await rm(machine.processId, { force: true });
    await removeCgroup(machine.cgroup);
    return connection.then(
      ({ hasSeenReset }) => hasSeenReset,
      () => false,
    );
  });
  ended.catch(() => undefined);
  const monitor = await connection;
  await prepare(monitor);
  await monitor.execute("cont");
  return { monitor, ended, pressPowerButton: () => pressUntil(monitor, ended) };
}

/** Presses it until the machine is off, because a system that is booting doesn't notice. */
async function pressUntil(monitor: Monitor, ended: Promise<boolean>): Promise<void> {
  const off = ended.then(
    () => true,
    () => true,
  );
  do {
    // Refused once QEMU has ended.
    await monitor.execute("system_powerdown").catch(() => undefined);
  } while (!(await Promise.race([off, setTimeout(pressInterval, false)])));
}

function kernelCommandLine(accelerator: Accelerator): string {
  const always = [
    "root=LABEL=debian",
    "rw",
    "rootflags=noinit_itable",
    "console=ttyS0",
    "net.ifnames=0",
    "panic=-1",
  ];
  // An emulated processor has none of the faults that a kernel works around, which takes time, as the console does. And it may
  // be so slow that nothing is wrong if a device or a service isn't there in time.
  const emulated = [
    ...["mitigations=off", "nowatchdog", "audit=0", "loglevel=4", "systemd.show_status=auto"],
    ...["systemd.default_device_timeout_sec=1h", "systemd.default_timeout_start_sec=1h"],
  ];
  return [...always, ...(accelerator === "kvm" ? [] : emulated)].join(" ");
}

function commandLine(machine: MachineFolders, accelerator: Accelerator, hasNetwork: boolean): CommandLine {
  const socket = (id: string, path: string) => `socket,id=${id},path=${path},server=on,wait=off`;
  const [program, ...rest] = within(internet, [
    "qemu-system-x86_64",
    ...["-name", machine.name],
    ...["-machine", `q35,accel=${accelerator}`, "-m", memory],
    ...processors[accelerator],
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    // By these, cloud-init knows that it is at Hetzner.
    ...["-smbios", `type=1,manufacturer=Hetzner,product=vServer,serial=${machine.id}`],
    // A reboot ends it, so that the next boot starts the kernel that is on the disk then.
    ...["-no-reboot", "-S"],
    ...["-kernel", machine.kernel, "-initrd", machine.initrd],
    ...["-append", kernelCommandLine(accelerator)],
    ...["-chardev", `file,id=console,path=${machine.console},append=on`, "-serial", "chardev:console"],
    ...["-chardev", socket("monitor", machine.monitor), "-mon", "chardev=monitor,mode=control"],
    // No flush reaches the host's disk: a power cut ends QEMU, and not the host.
    ...["-drive", `if=none,id=root,format=raw,cache=unsafe,file=${machine.virtualDisk}`],
    ...["-device", "virtio-scsi-pci,id=scsi", "-device", "scsi-hd,drive=root,bus=scsi.0,bootindex=1"],
    ...(hasNetwork
      ? [
          ...["-netdev", `tap,id=network,ifname=${machine.link},script=no,downscript=no`],
          ...["-device", `virtio-net-pci,netdev=network,mac=${macAddress(machine.id)}`],
        ]
      : []),
    ...["-device", "virtio-rng-pci", "-device", "virtio-serial-pci"],
    ...["-chardev", socket("agent", machine.agent)],
    ...["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"],
  ]);
  // Each machine has its own cgroup, and enters it before anything else is in it.
  return ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', machine.payload, program, ...rest];
}
