import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { applyLimits, hasControllersOfVersion1 } from "../../sandbox/machines/limits.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey, spot } from "./binance.ts";
import { BotOnServer, nextOrder, stackWithBot, tampered } from "./bot.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// While a bot that was tampered with floods what it can reach, its key gets a permission that it must not have. The
// guard has to stop the bot, and the operator has to get a new SSH session.
//
// Every flood is limited by a count. In a machine on a host with control groups of version 1, CPUWeight=, MemoryMax= and
// TasksMax= do nothing. There the test puts the bot into groups of that version with the same limits, and tries the floods
// that only these limits stop. On other hosts it leaves these floods out.

/** By what is flooded, a program of the bot. It prints "flooding" once it has begun. */
const floods: Record<string, string> = {
  "sockets of the server": `
import os, socket, stat
def sockets():
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
        for name in files:
            path = os.path.join(folder, name)
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                yield path
print("flooding", flush=True)
for _ in range(20):
    for path in ["/run/systemd/notify", "/run/systemd/private", "/run/systemd/journal/socket", *sockets()]:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_UNIX, kind) as client:
                try:
                    client.connect(path)
                    for _ in range(1000):
                        client.send(b"X=1")
                except OSError:
                    pass`,
  "the journal": `
print("flooding", flush=True)
for number in range(300_000):
    print("an order was accepted", number)`,
  "files in memory": `
import os
print("flooding", flush=True)
for folder in ("/run", "/dev/shm", "/tmp"):
    for number in range(20_000):
        try:
            os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
        except OSError:
            break`,
  "file descriptors": `
import os, time
print("flooding", flush=True)
for _ in range(60):
    if os.fork() == 0:
        kept = []
        try:
            for _ in range(30_000):
                kept.extend(os.pipe())
        except OSError:
            time.sleep(600)
time.sleep(600)`,
  processes: `
import os, time
print("flooding", flush=True)
for _ in range(200):
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
time.sleep(600)`,
  "local ports": `
import os, socket, time
print("flooding", flush=True)
for first in range(1024, 65536, 900):
    if os.fork() == 0:
        kept = []
        for port in range(first, min(first + 900, 65536)):
            try:
                kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                kept[-1].bind(("0.0.0.0", port))
            except OSError:
                pass
        time.sleep(600)
time.sleep(600)`,
  "connections to the exchange": `
import os, socket, time
print("flooding", flush=True)
for _ in range(10):
    if os.fork() == 0:
        kept = []
        for _ in range(900):
            try:
                kept.append(socket.create_connection(("api.binance.com", 443), timeout=5))
            except OSError:
                pass
        time.sleep(600)
time.sleep(600)`,
  names: `
import os, socket
print("flooding", flush=True)
for child in range(8):
    if os.fork() == 0:
        for number in range(5000):
            try:
                socket.getaddrinfo(f"{child}-{number}.binance.com", 443)
            except OSError:
                pass
        os._exit(0)`,
  terminals: `
import os
print("flooding", flush=True)
for _ in range(5000):
    for path in ("/dev/ptmx", "/dev/pts/ptmx"):
        try:
            os.open(path, os.O_RDWR)
        except OSError:
            pass`,
  "files in its state": `
import os
print("flooding", flush=True)
os.makedirs("flood", exist_ok=True)
for number in range(20_000):
    os.close(os.open(f"flood/{number}", os.O_CREAT | os.O_WRONLY))`,
};

/** Those that only the limits of control groups stop. */
const floodsWithinLimits: Record<string, string> = {
  processors: `
import os, time
print("flooding", flush=True)
for _ in range(300):
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + 120
        while time.monotonic() < end:
            pass
        os._exit(0)
time.sleep(600)`,
  memory: `
import time
print("flooding", flush=True)
kept = [bytearray(16 << 20) for _ in range(100)]
time.sleep(600)`,
  "more processes than it may have": `
import os, time
print("flooding", flush=True)
for _ in range(2000):
    try:
        if os.fork() == 0:
            time.sleep(600)
    except OSError:
        time.sleep(0.01)
time.sleep(600)`,
};

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

const table: Record<string, string> = {};

beforeAll(async () => {
  stack = await stackWithBot("attacks");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
  live = await createKey("TradingBot-Hetzner-01", [address]);
  await stack.setKeyPair(live);
  await stack.mustUp();
  expect(await stack.script("install-bot", [tampered])).toMatchObject({ code: 0 });
  // Only the test starts checks.
  await server.run("systemctl stop trading-bot-guard.timer");
});

afterAll(async () => {
  console.table(table);
  await stack.remove();
});

const all = { ...floods, ...(hasControllersOfVersion1 ? floodsWithinLimits : {}) };
const rows = Object.entries(all).map(([name, flood]): [string, string[]] => [name, [flood]]);

test.each([...rows, ["all together", Object.values(all)]] satisfies [string, string[]][])(
  "%s: the guard stops the bot, and a new SSH session is served",
  async (name, programs) => {
    await bot.becomes("active");
    await nextOrder();
    await limitBot();
    table[name] = "the guard was blind";
    expect(await bot.execute(inBackground(programs))).toBe(programs.map(() => "flooding").join("\n"));
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    expect((await stack.script("ssh", ["true"])).code).toBe(0);
    const checks = await checksUntilStopped();
    table[name] = `stopped by check ${checks}`;
    expect(checks).toBeLessThanOrEqual(2);
    await binance.editKey(live.apiKey, { permissions: spot, whitelist: [address] });
    await server.run("rm -rf /var/lib/trading-bot/flood; systemctl start trading-bot-guard");
  },
);

/** In bytes: 80 % of the memory of a very small server. */
const memoryMax = 512 * 1024 * 1024;

async function limitBot(): Promise<void> {
  if (hasControllersOfVersion1) {
    const [cpuWeight = 0, tasksMax = 0] = (
      await server.run("systemctl show -P CPUWeight bot.slice; systemctl show -P TasksMax trading-bot")
    )
      .split("\n")
      .map(Number);
    await applyLimits(server.id, "bot.slice/trading-bot.service", { cpuWeight, memoryMax, tasksMax });
  }
}

/** A program that starts each of these in its own process, and waits until each has begun. */
function inBackground(programs: readonly string[]): string {
  return `
import subprocess, sys
for program in ${JSON.stringify(programs)}:
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    print(process.stdout.readline().strip())
    # What it prints from now on is the bot's own output.
    subprocess.Popen(["cat"], stdin=process.stdout, stdout=sys.__stdout__)`;
}

async function checksUntilStopped(): Promise<number> {
  for (const number of [1, 2]) {
    await until(async () =>
      /^(inactive|failed)$/.test(await bot.activity("trading-bot-guard")) ? true : undefined,
    );
    await runInMachine(server.id, ["systemctl", "start", "trading-bot-guard"]);
    if ((await bot.activity()) === "inactive") {
      return number;
    }
  }
  return Infinity;
}
