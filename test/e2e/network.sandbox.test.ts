import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { at } from "../../sandbox/network/at.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { fetched as fetchedOn, inBotNetwork } from "./bot-network.ts";
import { testBotNetwork } from "./bot-network-tests.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// Who can reach the server, and whom its users can reach, also after a reboot.

const metadata = "http://169.254.169.254/hetzner/v1";
const elsewhere = "https://elsewhere.example.net";

let stack: Stack;
let server: Server;
let address: string;

beforeAll(async () => {
  stack = await Stack.ready("network");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
});

afterAll(async () => {
  await stack.remove();
});

/** What a user of the server gets for a page. */
const fetched = (user: string, url: string) => fetchedOn(server, user, url);

/** How many packets one of the firewall's counters has counted. */
async function refused(counter: string): Promise<number> {
  const shown = await server.run(`nft list counter inet trading_bot ${counter}`);
  return Number(/packets (\d+)/.exec(shown)?.[1]);
}

describe("what listens", () => {
  test("is SSH to the world, and the proxies to the bot and the guard; nothing else", async () => {
    const sockets = (await server.run("ss -Hltun | awk '{print $1, $5}' | sort -u")).split("\n");
    expect(sockets.filter((socket) => !/^tcp (198\.19|127\.19)\.\d+\.\d+:(443|9443)$/.test(socket))).toEqual([
      "tcp 0.0.0.0:22",
    ]);
    expect(sockets.length).toBeGreaterThan(20);
  });

  test("in the bot's own network is its name service, and nothing else", async () => {
    const sockets = await server.run("ip netns exec trading-bot ss -Hltun | awk '{print $1, $5}' | sort -u");
    expect(sockets.split("\n")).toEqual(["tcp 127.0.0.1:53", "udp 127.0.0.1:53"]);
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
    await server.run("systemctl stop stray");
  });

  test("except a DHCP server's answer, which may come from another address than the request was sent to", async () => {
    const receive = `python3 -c 'import socket
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(("0.0.0.0", 68))
client.settimeout(30)
print("ready", flush=True)
print(client.recv(100).decode(), flush=True)'`;
    const send = (port: number) =>
      server.run(`ip netns exec visitor python3 -c 'import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", ${port}))
server.sendto(b"from port ${port}", ("10.1.0.1", 68))'`);
    await server.run(`systemd-run --quiet --unit=dhcp-client ${receive}`);
    const log = () => server.run("journalctl -u dhcp-client -o cat");
    await until(async () => ((await log()).includes("ready") ? true : undefined));
    await send(1067);
    await send(67);
    await until(async () => ((await log()).includes("from port 67") ? true : undefined));
    expect(await log()).not.toContain("from port 1067");
    await server.run("systemctl stop dhcp-client 2>/dev/null || true; ip netns delete visitor");
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

  test("a bot that the owner runs as admin reaches Binance's streams at their own port", async () => {
    expect(await fetched("admin", "https://stream.binance.com:9443/")).toMatch(/^[2-5]\d\d/);
  });

  test("the exchange answers at its second port, and for its own names only", async () => {
    expect(await fetched("trading-bot", "https://stream.binance.com:9443/")).toMatch(/^[2-5]\d\d/);
    const address = await inBotNetwork(server, "getent ahostsv4 api.binance.com | awk 'NR == 1 {print $1}'");
    expect(address).toMatch(/^198\.19\./);
    const resolve = `--insecure --resolve elsewhere.example.net:443:${address}`;
    expect(await fetched("trading-bot", `${resolve} ${elsewhere}`)).toMatch(/^000/);
    expect(await fetched("trading-bot", `--insecure https://${address}`)).toMatch(/^000/);
  });

  test("no name of the bot's leaves the server: its own network knows the listed names, and reaches no other resolver", async () => {
    const query = (resolver: string, name: string, type: number) =>
      inBotNetwork(
        server,
        `python3 - <<'END'
import socket, struct
name = b"".join(bytes([len(part)]) + part.encode() for part in "${name}".split(".")) + b"\\0"
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(3)
try:
    client.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name + struct.pack(">2H", ${type}, 1), ("${resolver}", 53))
    reply = client.recv(512)
    print("code", reply[3] & 15, "answers", struct.unpack(">H", reply[6:8])[0])
except OSError as error:
    print(type(error).__name__)
END`,
      );
    const [a, txt, aaaa] = [1, 16, 28];
    expect(await query("127.0.0.1", "api.binance.com", a)).toBe("code 0 answers 1");
    expect(await query("127.0.0.1", "api.binance.com", aaaa)).toBe("code 0 answers 0");
    for (const type of [a, aaaa, txt]) {
      // 3: the name doesn't exist.
      expect(await query("127.0.0.1", "elsewhere.example.net", type)).toBe("code 3 answers 0");
      expect(await query("127.0.0.1", "c2VjcmV0.api.binance.com", type)).toBe("code 3 answers 0");
    }
    expect(await query("192.0.2.53", "api.binance.com", a)).toBe("OSError");
  });

  test("the guard reaches the exchange if no UDP reaches the server", async () => {
    await server.run(`
      nft add table inet no_udp
      nft add chain inet no_udp input '{ type filter hook input priority filter - 5; }'
      nft add rule inet no_udp input iifname != lo meta l4proto udp counter drop
      systemctl restart trading-bot-guard-proxy`);
    expect(await fetched("trading-bot-guard", "https://api.binance.com/api/v3/ping")).toMatch(/^200/);
    // The answers by UDP.
    expect(await server.run("nft list chain inet no_udp input")).not.toContain("packets 0");
    await server.run("nft delete table inet no_udp; systemctl restart trading-bot-guard-proxy");
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
  const known = `KnownHostsCommand=/usr/bin/env echo ${address} ${await stack.output("hostKey")}`;
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

testBotNetwork(() => ({ stack, server, address }));

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
        "systemctl is-active ssh nftables chrony bot-network trading-bot-names trading-bot-proxy trading-bot-guard-proxy trading-bot-guard.timer | sort -u",
      ),
    ).toBe("active");
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
