import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { at } from "../../sandbox/network/at.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { letTimeServersAnswer, silenceTimeServers } from "../../sandbox/time/time-servers.ts";
import { until } from "../../sandbox/until.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";
import { highestExposure, wantedProperties, wantedSandboxes } from "./unit-sandbox.ts";

// What surrounds the bot, seen from inside and outside of one server.

const metadata = "http://169.254.169.254/hetzner/v1";
const elsewhere = "https://elsewhere.example.net";

let stack: Stack;
let server: Server;
let address: string;

beforeAll(async () => {
  stack = await Stack.ready("hardening");
  await stack.set("rebootTime", "04:15");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
});

afterAll(async () => {
  await letTimeServersAnswer();
  await stack.remove();
});

/** The HTTP status that a user of the server gets for a page, or curl's reason why there is none. */
async function fetched(user: string, url: string): Promise<string> {
  // The bot and the guard see another resolv.conf than the rest of the server.
  const mount = "mount --bind /etc/trading-bot/resolv.conf /etc/resolv.conf";
  const prefix = user.startsWith("trading-bot") && user !== "trading-bot-installer" ? `${mount} &&` : "";
  const curl = `curl --silent --output /dev/null --max-time 10 --write-out '%{http_code} %{errormsg}' ${url}`;
  return server.run(
    `unshare --mount sh -c "${prefix} exec setpriv --reuid=${user} --regid=nogroup --clear-groups ${curl}" || true`,
  );
}

/** How many packets one of the firewall's counters has counted. */
async function refused(counter: string): Promise<number> {
  const shown = await server.run(`nft list counter inet trading_bot ${counter}`);
  return Number(/packets (\d+)/.exec(shown)?.[1]);
}

describe("what listens", () => {
  test("is SSH to the world, and the bot's resolver to the server itself; nothing else", async () => {
    const sockets = await server.run("ss -Hltun | awk '{print $1, $5}' | sort -u");
    expect(sockets.split("\n")).toEqual(["tcp 0.0.0.0:22", "tcp 127.0.0.2:53", "udp 127.0.0.2:53"]);
  });

  test("is also refused by the server's own firewall, without Hetzner's", async () => {
    await server.run("systemd-run --quiet --unit=stray python3 -m http.server 8000");
    await until(() => server.run("ss -Hltn 'sport = 8000'").then((line) => (line === "" ? undefined : true)));
    const before = await refused("refused_inbound");
    // From inside Hetzner's firewall: only the server's own table decides about this packet.
    await server.run(`
      ip netns add visitor
      ip link add inside type veth peer name eth0 netns visitor
      ip address add 10.1.0.1/24 dev inside && ip link set inside up
      ip -netns visitor address add 10.1.0.2/24 dev eth0 && ip -netns visitor link set eth0 up`);
    const knock = "ip netns exec visitor curl --silent --max-time 2 http://10.1.0.1:8000";
    await expect(server.run(knock)).rejects.toThrow("failed (28)");
    expect(await refused("refused_inbound")).toBeGreaterThan(before);
    await server.run("systemctl stop stray; ip netns delete visitor");
  });

  test("has no IPv6: no interface has an address of it", async () => {
    expect(await server.run("cat /proc/net/if_inet6 || true")).toBe("");
  });
});

