import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { stackWithBot, tampered } from "./bot.ts";
import { hetzner } from "./hetzner.ts";
import type { Stack } from "./stack.ts";
import { VirtualServer } from "./virtual-server.ts";

// One server's life on a virtual machine, for what a container can't show. Every test starts where the previous one ended.

let stack: Stack;
let vm: VirtualServer;

beforeAll(async () => {
  stack = await stackWithBot("vm");
  vm = new VirtualServer(stack);
});

describe("a server", () => {
  test("boots with Hetzner's data source, and `pulumi up` ends", async () => {
    await vm.order();
    expect(await vm.booted()).toBe("running");
    expect(await vm.server.run("cloud-id; cat /sys/class/dmi/id/sys_vendor")).toBe("hetzner\nHetzner");
    expect(await vm.server.run("ip -4 -brief address show eth0")).toContain(`${vm.address}/32`);
  });

  test("installs a key pair, and runs a bot", async () => {
    await vm.setNextPair();
    await stack.mustUp();
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(vm.live));
    expect(await stack.script("install-bot", [tampered])).toMatchObject({ code: 0 });
    await vm.bot.becomes("active");
  });
});

describe("its own kernel", () => {
  test("has the settings, the firewall and the limits that our files ask for", async () => {
    const { server } = vm;
    expect(
      await server.run("sysctl -n net.ipv6.conf.all.disable_ipv6 net.ipv6.conf.default.disable_ipv6"),
    ).toBe("1\n1");
    expect(await server.run("nft list tables")).toContain("table inet trading_bot");
    const group = "/sys/fs/cgroup$(systemctl show -P ControlGroup trading-bot)";
    const [memory, tasks] = (await server.run(`cat ${group}/memory.max ${group}/pids.max`))
      .split("\n")
      .map(Number);
    const total = Number(await server.run("awk '/^MemTotal/ {print $2 * 1024}' /proc/meminfo"));
    expect(memory).toBeLessThanOrEqual(total * 0.8);
    expect(memory).toBeGreaterThan(total * 0.7);
    expect(tasks).toBe(512);
  });

  test("refuses a bot's further processes at TasksMax=", async () => {
    const forks = `
import os, signal
children = []
try:
    while len(children) < 2000:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print("unlimited")
except OSError as error:
    print("refused after", len(children), error.errno)
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)`;
    const answer = await vm.bot.execute(forks);
    expect(answer).toMatch(/^refused after \d+ 11$/);
    expect(Number(/\d+/.exec(answer)?.[0])).toBeLessThan(512);
  });

  test("kills a bot that takes all memory, and nothing else, and the bot starts again", async () => {
    const units = "ssh chrony trading-bot-proxy trading-bot-guard-proxy systemd-journald";
    const others = () => vm.server.run(`systemctl show -P InvocationID ${units}`);
    const [before, invocation] = [await others(), await vm.bot.property("InvocationID")];
    await vm.server.run(
      "cd /var/lib/trading-bot && cat > asking && mv asking ask.py",
      "x = []\nwhile True:\n    x.append(bytearray(b'x' * 2**22))\n",
    );
    await vm.bot.restartsAfter(invocation);
    expect(await vm.server.run("journalctl --dmesg --output=cat")).toMatch(
      /oom-kill:.*CONSTRAINT_MEMCG.*trading-bot/,
    );
    expect(await others()).toBe(before);
  });

  test("lets no packet to a link-local address out of a unit with the bot's filter, whatever its network allows", async () => {
    // In the server's network, where root reaches the metadata service.
    const get = "curl --silent --output /dev/null --max-time 10 http://169.254.169.254/hetzner/v1/metadata";
    const unit = "systemd-run --quiet --pipe --wait --collect";
    expect(await vm.server.run(`${unit} ${get}; echo $?`)).toBe("0");
    expect(await vm.server.run(`${unit} -p IPAddressDeny="link-local multicast" ${get}; echo $?`)).not.toBe(
      "0",
    );
    expect(await vm.server.run("systemctl show -P IPAddressDeny trading-bot")).toContain("169.254.0.0/16");
  });
});

describe("its network", () => {
  test("keeps its address when its lease is renewed, with our firewall", async () => {
    const log = join(foldersOfThisRun().logs, `dhcp-m-${vm.server.id}.log`);
    const given = async () => (await readFile(log, "utf8")).match(/DHCPACK/g)?.length ?? 0;
    const before = await given();
    await until(async () => (await given()) > before + 1);
    expect(await vm.server.run("ip -4 -brief address show eth0")).toContain(`${vm.address}/32`);
    expect(await stack.script("ssh", ["true"])).toMatchObject({ code: 0 });
  });
});

describe("its own clock", () => {
  test("is right before a bot starts, also if it was two hours ahead", async () => {
    await vm.server.run("systemctl stop trading-bot trading-bot-clock chrony");
    await vm.server.run("date --set '+2 hours' && systemctl start --no-block trading-bot");
    await vm.bot.becomes("active");
    const clock = Number(await vm.server.run("date +%s"));
    expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(60);
  });
});

describe("its life", () => {
  test("a bot that counts replaces the first one", async () => {
    await vm.installCountingBot();
    await vm.expectCounting(await vm.counted());
  });

  test("a rotation gives it the next key", async () => {
    const before = await vm.counted();
    await vm.setNextPair();
    await stack.mustUp();
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(vm.live));
    await vm.expectCounting(before);
  });

  test("a check of the guard passes", async () => {
    expect(await vm.bot.check()).toMatchObject({ code: 0 });
    expect(await stack.script("status", [])).toMatchObject({ code: 0 });
  });

  test("a reboot starts the kernel of an update, and the bot", async () => {
    const before = await vm.counted();
    const release = await vm.server.run(
      "cp -L /vmlinuz /boot/vmlinuz-updated && ln -sf boot/vmlinuz-updated /vmlinuz && touch /run/reboot-required && uname -r",
    );
    const boot = await vm.server.run("cat /proc/sys/kernel/random/boot_id");
    expect(await rebootMachine(vm.server.id, ["systemctl", "start", "--no-block", "update-window"])).toBe(
      "running",
    );
    expect(await vm.server.run("cat /proc/sys/kernel/random/boot_id")).not.toBe(boot);
    expect(await vm.server.run("uname -r")).toBe(release);
    await vm.expectCounting(before);
  });

  test("a volume becomes the place of its state, and a rebuild keeps the counts on it", async () => {
    const before = await vm.counted();
    await stack.set("stateVolume", "10");
    await stack.mustUp();
    await vm.expectCounting(before);
    expect(await vm.server.run("findmnt --noheadings --output FSTYPE /var/lib/trading-bot")).toBe("ext4");
    const last = await vm.counted();
    expect(await stack.script("rebuild", ["--yes"])).toMatchObject({ code: 0 });
    await vm.find();
    await vm.installCountingBot();
    await vm.expectCounting(last);
  });

  test("a teardown leaves nothing", async () => {
    await stack.remove();
    expect(await hetzner.servers()).toEqual([]);
    expect(await hetzner.primaryIps()).toEqual([]);
  });
});

afterAll(() => stack.remove());
