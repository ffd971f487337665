import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../../sandbox/until.ts";
import { fetched } from "./bot-network.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { Stack } from "./stack.ts";

// The server's firewall lets a real DHCP client keep its lease. The client's interface leads to a network namespace with a
// real DHCP server, whose leases have to be renewed after 5 seconds, and rebound after 8.

/** The clients that Debian's ifupdown uses, which is what Hetzner's Debian images have. */
const clients = [
  {
    name: "dhclient",
    package: "isc-dhcp-client",
    command: "dhclient -4 -d -lf /run/dhcp/leases-of-client lan0",
  },
  {
    name: "dhcpcd",
    package: "dhcpcd-base",
    command: "dhcpcd --ipv4only --nobackground --noarp --noipv4ll lan0",
  },
];

const address = "10.77.0.50";
/** A DHCP server of the test, by the last byte of its address. */
type DhcpServer = 1 | 2;

let stack: Stack;
let server: Server;
/** The server's own name server. */
let nameServer: string;

beforeAll(async () => {
  stack = await Stack.ready("dhcp");
  await stack.mustUp();
  server = new Server((await onlyServer()).id);
  nameServer = await server.run("awk '/^nameserver/ {print $2}' /etc/resolv.conf");
  const packages = ["busybox", ...clients.map((client) => client.package)].join(" ");
  await server.run(
    `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends ${packages}
    mkdir /run/dhcp && cp /etc/resolv.conf /run/dhcp/resolv.conf
    ip netns add lan
    ip link add lan0 type veth peer name eth0 netns lan
    ip link set lan0 address 02:00:00:00:00:0a up
    ip -netns lan link set eth0 up
    ip netns exec lan nft -f -`,
    `table inet seen {
      counter unicast {}
      counter broadcast {}
      chain input {
        type filter hook input priority filter
        udp dport 67 ip daddr 255.255.255.255 counter name broadcast
        udp dport 67 ip daddr != 255.255.255.255 counter name unicast
      }
    }`,
  );
});

afterAll(async () => {
  await stack.remove();
});

/** Starts one of the DHCP servers. Each knows the client's address, and names other name servers. */
async function startDhcpServer(number: DhcpServer): Promise<void> {
  await server.run(
    `cat >/run/dhcp/${number}.conf
    ip -netns lan address add 10.77.0.${number}/24 dev eth0
    touch /run/dhcp/leases
    systemd-run --quiet --collect --unit=dhcp-server --property=NetworkNamespacePath=/run/netns/lan \\
      busybox udhcpd -f /run/dhcp/${number}.conf`,
    [
      "interface eth0",
      `start ${address}`,
      `end ${address}`,
      `static_lease 02:00:00:00:00:0a ${address}`,
      "lease_file /run/dhcp/leases",
      "min_lease 10",
      "opt lease 30",
      "opt 0x3a 00000005",
      "opt 0x3b 00000008",
      "opt subnet 255.255.255.0",
      `opt dns ${nameServer} 10.77.0.${number}`,
      "",
    ].join("\n"),
  );
}

async function stopDhcpServer(): Promise<void> {
  await server.run("systemctl stop dhcp-server; ip -netns lan address flush dev eth0");
}

/** How many leases the DHCP server that runs now has given or renewed. */
async function leases(): Promise<number> {
  const log = await server.run(
    "journalctl --output=cat _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID dhcp-server)",
  );
  return log.match(/sending ACK/g)?.length ?? 0;
}

const hasLease = async () => (await server.run("ip -4 address show lan0")).includes(address);

/** How many requests the DHCP servers were sent, by the kind of their destination. */
async function requests(kind: "unicast" | "broadcast"): Promise<number> {
  const shown = await server.run(`ip netns exec lan nft list counter inet seen ${kind}`);
  return Number(/packets (\d+)/.exec(shown)?.[1]);
}

/** Starts a program on the server that prints what it receives at the ports of DHCP. */
async function receiveDhcp(unit: string): Promise<void> {
  await server.run(
    `cat >/run/dhcp/receive.py; systemd-run --quiet --collect --unit=${unit} python3 -u /run/dhcp/receive.py`,
    `import select, socket
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for port, receiver in zip((67, 68), sockets):
    receiver.bind(("", port))
print("ready")
while True:
    for receiver in select.select(sockets, [], [])[0]:
        print(receiver.getsockname()[1], receiver.recv(100).decode())
`,
  );
  await until(async () => (await received(unit)).includes("ready"));
}