describe("who may reach what", () => {
  test("the metadata service answers root, with the first host key, and nobody else", async () => {
    expect(await fetched("root", `${metadata}/userdata`)).toMatch(/^200/);
    for (const user of ["admin", "nobody", "trading-bot", "trading-bot-guard", "trading-bot-installer"]) {
      expect(await fetched(user, `${metadata}/userdata`)).toMatch(/^000 .*(refused|connect)/i);
    }
  });

  test("the key in user_data is no longer the server's", async () => {
    const userData = await server.run(`curl --silent ${metadata}/userdata`);
    const [, first] = /"ed25519_public": "(ssh-ed25519 [^"]+)"/.exec(userData) ?? [];
    const permanent = await stack.output("hostKey");
    expect(first).toMatch(/^ssh-ed25519 /);
    expect(first).not.toBe(permanent);
    const { stdout } = await at("operator", ["ssh-keyscan", "-T", "3", "-t", "ed25519", address]);
    expect(stdout.trim()).toBe(`${address} ${permanent}`);
  });

  test("a run that was killed after the server changed its key, but before Pulumi recorded that, can be repeated", async () => {
    const permanent = await stack.output("hostKey");
    const urn = (await stack.output("serverUrn")).replace(
      "hcloud:index/server:Server::server",
      "command:local:Command::host-key-adoption",
    );
    expect(changes(await stack.mustUp("--replace", urn))).toMatchObject({ "host-key-adoption": "replace" });
    const { stdout } = await at("operator", ["ssh-keyscan", "-T", "3", "-t", "ed25519", address]);
    expect(stdout.trim()).toBe(`${address} ${permanent}`);
  });

  test("the bot and the guard reach the exchange, and no other host, not even by its address", async () => {
    const other = await server.run("getent ahostsv4 elsewhere.example.net | awk 'NR == 1 {print $1}'");
    for (const user of ["trading-bot", "trading-bot-guard"]) {
      expect(await fetched(user, "https://api.binance.com/api/v3/ping")).toMatch(/^200/);
      expect(await fetched(user, elsewhere)).toMatch(/^000 .*resolve/);
      expect(await fetched(user, `--insecure https://${other}`)).toMatch(/^000 .*(refused|connect)/i);
      expect(await fetched(user, "http://api.binance.com/")).toMatch(/^000 .*(refused|connect)/i);
    }
  });

  test("root, apt and the owner reach that host, so it exists", async () => {
    for (const user of ["root", "_apt", "admin"]) {
      expect(await fetched(user, elsewhere)).toMatch(/^200/);
    }
    expect(await fetched("nobody", elsewhere)).toMatch(/^000/);
  });

  test("no name but the exchange's leads out of the bot: its resolver knows no other, and it may ask no other", async () => {
    const types = { A: 1, TXT: 16, AAAA: 28 };
    const ask = (where: string, name: string, type: keyof typeof types = "A") =>
      server.run(`setpriv --reuid=trading-bot --regid=nogroup --clear-groups python3 - <<'END'
import socket, struct
name = b"".join(bytes([len(part)]) + part.encode() for part in "${name}".split(".")) + b"\\0"
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask.settimeout(3)
try:
    ask.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name + struct.pack(">2H", ${types[type]}, 1), ("${where}", 53))
    reply = ask.recv(512)
    print("refused" if reply[3] & 15 == 5 else "answered", struct.unpack(">H", reply[6:8])[0])
except OSError as error:
    print(type(error).__name__)
END`);
    expect(await ask("127.0.0.2", "api.binance.com")).toBe("answered 1");
    for (const type of ["A", "AAAA", "TXT"] as const) {
      expect(await ask("127.0.0.2", "elsewhere.example.net", type)).toBe("refused 0");
      expect(await ask("127.0.0.2", "c2VjcmV0.example.net", type)).toBe("refused 0");
    }
    expect(await ask("192.0.2.53", "api.binance.com")).not.toMatch(/^answered/);
  });

  test("refused packets are counted", async () => {
    expect(await refused("refused_of_bot")).toBeGreaterThan(0);
    expect(await refused("refused_outbound")).toBeGreaterThan(0);
  });

  test("an SSH session leads to the exchange and nowhere else", async () => {
    expect(await tunnelTo("api.binance.com:443")).toBe("open");
    expect(await tunnelTo("192.0.2.10:443")).toBe("prohibited");
    expect(await tunnelTo("127.0.0.1:22")).toBe("prohibited");
  });
});

/**
 * The outcome of an SSH tunnel to a host and port. "open": something at its other end ended or answered it. Everything
 * else, such as an SSH connection that fails, is an error.
 */
