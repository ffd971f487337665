import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attempt, type Outcome, run } from "../../command.ts";
import type { MachineOrder } from "../../hetzner/data-centre.ts";
import {
  consoleOf,
  holdBoots,
  machineAt,
  rebootMachine,
  releaseBoots,
  runInMachine,
} from "../../machines/inspect.ts";
import { NspawnDataCentre } from "../../machines/nspawn-data-centre.ts";
import { at } from "../../network/at.ts";
import type { Site } from "../../network/sites.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// The test has its own data centre, besides that of the Hetzner emulator.

const folders = foldersOfThisRun();
const dataCentre = new NspawnDataCentre({ folders });
const keys = await makeKeys();
const [id, other] = [900_001, 900_002];
const address = "203.0.113.211";

beforeAll(() => dataCentre.create(order(id, address)));

afterAll(() => dataCentre.delete(id));

test("a new machine boots, and accepts its key, with the host key that it was given", async () => {
  await answersSsh("operator");
  expect(await ssh("operator", "hostname; id -un")).toMatchObject({ code: 0, stdout: `bot-${id}\nroot\n` });
});

test("its systemd reports no failure", async () => {
  expect(await inside("systemctl is-system-running --wait; systemctl --failed --no-legend")).toBe(
    "running\n",
  );
  expect(await inside("cloud-init status --wait --long")).toContain("errors: []");
});

test("its kernel has what the production server needs", async () => {
  expect(await inside("sysctl --write net.ipv6.conf.all.disable_ipv6=1")).toContain("= 1");
  expect(await inside("nft add table inet own && nft list tables")).toContain("table inet own");
  expect(await inside("systemctl is-active chrony")).toBe("active\n");
  await inside("printf secret | systemd-creds encrypt --with-key=host --name=proof - /etc/proof");
  const sandboxed = ["DynamicUser=yes", "ProtectSystem=strict", "PrivateUsers=yes", "PrivateDevices=yes"];
  const properties = [...sandboxed, "ProcSubset=pid", "LoadCredentialEncrypted=proof:/etc/proof"];
  const unit = `systemd-run --quiet --wait --pipe ${properties.map((property) => `-p ${property}`).join(" ")}`;
  expect(await inside(`${unit} sh -c 'cat $CREDENTIALS_DIRECTORY/proof; id -u'`)).toMatch(/^secret[1-9]/);
});

test("it finds the APIs and trusts them", async () => {
  const status = "--silent --output /dev/null --write-out '%{http_code}'";
  expect(await inside(`curl ${status} https://api.hetzner.cloud/v1/servers`)).toBe("401");
});

test("its console is kept", async () => {
  expect(await consoleOf(id)).toContain("ssh.service");
});

