import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { within } from "../../sandbox/network/at.ts";
import { until } from "../../sandbox/until.ts";
import {
  fetched as fetchedOn,
  inBotNetwork,
  keepsConnections,
  printed,
  prints,
  startInBotNetwork,
} from "./bot-network.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

interface Context {
  stack: Stack;
  server: Server;
  /** The server's. */
  address: string;
}

/** Tests of the bot's network, on a server without a bot. `context` is called once the server is there. */
export function testBotNetwork(context: () => Context): void {
  const fetched = (user: string, url: string) => fetchedOn(context().server, user, url);

  describe("the hosts that the bot may reach", () => {
    const set = async (hosts: string[]) => {
      const { stack } = context();
      await stack.set("bot", JSON.stringify({ preset: "none", hosts }));
      return changes(await stack.mustUp());
    };

    beforeAll(() => set([]));

    afterAll(async () => {
      const { stack } = context();
      await stack.unset("bot");
      await stack.mustUp();
    });

    test("are added without ending a connection; one that is removed loses its connections at once, and no other does", async () => {
      const { server } = context();
      expect(await set(["elsewhere.example.net"])).toEqual({ dns: "update" });
      const hosts = ["api.binance.com", "elsewhere.example.net"];
      await startInBotNetwork(server, "streams", keepsConnections(hosts));
      const replies = (host: string) => async () =>
        (await printed(server, "streams")).filter((line) => line.startsWith(`${host} `)).length;
      const goesOn = async (host: string) => {
        const before = await replies(host)();
        await until(async () => ((await replies(host)()) > before + 3 ? true : undefined));
      };
      await Promise.all(hosts.map(goesOn));

      await set(["elsewhere.example.net", "hooks.example.net"]);
      expect(await fetched("trading-bot", "https://hooks.example.net/")).not.toMatch(/^000/);
      await Promise.all(hosts.map(goesOn));

      await set(["hooks.example.net"]);
      await prints(server, "streams", (line) => line === "elsewhere.example.net ended");
      await goesOn("api.binance.com");
      expect(await printed(server, "streams")).not.toContain("api.binance.com ended");
      expect(await fetched("trading-bot", "https://elsewhere.example.net")).toMatch(/^000 .*resolve/);
      await server.run("systemctl stop streams");
    });

    test("include a port that is listed, and no other port of that host; private addresses are refused, and the server's own", async () => {
      const { server, address } = context();
      const listed = [
        "db.example.net:5432",
        "private.example.net",
        "self.example.net",
        "*.below.example.net",
      ];
      expect(await set(listed)).toEqual({ dns: "update", "ssh-and-firewall": "update" });
      // The server's name server becomes one that knows these names. The proxies notice it by themselves.
      const records = {
        "db.example.net": "198.51.100.66",
        "private.example.net": "10.0.0.7",
        "self.example.net": address,
        "one.below.example.net": "192.0.2.50",
      };
      const original = await server.run("cat /etc/resolv.conf");
      const given = Object.entries(records).map(([name, ip]) => `--host-record=${name},${ip}`);
      await server.run(`
        systemd-run --quiet --unit=names dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file --log-facility=- \\
          --log-queries --bind-interfaces --listen-address=127.0.0.9 --no-hosts --no-resolv --server=192.0.2.53 ${given.join(" ")}
        printf 'nameserver %s\\n' 2001:db8::53 127.0.0.9 >/etc/resolv.conf`);
      const listener = spawnAtStranger();
      const send = (host: string, port: number) =>
        inBotNetwork(
          server,
          `python3 -c 'import socket
try:
    connection = socket.create_connection(("${host}", ${port}), 10)
    connection.settimeout(10)
    connection.sendall(b"hello\\n")
    print(connection.recv(100).decode().strip() or "ended")
except OSError as error:
    print(type(error).__name__)'`,
        );
      try {
        await until(async () => ((await send("db.example.net", 5432)) === "hello" ? true : undefined));
        expect(await send("db.example.net", 443)).toBe("ConnectionRefusedError");
        expect(await fetched("trading-bot", "--insecure https://one.below.example.net/")).not.toMatch(/^000/);
        for (const host of ["private.example.net", "self.example.net", "none.below.example.net"]) {
          expect([host, await fetched("trading-bot", `--insecure https://${host}/`)]).toEqual([
            host,
            expect.stringMatching(/^000/),
          ]);
        }
        await inBotNetwork(server, "getent hosts c2VjcmV0.example.net");
        const queries = await server.run("journalctl -u names -o cat");
        expect(queries).toContain("db.example.net");
        expect(queries).not.toContain("c2VjcmV0");
      } finally {
        listener.kill();
        await server.run("cat >/etc/resolv.conf; systemctl stop names", `${original}\n`);
      }
    });
  });

  test("an open connection may be silent for longer than the proxy waits for anything else", async () => {
    const { server } = context();
    const reload = "systemctl reload trading-bot-proxy";
    const settings = "/etc/trading-bot/proxy.cfg";
    await server.run(`
      cp -a ${settings} /root/proxy.cfg
      sed -i -E 's/(timeout (client|server)|inspect-delay) [0-9]+s/\\1 1s/' ${settings}
      ${reload}`);
    // Each connection that sends nothing is ended after one second. The other one was silent for longer then.
    const idle = `
import socket, ssl
open_one = ssl.create_default_context().wrap_socket(socket.create_connection(("api.binance.com", 443), 10), server_hostname="api.binance.com")
for _ in range(3):
    silent = socket.create_connection(("api.binance.com", 443), 10)
    silent.settimeout(60)
    try:
        assert silent.recv(1) == b""
    except ConnectionResetError:
        pass
open_one.sendall(b"GET /api/v3/ping HTTP/1.1\\r\\nHost: api.binance.com\\r\\n\\r\\n")
print(open_one.recv(100).decode().splitlines()[0])`;
    expect(await inBotNetwork(server, `python3 -c '${idle}'`)).toBe("HTTP/1.1 200 OK");
    await server.run(`mv /root/proxy.cfg ${settings} && ${reload}`);
    // The kernel forgets a silent connection of the proxy after this time, in seconds.
    const forgets = await server.run("sysctl -n net.netfilter.nf_conntrack_tcp_timeout_established");
    expect(Number(forgets)).toBeGreaterThan(86_400);
  });

  describe("a bot that takes all that it can get", () => {
    test("of ports and connections leaves the guard its way to the exchange, and the operator SSH", async () => {
      const { stack, server } = context();
      const tracked = async () => Number(await server.run("cat /proc/sys/net/netfilter/nf_conntrack_count"));
      const before = await tracked();
      await startInBotNetwork(
        server,
        "flood",
        `
import os, socket, ssl, time
kept = []
context = ssl.create_default_context()
idle = failed = 0
while failed < 3 and idle < 2000:
    try:
        connection = socket.create_connection(("api.binance.com", 443), 5)
        kept.append(context.wrap_socket(connection, server_hostname="api.binance.com"))
        idle += 1
    except OSError:
        failed += 1
listener = socket.create_server(("127.0.0.1", 1999), backlog=4096)
for _ in range(200):
    kept.append(socket.create_connection(listener.getsockname(), 5))
    kept.append(listener.accept()[0])
# In several processes, because each may open a limited number of files.
bound = 0
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for first in range(1024, 65536, 8192):
        reading, writing = os.pipe()
        if os.fork() == 0:
            ports = []
            for port in range(first, min(first + 8192, 65536)):
                one = socket.socket(socket.AF_INET, kind)
                try:
                    one.bind(("0.0.0.0", port))
                    ports.append(one)
                except OSError:
                    one.close()
            os.write(writing, b"%d " % len(ports))
            time.sleep(3600)
            os._exit(0)
        bound += int(os.read(reading, 10))
print("flooded", idle, bound)
time.sleep(3600)`,
      );
      const [, idle, bound] = (await prints(server, "flood", (line) => line.startsWith("flooded"))).split(
        " ",
      );
      expect(Number(idle)).toBeGreaterThan(300);
      expect(Number(bound)).toBeGreaterThan(100_000);
      expect(await fetched("trading-bot-guard", "https://api.binance.com/api/v3/ping")).toMatch(/^200/);
      expect((await stack.script("ssh", ["true"])).code).toBe(0);
      // At most those of the proxy.
      expect((await tracked()) - before).toBeLessThan(1100);
      await server.run("systemctl stop flood");
      await until(
        async () =>
          (await fetched("trading-bot", "https://api.binance.com/api/v3/ping")).startsWith("200") ||
          undefined,
      );
    });
  });
}

/** A host on the internet that echoes on port 5432. */
function spawnAtStranger(): ChildProcess {
  const [program, ...args] = within("stranger", [
    "python3",
    "-c",
    `
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("198.51.100.66", 5432), Echo).serve_forever()`,
  ]);
  return spawn(program, args, { stdio: "ignore" });
}