async function tunnelTo(target: string): Promise<"open" | "prohibited"> {
  const known = `KnownHostsCommand=/bin/echo ${address} ${await stack.output("hostKey")}`;
  const keyFile = `${foldersOfThisRun().dir}/tmp/deploy-key`;
  await at("operator", ["sh", "-c", `umask 077; cat > ${keyFile}`], {
    stdin: `${await stack.output("deployKey")}\n`,
  });
  const options = [known, "UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=yes", "BatchMode=yes"];
  const { code, stderr } = await at("operator", [
    "ssh",
    ...["-F", "none", "-i", keyFile, ...options.flatMap((option) => ["-o", option])],
    ...["-W", target, `admin@${address}`],
  ]);
  await at("operator", ["rm", keyFile]);
  if (stderr.includes("administratively prohibited")) {
    return "prohibited";
  }
  // The tunnel was made, and ended because our side sends nothing.
  if (code === 0) {
    return "open";
  }
  throw new Error(`the tunnel to ${target} failed (${code}): ${stderr}`);
}

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
    await until(() => server.run("pgrep -f 'chronyc waitsync' || true").then((id) => id || undefined));
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
    const dry = await server.run("unattended-upgrade --dry-run --debug 2>&1");
    expect(dry).toContain("Debian-Security");
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
    const known = wantedSandboxes.map(([unit]) => unit.replace(/@[0-9a-f]+/, "@"));
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

  /** systemd's order of such lists has no meaning. */
  const sorted = (list: string) => list.split(" ").toSorted().join(" ");
});