test("its firewall keeps the stranger out and lets the operator in", async () => {
  expect(await sshBanner("stranger")).toContain("SSH-2.0");
  await dataCentre.setFirewall(id, [
    { direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.10/32"] },
  ]);
  expect(await sshBanner("operator")).toContain("SSH-2.0");
  const attack = sshBanner("stranger");
  await until(async () => (await dropped()) > 0);
  await dataCentre.setFirewall(id, undefined);
  // The dropped packet is sent again, and now nothing drops it.
  expect(await attack).toContain("SSH-2.0");
});

test("after `reboot` inside it has its disk, and nothing else of its previous boot", async () => {
  await inside("echo kept > /root/note; sync");
  expect(await rebootMachine(id)).toBe("running");
  await answersSsh("operator");
  expect(await inside("cat /root/note; nft list tables")).toBe("kept\n");
});

test("its own firewall and its journals survive a reboot", async () => {
  await inside("printf '%s\\n' 'flush ruleset' 'table inet own { }' > /etc/nftables.conf");
  await inside("systemctl enable nftables");
  expect(await rebootMachine(id)).toBe("running");
  expect(await inside("nft list tables")).toBe("table inet own\n");
  const since = "systemctl show --property=ActiveEnterTimestampMonotonic --value";
  const started = async (unit: string) => Number(await inside(`${since} ${unit}`));
  expect(await started("nftables.service")).toBeLessThanOrEqual(await started("network-pre.target"));
  expect(await inside("journalctl --boot=-1 --unit=ssh --quiet --lines=1")).not.toBe("");
  await inside("systemctl disable --now nftables");
});

test("`poweroff` inside is noticed, and turning it on keeps the disk", async () => {
  await inside("systemctl --no-block poweroff");
  await until(async () => !(await dataCentre.isRunning(id)));
  await dataCentre.powerOn(id);
  await answersSsh("operator");
  expect(await inside("cat /root/note")).toBe("kept\n");
});

test("its address can change only while it is off", async () => {
  const moved = "203.0.113.213";
  await expect(dataCentre.setAddress(id, moved)).rejects.toThrow("only change while it is off");
  await dataCentre.powerOff(id);
  await dataCentre.setAddress(id, moved);
  await dataCentre.powerOn(id);
  await answersSsh("operator", moved);
  await dataCentre.shutdown(id);
  expect(await dataCentre.isRunning(id)).toBe(false);
  await dataCentre.setAddress(id, undefined);
  await dataCentre.powerOn(id);
  expect(await inside("ip -brief link")).toMatch(/^lo\s[^\n]*\n$/);
  await dataCentre.powerOff(id);
  await dataCentre.setAddress(id, address);
  await dataCentre.powerOn(id);
  await answersSsh("operator");
});

test("it can be shut down at any moment of its boot", async () => {
  await dataCentre.powerOff(id);
  await dataCentre.powerOn(id);
  await dataCentre.shutdown(id);
  expect(await dataCentre.isRunning(id)).toBe(false);
  await dataCentre.powerOn(id);
  await answersSsh("operator");
});

test("a rebuild makes another machine at the same address", async () => {
  const before = await inside("cat /etc/machine-id");
  await dataCentre.rebuild(id, "debian-13", undefined);
  await answersSsh("operator");
  expect(await inside("cat /etc/machine-id; ls /root")).not.toContain(before.trim());
  expect(await inside("ls /root")).toBe("");
});

test("a snapshot keeps its disk as it is, for this and other machines", async () => {
  const snapshot = 900_700;
  await inside("echo first > /root/note && rm /usr/bin/less");
  await dataCentre.createImage(snapshot, id);
  await inside("echo second > /root/note");
  await dataCentre.rebuild(id, snapshot, undefined);
  await answersSsh("operator");
  expect(await inside("cat /root/note && test ! -e /usr/bin/less")).toBe("first\n");
  await dataCentre.deleteImage(snapshot);
  await expect(dataCentre.rebuild(id, snapshot, undefined)).rejects.toThrow(`no image "${snapshot}"`);
});

test("its next boot can be the one of a rescue system, which has its disk", async () => {
  await inside("echo kept > /root/note");
  await dataCentre.enableRescue(id, [keys.loginPublic]);
  await dataCentre.powerOff(id);
  await dataCentre.powerOn(id);
  expect(await dataCentre.isRescueNext(id)).toBe(false);
  expect(await inside("test ! -e /root/note && cat /mnt/root/note")).toBe("kept\n");
  await until(async () => {
    const state = await runInMachine(id, ["systemctl", "is-system-running", "--wait"]);
    return state.stdout === "running\n";
  });
  expect(await inside("cat /root/.ssh/authorized_keys")).toContain(keys.loginPublic);
  await inside("echo repaired > /mnt/root/note");
  expect(await rebootMachine(id)).toBe("running");
  await answersSsh("operator");
  expect(await inside("cat /root/note; ls /mnt")).toBe("repaired\n");
});

describe("with a second machine", () => {
  const second = "203.0.113.212";

  afterAll(async () => {
    await releaseBoots();
    await dataCentre.delete(other);
  });

  test("a boot takes as long as a test wants", async () => {
    await holdBoots();
    await dataCentre.create(order(other, second));
    // The kernel answers at the address; the machine can't.
    expect((await sshBannerOf("operator", second)).stdout).not.toContain("SSH-2.0");
    await releaseBoots();
    await answersSsh("operator", second);
  });

  test("both run at once, each with its own disk", async () => {
    await inside("touch /root/first");
    expect(await inside("ls /root", other)).toBe("");
    expect(await inside("hostname", other)).toBe(`bot-${other}\n`);
  });

  test("they reach each other through the router", async () => {
    expect(await inside(`ping -c 1 ${address}`, other)).toContain("1 received");
  });
});

test("an unknown machine or image is refused by name", async () => {
  await expect(dataCentre.powerOn(900_404)).rejects.toThrow("no machine 900404");
  await expect(dataCentre.create({ ...order(900_405, undefined), image: "debian-2" })).rejects.toThrow(
    "debian-2",
  );
  await expect(dataCentre.create(order(id, undefined))).rejects.toThrow(`machine ${id} already exists`);
});

function order(machine: number, ipv4: string | undefined): MachineOrder {
  const userData = {
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: keys.hostPrivate, ed25519_public: keys.hostPublic },
  };
  return {
    id: machine,
    name: `bot-${machine}`,
    image: "debian-13",
    userData: `#cloud-config\n${JSON.stringify(userData)}\n`,
    sshKeys: [keys.loginPublic],
    ipv4,
  };
}

async function makeKeys() {
  const folder = await mkdtemp(join(folders.dir, "keys-"));
  for (const name of ["host", "login"]) {
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(folder, name)]);
  }
  const text = (name: string) => readFile(join(folder, name), "utf8");
  const hostPublic = await text("host.pub");
  const knownHosts = join(folder, "known_hosts");
  await writeFile(knownHosts, `203.0.113.* ${hostPublic}`);
  return {
    hostPublic,
    hostPrivate: await text("host"),
    loginPublic: (await text("login.pub")).trim(),
    login: join(folder, "login"),
    knownHosts,
  };
}

async function ssh(from: Site, command: string, to = address): Promise<Outcome> {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${keys.knownHosts}`];
  const flags = options.flatMap((option) => ["-o", option]);
  return at(from, ["ssh", ...flags, "-i", keys.login, `root@${to}`, command]);
}

async function answersSsh(from: Site, to = address): Promise<void> {
  // Keys are looked at once: sshd penalizes a source that fails to authenticate.
  await until(async () => (await sshBannerOf(from, to)).stdout.includes("SSH-2.0"));
  await until(async () => (await ssh(from, "true", to)).code === 0);
}

async function sshBanner(from: Site): Promise<string> {
  return (await sshBannerOf(from, address)).stdout;
}

/** What the SSH port says first, or nothing if it doesn't accept. */
function sshBannerOf(from: Site, to: string): Promise<Outcome> {
  return at(from, ["bash", "-c", `exec 3<>/dev/tcp/${to}/22 && head -n 1 <&3`]);
}

async function inside(command: string, machine = id): Promise<string> {
  const { code, stdout, stderr } = await runInMachine(machine, ["sh", "-c", command]);
  if (code !== 0) {
    throw new Error(`"${command}" ended with ${code} inside ${machine}: ${stderr}${stdout}`);
  }
  return stdout;
}

async function dropped(): Promise<number> {
  const { stdout } = await attempt(["ip", "netns", "exec", "internet", "nft", "list", "ruleset"]);
  const table = stdout.slice(stdout.indexOf(`table ip ${machineAt(id).link} `)).split("\n}")[0] ?? "";
  return [...table.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}
