import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { guardUnits } from "../../components/unit-sandbox.ts";
import { letTimeServersAnswer, silenceTimeServers } from "../../sandbox/time/time-servers.ts";
import { until } from "../../sandbox/until.ts";
import { onlyServer } from "./hetzner.ts";
import { installUpdate } from "./security-update.ts";
import { Server } from "./server.ts";
import { Stack } from "./stack.ts";
import { highestExposure, wantedProperties, wantedSandboxes } from "./unit-sandbox.ts";
import { foundByWalk, walk } from "./walk.ts";

// What is installed around the bot, seen from inside of one server.

let stack: Stack;
let server: Server;

beforeAll(async () => {
  stack = await Stack.ready("hardening");
  await stack.set("rebootTime", "04:15");
  await stack.mustUp();
  server = new Server((await onlyServer()).id);
});

afterAll(async () => {
  await letTimeServersAnswer();
  await stack.remove();
});

/** What systemd calls each start of these units. */
const invocationsOf = async (...units: string[]) =>
  (await server.run(`systemctl show -P InvocationID ${units.join(" ")}`)).split("\n").filter(Boolean);

describe("the clock", () => {
  test("is set by Hetzner's servers", async () => {
    const sources = await server.run("chronyc -n sources");
    for (const source of ["192.0.2.123", "192.0.2.124", "192.0.2.125"]) {
      expect(sources).toContain(source);
    }
  });

  test("is waited for before a bot starts, as long as no time server answers", async () => {
    await silenceTimeServers();
    await server.run("systemctl stop trading-bot-clock; systemctl restart chrony");
    await server.run("systemctl start --no-block trading-bot-clock");
    const state = () => server.run("systemctl is-active trading-bot-clock || true");
    await until(async () => (await server.run("pgrep -f '[c]hronyc waitsync' || true")) !== "");
    expect(await state()).toBe("activating");
    await letTimeServersAnswer();
    await until(async () => ((await state()) === "active" ? true : undefined));
  });
});

describe("maintenance", () => {
  test("security updates install themselves, and may reboot the server at the time of the setting", async () => {
    expect(
      await server.run("apt-config dump | grep -E 'Periodic::(Update|Unattended)|Automatic-Reboot'"),
    ).toBe(
      [
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        'Unattended-Upgrade::Automatic-Reboot "true";',
        'Unattended-Upgrade::Automatic-Reboot-Time "04:15";',
        'Unattended-Upgrade::Automatic-Reboot-WithUsers "true";',
      ].join("\n"),
    );
    expect(await server.run("systemctl is-enabled apt-daily-upgrade.timer unattended-upgrades")).toBe(
      "enabled\nenabled",
    );
  });

  test("a security update is installed, and the services that run the old code are restarted", async () => {
    const before = await invocationsOf("ssh", "trading-bot-proxy", "trading-bot-guard-proxy");
    await installUpdate(server, "zlib1g");
    const after = await invocationsOf("ssh", "trading-bot-proxy", "trading-bot-guard-proxy");
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(await server.run("restart-updated list")).toBe("");
    expect(await server.run("systemctl is-active update-window.timer")).toBe("active");
  });

  test("the journal outlives reboots, and has a limit", async () => {
    expect(await server.run("ls /var/log/journal/$(cat /etc/machine-id)/system.journal")).toContain(
      "system.journal",
    );
    expect(await server.run("systemd-analyze cat-config systemd/journald.conf | grep ^SystemMaxUse")).toBe(
      "SystemMaxUse=1G",
    );
  });
});

describe("the sandbox of our units", () => {
  test("has no unit that this test doesn't know", async () => {
    const units = await server.run("cd /etc/systemd/system && ls trading-*.service");
    const known = wantedSandboxes.map(([unit]) => unit.replace(/@[^.]+/, "@"));
    expect(units.split("\n").toSorted()).toEqual(known.toSorted());
  });

  test.each(wantedSandboxes)("%s has it, with no exceptions other than its own", async (unit, wanted) => {
    const shown = await server.run(`systemctl show --property=${wantedProperties.join(",")} ${unit}`);
    const properties = shown.split("\n").map((line) => {
      const [name = "", value = ""] = line.split(/=(.*)/s);
      return [name, /^(RestrictAddressFamilies|IPAddressDeny)$/.test(name) ? sorted(value) : value];
    });
    expect(Object.fromEntries(properties)).toEqual(wanted);
  });

  test.each(wantedSandboxes)("%s can't mount, and has limits", async (unit) => {
    const calls = (await server.run(`systemctl show -P SystemCallFilter ${unit}`)).split(" ");
    expect(calls).toContain("read");
    expect(calls).not.toEqual(expect.arrayContaining(["mount"]));
    expect(calls).not.toEqual(expect.arrayContaining(["setuid"]));
    const limits = await server.run(`systemctl show -P TasksMax -P MemoryMax ${unit}`);
    expect(limits).not.toContain("infinity");
    expect(limits.split("\n")).toHaveLength(2);
  });

  test("all units of the guard's program run as its user", async () => {
    const shown = await server.run(`systemctl show -P User ${guardUnits.join(" ")}`);
    expect(shown.split("\n").filter(Boolean)).toEqual(guardUnits.map(() => "trading-bot-guard"));
  });

  test("a report without a webhook logs the message, and nothing about a credential that isn't there", async () => {
    await server.run("systemctl start trading-bot-ended");
    const log = await server.run("journalctl --output=cat --unit=trading-bot-ended");
    expect(log).toContain("The bot has ended by itself, without an error.");
    expect(log).not.toMatch(/credential/i);
  });

  /** systemd's order of such lists has no meaning. */
  const sorted = (list: string) => list.split(" ").toSorted().join(" ");
});