function received(unit: string): Promise<string> {
  return server.run(`journalctl --output=cat --unit=${unit} | grep -E '^(ready|67|68)' || true`);
}

/**
 * Sends a packet as root, which may do more than the bot, from a port of an interface to a port of an address. Returns
 * "refused" if the firewall doesn't let it out.
 */
async function send(namespace: string, from: string, to: string): Promise<string> {
  return server.run(
    `nsenter --net=${namespace} python3 -`,
    `import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
interface, port = "${from}".split(":")
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
sender.bind(("", int(port)))
address, port = "${to}".split(":")
try:
    sender.sendto(b"from ${from}", (address, int(port)))
except PermissionError:
    print("refused")
`,
  );
}

describe("the bot's network", () => {
  const ofServer = "/proc/1/ns/net";
  const ofBot = "/run/netns/trading-bot";
  const ofLan = "/run/netns/lan";

  afterAll(async () => {
    await server.run("ip address flush dev lan0; ip -netns lan address flush dev eth0");
  });

  test("sends nothing by DHCP", async () => {
    await receiveDhcp("received-by-server");
    await send(ofBot, "eth0:68", "255.255.255.255:67");
    await send(ofBot, "eth0:68", "198.18.0.1:67");
    await send(ofBot, "eth0:67", "198.18.0.1:68");
    // A packet that may arrive, after those that must not.
    await server.run("ip address add 10.77.0.9/24 dev lan0; ip -netns lan address add 10.77.0.1/24 dev eth0");
    await send(ofLan, "eth0:67", "10.77.0.9:68");
    await until(async () => (await received("received-by-server")).includes("68 from eth0:67"));
    expect(await received("received-by-server")).toBe("ready\n68 from eth0:67");
    await server.run("systemctl stop received-by-server");
  });

  test("receives nothing by DHCP", async () => {
    for (const to of ["198.18.0.2:68", "255.255.255.255:68"]) {
      expect(await send(ofServer, "bot0:67", to)).toBe("refused");
    }
  });
});

describe.each(clients)("a lease of $name", ({ command }) => {
  beforeAll(async () => {
    await startDhcpServer(1);
    await server.run(
      `systemd-run --quiet --collect --unit=dhcp-client ${command}
      systemd-run --quiet --collect --unit=dhcp-monitor ip -4 monitor address dev lan0`,
    );
  });

  afterAll(async () => {
    await server.run(
      `systemctl stop dhcp-client dhcp-monitor dhcp-server 2>/dev/null || true
      ip -netns lan address flush dev eth0; ip address flush dev lan0
      rm -f /run/dhcp/leases* /var/lib/dhcpcd/*; cp /run/dhcp/resolv.conf /etc/resolv.conf`,
    );
  });

  /** How often the client has lost its address. */
  const losses = async () => {
    const log = await server.run(
      "journalctl --output=cat _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID dhcp-monitor)",
    );
    return log.match(/^Deleted/gm)?.length ?? 0;
  };

  test("is given", async () => {
    await until(hasLease);
  });

  test("is renewed by the server that gave it, which is asked directly", async () => {
    const before = { leases: await leases(), unicast: await requests("unicast") };
    await until(async () => (await leases()) > before.leases);
    expect(await requests("unicast")).toBeGreaterThan(before.unicast);
    expect(await losses()).toBe(0);
  });

  test("is rebound by another server, if the one that gave it is gone", async () => {
    await stopDhcpServer();
    const before = await requests("broadcast");
    await startDhcpServer(2);
    await until(async () => (await leases()) > 0);
    expect(await requests("broadcast")).toBeGreaterThan(before);
    expect(await losses()).toBe(0);
  });

  test("has other name servers then, which both proxies use", async () => {
    for (const proxy of ["trading-bot-proxy", "trading-bot-guard-proxy"]) {
      // A proxy that is being restarted has no file for a moment.
      const inUse = `cat /run/${proxy}/name-servers.cfg 2>/dev/null || true`;
      await until(async () => (await server.run(inUse)).includes("10.77.0.2:53"));
      await until(async () => (await server.run(`systemctl is-active ${proxy} || true`)) === "active");
    }
    for (const user of ["trading-bot", "trading-bot-guard"]) {
      await until(async () =>
        (await fetched(server, user, "https://api.binance.com/api/v3/ping")).startsWith("200"),
      );
    }
  });

  test("is requested again after it was lost, because no server answered in time", async () => {
    await stopDhcpServer();
    await until(async () => !(await hasLease()));
    await startDhcpServer(1);
    await until(hasLease);
  });
});
