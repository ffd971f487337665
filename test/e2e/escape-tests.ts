import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { rootfsFile } from "../../components/commands/server-sources.ts";
import { until } from "../../sandbox/until.ts";
import { attempts, outcomes, withStrict } from "./attempts.ts";
import { type BotOnServer, nextOrder } from "./bot.ts";
import type { Server } from "./server.ts";
import { foundByWalk, walk } from "./walk.ts";

interface Context {
  server: Server;
  bot: BotOnServer;
}

/** Tests of the bot's sandbox from inside. `context` is called once the bot of the tests runs. */
export function testEscapes(context: () => Context): void {
  const inBot = (python: string) => context().bot.execute(python);
  const onServer = (script: string) => context().server.run(script);

  describe("a bot that was tampered with", () => {
    const connects = (host: string, port: number) => `
import socket
try:
    socket.create_connection(("${host}", ${port}), timeout=5)
    print("connected")
except OSError as error:
    print(type(error).__name__, error)`;

    test("reaches the exchange", async () => {
      expect(await inBot(connects("api.binance.com", 443))).toBe("connected");
      expect(await inBot(connects("stream.binance.com", 9443))).toBe("connected");
    });

    test.each([
      ["another site", "elsewhere.example.net", 443],
      ["another site by its address", "192.0.2.50", 443],
      ["the metadata service", "169.254.169.254", 80],
      ["Hetzner's API", "192.0.2.10", 443],
      ["the webhook", "hooks.example.net", 443],
      ["another resolver", "192.0.2.53", 53],
      ["the server's own SSH", "127.0.0.1", 22],
      ["the exchange by another port", "api.binance.com", 80],
    ])("doesn't reach %s", async (_, host, port) => {
      expect(await inBot(connects(host, port))).not.toContain("connected");
    });

    test("reads no credentials and no files of other users, and sees no other process", async () => {
      const look = (path: string) =>
        inBot(`
import os
for path in ["${path}"]:
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read()[:20])
    except OSError as error:
        print(type(error).__name__)`);
      for (const path of [
        "/etc/credstore.encrypted",
        "/etc/credstore.encrypted/binance",
        "/var/lib/systemd/credential.secret",
        "/var/lib/cloud/instance/user-data.txt",
        "/etc/ssh/ssh_host_ed25519_key",
        "/home/admin",
        "/root",
        "/var/log/journal",
        "/var/lib/trading-bot-guard",
        "/etc/trading-bot-guard/hosts",
        "/proc/1/environ",
        "/etc/shadow",
        "/proc/cmdline",
        "/proc/interrupts",
        "/proc/keys",
        "/proc/locks",
        "/proc/modules",
        "/proc/sysrq-trigger",
      ]) {
        expect([path, await look(path)]).toEqual([
          path,
          expect.stringMatching(/^(Permission|FileNotFound|\[\])/),
        ]);
      }
      expect(await inBot('import os; print(len([n for n in os.listdir("/proc") if n.isdigit()]))')).toBe("1");
    });

    test("has its own process numbers: what it starts and leaves never becomes a child of systemd", async () => {
      expect(
        await inBot(`
import os, time
read, write = os.pipe()
if os.fork() == 0:
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent:
            time.sleep(0.01)
        os.write(write, str(os.getppid()).encode())
    os._exit(0)
os.wait()
print(os.read(read, 9).decode())`),
      ).toBe("1");
      const children = "ps --ppid 1 -o user= | grep -c trading-bot$ || true";
      expect(await onServer(children)).toBe("1");
      const first = "systemctl show -P MainPID trading-bot";
      expect(await onServer(`readlink /proc/$(${first})/ns/pid`)).not.toBe(
        await onServer("readlink /proc/1/ns/pid"),
      );
    });

    test("reads with psutil what programs show of the server, and what else is in /proc isn't there to read", async () => {
      await onServer(
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-psutil",
      );
      const read = `
import json, os, psutil
found = {
    "memory": psutil.virtual_memory().total > 0,
    "swap": psutil.swap_memory().total >= 0,
    "processors": len(psutil.cpu_percent(percpu=True)) > 0,
    "load": len(psutil.getloadavg()) == 3,
    "own": psutil.Process().memory_info().rss > 0,
    "started": psutil.boot_time() > 0,
    "disks": len(psutil.disk_partitions()) >= 0 and psutil.disk_usage("/").total > 0,
    "written": len(psutil.disk_io_counters(perdisk=True)) >= 0,
    "interfaces": sorted(psutil.net_if_addrs()),
    "traffic": sorted(psutil.net_io_counters(pernic=True)),
    "processes": len(psutil.pids()),
}
def readable(name):
    try:
        return os.path.isdir("/proc/" + name) and bool(os.listdir("/proc/" + name)) or bool(open("/proc/" + name, "rb").read(1))
    except OSError:
        return False
found["readable"] = sorted(name for name in os.listdir("/proc") if not name.isdigit() and readable(name))
print(json.dumps(found))`;
      const { readable, ...found }: { readable: string[] } = z
        .looseObject({ readable: z.array(z.string()) })
        .parse(JSON.parse(await inBot(read)));
      expect(found).toEqual({
        memory: true,
        swap: true,
        processors: true,
        load: true,
        own: true,
        started: true,
        disks: true,
        written: true,
        interfaces: ["eth0", "lo"],
        traffic: ["eth0", "lo"],
        processes: 1,
      });
      // Kernels differ in what /proc has.
      expect(readable).toEqual(
        expect.arrayContaining(["cpuinfo", "loadavg", "meminfo", "net", "self", "stat"]),
      );
      const sandbox = rootfsFile("etc/systemd/system/trading-bot.service.d/50-sandbox.conf");
      const hidden = [...sandbox.matchAll(/ ?-\/proc\/(\S+)/g)].map(([, name]) => name);
      expect(hidden.length).toBeGreaterThan(40);
      expect(readable.filter((name) => hidden.includes(name))).toEqual([]);
    });

    test("changes nothing but its own state, and executes nothing that it wrote", async () => {
      const write = (path: string) =>
        inBot(`
try:
    open("${path}", "w").write("#!/bin/sh\\necho executed\\n"); print("written")
except OSError as error:
    print(type(error).__name__)`);
      for (const path of ["/opt/trading-bot/current/bot.py", "/etc/x", "/usr/x", "/dev/x", "/var/x"]) {
        expect([path, await write(path)]).toEqual([
          path,
          expect.stringMatching(/^(OSError|PermissionError)/),
        ]);
      }
      for (const path of ["/var/lib/trading-bot/x", "/tmp/x", "/dev/shm/x", "/run/trading-bot/x"]) {
        expect([path, await write(path)]).toEqual([path, "written"]);
        const execute = `
import os, subprocess
os.chmod("${path}", 0o755)
try:
    print(subprocess.run(["${path}"], capture_output=True, text=True).stdout)
except OSError as error:
    print(type(error).__name__)`;
        expect([path, await inBot(execute)]).toEqual([path, "PermissionError"]);
      }
    });

    test("finds nothing to connect to, and no folder that it shares with others", async () => {
      const { sockets, pipes, writable, filesystems } = foundByWalk(await inBot(walk));
      expect({ sockets, pipes }).toEqual({ sockets: [], pipes: [] });
      const own =
        /^(\/tmp|\/var\/tmp|\/dev\/shm|\/dev\/mqueue|\/run|\/run\/trading-bot|\/var\/lib\/trading-bot.*)$/;
      expect(writable.filter((folder) => !own.test(folder))).toEqual([]);
      const shared = await onServer("stat -c %d /tmp /var/tmp /dev/shm /run");
      expect(Object.values(filesystems).filter((device) => shared.split("\n").includes(device))).toEqual([]);
    });

    test("opens no file of the server's /var, and no lock that it can take keeps an update from being installed", async () => {
      const state = "/var/lib/trading-bot";
      // flock needs no right to write. The locks are held until the file "let-go" is there.
      await inBot(`
import fcntl, os, resource, time
def hold_locks():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    opened, locked, held = [], [], []
    for top in ("/var", "/etc", "/usr/local", "/opt", "/srv", "/boot"):
        for folder, _, names in os.walk(top):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                try:
                    held.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
                    found = os.fstat(held[-1])
                    opened.append(f"{found.st_dev}:{found.st_ino}")
                    fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
                    locked.append(path)
                except OSError:
                    pass
    for name, lines in (("opened", opened), ("locked", locked)):
        with open("${state}/" + name + ".new", "w") as file:
            file.write("\\n".join(lines) + "\\n")
        os.rename("${state}/" + name + ".new", "${state}/" + name)
    while not os.path.exists("${state}/let-go"):
        time.sleep(0.1)
if os.fork() == 0:
    try:
        hold_locks()
    finally:
        os._exit(0)`);
      await onServer(`until [ -e ${state}/locked ]; do sleep 0.1; done`);
      expect(Number(await onServer(`wc -l < ${state}/locked`))).toBeGreaterThan(100);
      const own = `find /var -path ${state} -prune -o -printf '%D:%i\\n'`;
      expect(await onServer(`comm -12 <(${own} | sort) <(sort ${state}/opened)`)).toBe("");
      await onServer(
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --reinstall tzdata",
      );
      expect(await onServer("dpkg-query --show --showformat='${db:Status-Status}' tzdata")).toBe("installed");
      await onServer(`touch ${state}/let-go`);
      await inBot("import os; os.wait()");
      await onServer(`rm ${state}/opened ${state}/locked ${state}/let-go`);
    });

    test("has no files in memory, no sockets but those of IPv4 and its own, no MPTCP and no terminal", async () => {
      expect(outcomes(await inBot(attempts))).toEqual(withStrict);
    });

    test("sends nothing but TCP, not even to itself, and questions to its name service", async () => {
      const send = `
import errno, socket
def sent(protocol, address, port):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, protocol).sendto(b"x", (address, port))
        return "sent"
    except OSError as error:
        return errno.errorcode[error.errno]
exchange = socket.gethostbyname("api.binance.com")
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.bind(("127.0.0.1", 1999))
for address, port in ((exchange, 443), ("127.0.0.1", 1999), ("127.0.0.1", 53)):
    print(sent(socket.IPPROTO_UDP, address, port))
print(sent(socket.IPPROTO_ICMP, exchange, 443))
# Not every kernel has UDP-Lite.
print(sent(socket.IPPROTO_UDPLITE, "127.0.0.1", 1999))`;
      const [toExchange, toItself, question, icmp, udpLite] = (await inBot(send)).split("\n");
      expect([toExchange, toItself, question, icmp]).toEqual(["EPERM", "EPERM", "sent", "EACCES"]);
      expect(["EPERM", "EPROTONOSUPPORT"]).toContain(udpLite);
    });

    test("makes no entry in the kernel's table of neighbours, which all networks share, but its gateway's", async () => {
      const send = `
import socket, struct
index = socket.if_nametoindex("eth0")
def bound(kind):
    client = socket.socket(socket.AF_INET, kind)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
    client.setblocking(False)
    return client
def named(address):
    message = (socket.IPPROTO_IP, socket.IP_PKTINFO, struct.pack("=I8x", index))
    bound(socket.SOCK_DGRAM).sendmsg([b"x"], [message], 0, (address, 9))
attempts = {
    "11.0.0.1": named,
    "11.0.0.2": lambda address: bound(socket.SOCK_DGRAM).sendto(b"x", (address, 9)),
    "11.0.0.3": lambda address: bound(socket.SOCK_STREAM).connect((address, 9)),
    "11.0.0.4": lambda address: bound(socket.SOCK_DGRAM).connect((address, 9)),
    "198.19.0.5": lambda address: bound(socket.SOCK_DGRAM).sendto(b"x", socket.MSG_DONTROUTE, (address, 9)),
    "224.0.0.6": lambda address: bound(socket.SOCK_DGRAM).sendto(b"x", (address, 9)),
    "198.19.0.7": lambda address: bound(socket.SOCK_DGRAM).sendto(b"x", (address, 9)),
}
for address, attempt in attempts.items():
    try:
        attempt(address)
    except OSError:
        pass`;
      await inBot(send);
      const entries = await onServer("ip -netns trading-bot -4 neigh show nud all | cut -d ' ' -f 1");
      // 0.0.0.0 is the one of loopback.
      const others = entries.split("\n").filter((address) => !/^(0\.0\.0\.0|198\.18\.0\.1)?$/.test(address));
      expect(others).toEqual([]);
    });

    test("keeps its names if the server's list of name servers is replaced", async () => {
      await onServer("sed -i '1i # replaced' /etc/resolv.conf");
      const look = `
import socket
print(open("/etc/resolv.conf").read().split("\\n")[-2])
try:
    print(socket.gethostbyname("api.binance.com").split(".")[0])
except OSError as error:
    print(error)`;
      const hasNames = () => until(async () => (await inBot(look)) === "nameserver 127.0.0.1\n198");
      await hasNames();
      // systemd doesn't notice a change while it handles another one.
      await until(async () => (await context().bot.activity("trading-bot-name-servers")) === "inactive");
      await onServer("sed -i '1d' /etc/resolv.conf");
      await hasNames();
    });

    test("uses up nothing that the kernel counts for root", async () => {
      // Their number is limited for a user, and for the creator of the user's namespace.
      expect(await inBot('print(open("/proc/self/uid_map").read().split())')).toBe(
        "['0', '0', '4294967295']",
      );
    });

    test("sees no name of another unit, and not who is connected to the server", async () => {
      const look = `
import os
print(sorted(os.listdir("/sys/fs/cgroup")))
for table in ("tcp", "udp", "unix"):
    with open(f"/proc/self/net/{table}") as file:
        print(file.read())`;
      const seen = await inBot(look);
      expect(seen).not.toMatch(/system\.slice|guard/);
      // As /proc writes it: the port of SSH.
      expect(await onServer("cat /proc/net/tcp")).toMatch(/ 00000000:0016 /);
      expect(seen).not.toMatch(/:0016 /);
      // 7F: 127.…; C6: 198.…, at the end because of the byte order. Names, the proxy, and nobody else.
      const peers = [...seen.matchAll(/^ *\d+: [0-9A-F]+:[0-9A-F]+ ([0-9A-F]{8}):/gm)].map(
        ([, peer = ""]) => peer,
      );
      expect(peers.length).toBeGreaterThan(0);
      expect(peers.filter((peer) => !/^(00000000|......7F|....1[23]C6)$/.test(peer))).toEqual([]);
    });

    test("leaves nothing that runs in a later program", async () => {
      const state = "/var/lib/trading-bot";
      const user = `${state}/.local/lib/python3.13/site-packages`;
      const files = ["json", "hmac", "contextlib", "sitecustomize"].map((name) => `${state}/${name}.py`);
      await onServer(
        `mkdir -p ${user}; for file in ${files.join(" ")} ${user}/usercustomize.py; do
         echo 'print("planted code runs", flush=True)' >$file
       done; chown -R trading-bot: ${state}; systemctl restart trading-bot`,
      );
      await nextOrder();
      expect(
        await inBot('import subprocess, sys; print(subprocess.call([sys.executable, "-c", "import json"]))'),
      ).toBe("0");
      const log = await onServer("journalctl --namespace=trading-bot -o cat --invocation=0 -u trading-bot");
      expect(log).toContain("HOME is in memory. If the bot needs '.local' of /var/lib/trading-bot there");
      expect(log).not.toContain("planted");
      await onServer(`rm -r ${state}/.local ${files.join(" ")}`);
    });

    test("writes to its own journal", async () => {
      expect(await onServer("journalctl --no-pager -o cat _SYSTEMD_UNIT=trading-bot.service | wc -l")).toBe(
        "0",
      );
      expect(await onServer("journalctl --namespace=trading-bot -o cat -n 1")).not.toBe("");
    });

    test("gets no more rights", async () => {
      const status = await inBot('print(open("/proc/self/status").read())');
      expect(status).toMatch(/NoNewPrivs:\s*1/);
      expect(status).toMatch(/CapBnd:\s*0+\n/);
      expect(status).toMatch(/Seccomp:\s*2/);
      const attempt = (call: string) =>
        inBot(`
import ctypes, os, mmap
try:
    ${call}; print("done")
except OSError as error:
    print(type(error).__name__)`);
      expect(await attempt("os.setuid(0)")).toBe("PermissionError");
      expect(await attempt("os.unshare(os.CLONE_NEWUSER)")).toBe("PermissionError");
      expect(await attempt("mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)")).toBe(
        "PermissionError",
      );
    });
  });
}