describe("code that isn't trusted", () => {
  test("outside of a sandbox finds sockets of systemd, but not those that start a process as root", async () => {
    await server.run("cat >/usr/local/lib/walk.py", walk);
    const { sockets } = foundByWalk(
      await server.run("setpriv --reuid=nobody --clear-groups python3 /usr/local/lib/walk.py"),
    );
    expect(sockets).toContain("/run/systemd/notify");
    expect(sockets.filter((path) => /ssh|Credentials/.test(path))).toEqual([]);
  });

  test.each([
    ["unpack@0123456789ab", "releases/0123456789ab"],
    ["build", "built"],
    ["prepare@0123456789ab", "releases/0123456789ab"],
  ])("in the unit %s finds nothing to connect to, and only its own folders", async (name, own) => {
    const unit = `trading-bot-${name}.service`;
    const staging = "/opt/trading-bot/staging";
    await server.run(
      `install -d -o trading-bot-installer ${staging}/{tree,requirements,fetched,built,packages/venv} && touch ${staging}/archive
         install -d /run/systemd/system/${unit}.d && cat >/run/systemd/system/${unit}.d/test.conf
         systemctl daemon-reload && systemctl start ${unit}`,
      "[Service]\nExecStart=\nExecStart=/usr/bin/python3 /usr/local/lib/walk.py\n",
    );
    const { sockets, pipes, writable, filesystems } = foundByWalk(await server.run(`cat ${staging}/output`));
    expect({ sockets, pipes }).toEqual({ sockets: [], pipes: [] });
    expect(writable).toEqual(expect.arrayContaining(["/run", "/dev/shm", `/opt/trading-bot/${own}`]));
    const shared = (await server.run("stat -c %d /dev/shm /run")).split("\n");
    expect(shared).not.toContain(filesystems["/dev/shm"]);
    expect(shared).not.toContain(filesystems["/run"]);
    await server.run(`rm -r ${staging} /run/systemd/system/${unit}.d; systemctl daemon-reload`);
  });

  test("is in a slice with less weight than the rest of the server, and a limit for its memory", async () => {
    const units = ["trading-bot", "trading-bot-build", "trading-bot-prepare@0123456789ab"];
    const slices = (await server.run(`systemctl show -P Slice ${units.join(" ")}`))
      .split("\n")
      .filter(Boolean);
    expect(slices).toEqual(units.map(() => "bot.slice"));
    const weights = await server.run("systemctl show -P CPUWeight bot.slice system.slice user.slice");
    expect(weights.split("\n").filter(Boolean)).toEqual(["20", "[not set]", "[not set]"]);
    expect(await server.run("systemctl show -P MemoryMax bot.slice")).not.toBe("infinity");
  });

  test("is what the kernel kills first if the server has no memory left, and the guard's check is among the last", async () => {
    const units = [
      "trading-bot",
      "trading-bot-build",
      "trading-bot-prepare@0123456789ab",
      "trading-bot-guard",
    ];
    const scores = await server.run(`systemctl show -P OOMScoreAdjust ${units.join(" ")}`);
    expect(scores.split("\n").filter(Boolean)).toEqual(["1000", "1000", "1000", "-500"]);
  });
});

describe("independent checkers", () => {
  test("systemd: every unit is sound", async () => {
    const units = await server.run(
      "ls /etc/systemd/system/*.service /etc/systemd/system/*.timer | grep -E 'trading-bot|server-files|restart-updated|state-copies|update-window'",
    );
    expect(units.split("\n").length).toBeGreaterThanOrEqual(7);
    expect(await server.run(`systemd-analyze verify --man=no ${units.replaceAll("\n", " ")} 2>&1`)).toBe("");
  });

  test.each(highestExposure)(
    "systemd: the exposure of %s, in tenths, is at most %i",
    async (unit, highest) => {
      await server.run(`systemd-analyze security --no-pager --threshold=${highest} ${unit}`);
    },
  );

  test("cloud-init: the user_data conforms to its schema", async () => {
    expect(await server.run("cloud-init schema --system 2>&1")).toContain("Valid schema");
  });

  test("sshd uses the settings that were installed", async () => {
    const effective = (await server.run("sshd -T -C user=admin,host=x,addr=198.51.100.10")).split("\n");
    for (const line of [
      "permitrootlogin no",
      "passwordauthentication no",
      "authenticationmethods publickey",
      "allowtcpforwarding local",
      "permitopen api.binance.com:443 fapi.binance.com:443 demo-api.binance.com:443 demo-fapi.binance.com:443",
      "allowstreamlocalforwarding no",
      "allowagentforwarding no",
      "x11forwarding no",
      "permittunnel no",
      "hostkeyalgorithms ssh-ed25519",
      "kexalgorithms mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com",
    ]) {
      expect(effective).toContain(line);
    }
  });

  test("ssh-audit: no algorithm fails, and none deserves a warning", async () => {
    await server.run(
      "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends ssh-audit",
    );
    // Once: sshd slows down a source that connects too often.
    const report = await server.run("ssh-audit --no-colors 127.0.0.1 2>&1 || true");
    expect(report).not.toMatch(/\[(fail|warn)\]/);
    expect(report).toContain("(kex) mlkem768x25519-sha256");
    expect(report).toContain("(key) ssh-ed25519");
  });
});