describe("what independent checkers say", () => {
  test("systemd: every unit is sound", async () => {
    const units = await server.run(
      "ls /etc/systemd/system/*.service /etc/systemd/system/*.timer | grep -E 'trading-bot|server-files'",
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
      "permitopen api.binance.com:443",
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
    // Once: sshd keeps a source waiting that comes and goes too often.
    const report = await server.run("ssh-audit --no-colors 127.0.0.1 2>&1 || true");
    expect(report).not.toMatch(/\[(fail|warn)\]/);
    expect(report).toContain("(kex) mlkem768x25519-sha256");
    expect(report).toContain("(key) ssh-ed25519");
  });
});

describe("deliveries", () => {
  const invocations = () =>
    server.run("systemctl show -P InvocationID ssh chrony trading-bot-resolver systemd-journald nftables");

  test("a second `pulumi up` does nothing", async () => {
    const logins = await server.logins();
    expect(changes(await stack.mustUp())).toEqual({});
    expect(await server.logins()).toBe(logins);
  });

  test("an edited file updates itself alone, and restarts only what it concerns", async () => {
    const [ssh, chrony, ...others] = (await invocations()).split("\n").filter(Boolean);
    const restore = await stack.appendToFile("server/rootfs/etc/chrony/chrony.conf", "# edited\n");
    expect(changes(await stack.mustUp())).toEqual({ "base-config": "update" });
    const [sshAfter, chronyAfter, ...othersAfter] = (await invocations()).split("\n").filter(Boolean);
    expect([sshAfter, ...othersAfter]).toEqual([ssh, ...others]);
    expect(chronyAfter).not.toBe(chrony);
    await restore();
    await stack.mustUp();
  });

  test.each([
    [
      "sshd",
      "server/rootfs/etc/ssh/sshd_config.d/10-trading-bot-server.conf",
      "NoSuchOption yes\n",
      "NoSuchOption",
    ],
    [
      "nftables",
      "server/rootfs/etc/nftables.conf",
      "table inet trading_bot { chain input { no such rule } }\n",
      "nft --check",
    ],
    ["chrony", "server/rootfs/etc/chrony/chrony.conf", "nosuchdirective\n", "chronyd -p"],
    ["dnsmasq", "server/rootfs/etc/trading-bot/resolver.conf", "no-such-option\n", "dnsmasq --test"],
    ["apt", "server/rootfs/etc/apt/apt.conf.d/20auto-upgrades", "nonsense\n", "apt-config"],
  ])(
    "a broken file of %s is refused by its own checker, and leaves the server as it was",
    async (_, file, text, message) => {
      const path = file.slice("server".length);
      const before = await server.run(
        `sha256sum ${path}; systemctl show -P InvocationID ssh nftables chrony`,
      );
      const restore = await stack.appendToFile(file, text);
      const { code, stdout } = await stack.up();
      await restore();
      expect(code).not.toBe(0);
      expect(stdout).toContain("nothing was changed");
      expect(stdout).toContain(message);
      expect(await server.run(`sha256sum ${path}; systemctl show -P InvocationID ssh nftables chrony`)).toBe(
        before,
      );
      expect(changes(await stack.mustUp())).not.toHaveProperty("server");
    },
  );

  test("a change that locks us out is rolled back by the server itself, and the next `pulumi up` succeeds", async () => {
    const restore = await stack.appendToFile(
      "server/rootfs/etc/nftables.conf",
      "insert rule inet trading_bot input tcp dport 22 ct state new drop\n",
    );
    const { code, stdout } = await stack.up();
    await restore();
    expect(code).not.toBe(0);
    expect(stdout).toContain("could not be confirmed over a new connection");
    expect(stdout).toContain("/etc/nftables.conf");
    await until(() =>
      server
        .run("grep -c 'dport 22 ct state new drop' /etc/nftables.conf || true")
        .then((n) => (n === "0" ? true : undefined)),
    );
    await until(() =>
      stack.script("ssh", ["true"]).then(({ code: reached }) => (reached === 0 ? true : undefined)),
    );
    await stack.mustUp();
    expect((await stack.script("ssh", ["true"])).code).toBe(0);
  });

  test("a delivery that is killed in the middle is rolled back by the next one, which then succeeds", async () => {
    const install = (delivery: object) => server.run("server-files install", JSON.stringify(delivery));
    const file = (path: string, content: string, activate: string[] = []) => ({ path, content, activate });
    await install({ files: [file("/etc/one", "old"), file("/etc/two", "old")] });
    await server.run("mkfifo /run/hold");
    const killed = install({ files: [file("/etc/one", "new", ["cat /run/hold"]), file("/etc/two", "new")] });
    killed.catch(() => undefined);
    await until(() => server.run("pgrep -x -f 'cat /run/hold' || true").then((id) => id || undefined));
    await server.run(
      "pkill -KILL -f '[s]erver-files install'; pkill -KILL -x -f 'cat /run/hold'; rm /run/hold",
    );
    await expect(killed).rejects.toThrow();
    expect(await server.run("cat /etc/one /etc/two")).toBe("newnew");
    expect(await install({ files: [file("/etc/three", "new")] })).toBe("/etc/three");
    expect(await server.run("cat /etc/one /etc/two /etc/three")).toBe("oldoldnew");
    expect(await install({ files: [file("/etc/three", "new")] })).toBe("unchanged");
  });

  test("half a delivery changes nothing", async () => {
    const whole = JSON.stringify({ files: [{ path: "/etc/half", content: "half" }] });
    await expect(server.run("server-files install", whole.slice(0, -3))).rejects.toThrow(
      "arrived incomplete",
    );
    expect(await server.run("ls /etc/half 2>/dev/null || true")).toBe("");
  });

  test("a file whose activation fails is restored", async () => {
    const broken = { files: [{ path: "/etc/one", content: "broken", activate: ["grep -q old /etc/one"] }] };
    await expect(server.run("server-files install", JSON.stringify(broken))).rejects.toThrow(
      "The previous files were restored.",
    );
    expect(await server.run("cat /etc/one")).toBe("old");
  });
});

describe("a reboot", () => {
  /** When a unit became active, in microseconds since the machine's start. */
  const activated = async (unit: string) =>
    z.coerce
      .number()
      .positive()
      .parse(await server.run(`systemctl show -P ActiveEnterTimestampMonotonic ${unit}`));

  beforeAll(() => rebootMachine(server.id));

  test("starts everything again", async () => {
    expect(await server.run("systemctl is-system-running --wait")).toBe("running");
    expect(
      await server.run(
        "systemctl is-active ssh nftables chrony trading-bot-resolver trading-bot-guard.timer",
      ),
    ).toBe("active\nactive\nactive\nactive\nactive");
    expect(await server.run("cat /proc/net/if_inet6 || true")).toBe("");
    expect(await fetched("trading-bot", "https://api.binance.com/api/v3/ping")).toMatch(/^200/);
    expect(await fetched("trading-bot", `${metadata}/userdata`)).toMatch(/^000/);
  });

  test("has the firewall loaded before the network is up", async () => {
    expect(await activated("nftables.service")).toBeLessThanOrEqual(await activated("network-pre.target"));
    expect(await activated("network-pre.target")).toBeLessThanOrEqual(await activated("ssh.service"));
  });

  test("keeps the server's host key", async () => {
    expect((await stack.script("ssh", ["true"])).code).toBe(0);
    expect(changes(await stack.mustUp())).toEqual({});
  });
});
