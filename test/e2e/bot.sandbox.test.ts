import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, nextOrder, stackWithBot, tampered, webhookPath } from "./bot.ts";
import { filesWith, formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";
import { foundByWalk, walk } from "./walk.ts";

// A bot on its server, in order: each test continues from the one before it.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("bot");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
});

afterAll(async () => {
  await stack.remove();
});

describe("a bot that is configured", () => {
  test("waits for its key: without one it doesn't start, and nothing counts as failed", async () => {
    expect(await bot.activity()).toBe("inactive");
    await server.run("systemctl start trading-bot");
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("systemctl is-system-running")).toBe("running");
    expect(await server.run("bot-control reason-not-to-start")).toContain("no key yet");
  });

  test("waits for its program when it has the key", async () => {
    live = await createKey("TradingBot-Hetzner-01", [address]);
    await stack.setKeyPair(live);
    expect(changes(await stack.mustUp())).toEqual({ "key-verification": "create", "key-pair": "update" });
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("bot-control reason-not-to-start")).toContain("install-bot");
  });

  test("starts when its program is installed, and its orders come from the whitelisted address", async () => {
    const { code, stdout, stderr } = await stack.script("install-bot", [tampered]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
    expect(stdout).toContain("the bot runs with it");
    expect(await bot.activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ source: address, status: 200 });
  });

  test("is followed by `npm run logs`", async () => {
    const { code, stdout } = await stack.script("logs", ["--no-follow"]);
    expect(code).toBe(0);
    expect(stdout).toContain("an order was accepted");
  });

  test("is left alone by the same program, and by another `pulumi up`", async () => {
    const before = await bot.property("InvocationID");
    expect((await stack.script("install-bot", [tampered])).stdout).toContain("nothing was done");
    expect(changes(await stack.mustUp())).toEqual({});
    expect(await bot.property("InvocationID")).toBe(before);
  });
});

describe("a bot that was tampered with", () => {
  const connects = (host: string, port: number) => `
import socket
try:
    socket.create_connection(("${host}", ${port}), timeout=5)
    print("connected")
except OSError as error:
    print(type(error).__name__, error)`;

  test("reaches the exchange", async () => {
    expect(await bot.execute(connects("api.binance.com", 443))).toBe("connected");
    expect(await bot.execute(connects("stream.binance.com", 9443))).toBe("connected");
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
    expect(await bot.execute(connects(host, port))).not.toContain("connected");
  });

  test("reads no credentials and no files of other users, and sees no other process", async () => {
    const look = (path: string) =>
      bot.execute(`
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
      "/proc/1/environ",
      "/etc/shadow",
    ]) {
      expect([path, await look(path)]).toEqual([
        path,
        expect.stringMatching(/^(Permission|FileNotFound|\[\])/),
      ]);
    }
    expect(await bot.execute('import os; print(len([n for n in os.listdir("/proc") if n.isdigit()]))')).toBe(
      "1",
    );
  });

  test("changes nothing but its own state, and executes nothing that it wrote", async () => {
    const write = (path: string) =>
      bot.execute(`
try:
    open("${path}", "w").write("#!/bin/sh\\necho executed\\n"); print("written")
except OSError as error:
    print(type(error).__name__)`);
    for (const path of ["/opt/trading-bot/current/bot.py", "/etc/x", "/usr/x", "/dev/x", "/var/x"]) {
      expect([path, await write(path)]).toEqual([path, expect.stringMatching(/^(OSError|PermissionError)/)]);
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
      expect([path, await bot.execute(execute)]).toEqual([path, "PermissionError"]);
    }
  });

  test("finds nothing to connect to, and no folder that it shares with others", async () => {
    const { sockets, pipes, writable, filesystems } = foundByWalk(await bot.execute(walk));
    expect({ sockets, pipes }).toEqual({ sockets: [], pipes: [] });
    const own =
      /^(\/tmp|\/var\/tmp|\/dev\/shm|\/dev\/mqueue|\/run|\/run\/trading-bot|\/var\/lib\/trading-bot.*)$/;
    expect(writable.filter((folder) => !own.test(folder))).toEqual([]);
    const shared = await server.run("stat -c %d /tmp /var/tmp /dev/shm /run");
    expect(Object.values(filesystems).filter((device) => shared.split("\n").includes(device))).toEqual([]);
  });

  test("has no files in memory, no sockets but those of IPv4 and its own, and no terminal", async () => {
    const calls = `
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
# On x86-64: memfd_create, memfd_secret, userfaultfd, io_uring_setup, pidfd_getfd, ptrace.
for number in (319, 447, 323, 425, 438, 101):
    print(libc.syscall(number, 0, 0, 0, 0) == -1 and ctypes.get_errno())
for family in (socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK, socket.AF_PACKET):
    try:
        socket.socket(family, socket.SOCK_DGRAM)
        print(family)
    except OSError as error:
        print(error.errno)
print(os.path.exists("/dev/ptmx"))`;
    const [eperm, eafnosupport] = ["1", "97"];
    expect((await bot.execute(calls)).split("\n")).toEqual([
      ...Array.from({ length: 6 }, () => eperm),
      ...Array.from({ length: 4 }, () => eafnosupport),
      "False",
    ]);
  });

  test("leaves nothing that runs in a later program", async () => {
    const state = "/var/lib/trading-bot";
    const user = `${state}/.local/lib/python3.13/site-packages`;
    const files = ["json", "hmac", "contextlib", "sitecustomize"].map((name) => `${state}/${name}.py`);
    await server.run(
      `mkdir -p ${user}; for file in ${files.join(" ")} ${user}/usercustomize.py; do
         echo 'print("planted code runs", flush=True)' >$file
       done; chown -R trading-bot: ${state}; systemctl restart trading-bot`,
    );
    await nextOrder();
    expect(
      await bot.execute(
        'import subprocess, sys; print(subprocess.call([sys.executable, "-c", "import json"]))',
      ),
    ).toBe("0");
    const log = await server.run("journalctl --namespace=trading-bot -o cat --invocation=0 -u trading-bot");
    expect(log).toContain("HOME is in memory. If the bot needs '.local' of /var/lib/trading-bot there");
    expect(log).not.toContain("planted");
    await server.run(`rm -r ${state}/.local ${files.join(" ")}`);
  });

  test("writes to its own journal", async () => {
    expect(await server.run("journalctl --no-pager -o cat _SYSTEMD_UNIT=trading-bot.service | wc -l")).toBe(
      "0",
    );
    expect(await server.run("journalctl --namespace=trading-bot -o cat -n 1")).not.toBe("");
  });

  test("gets no more rights", async () => {
    const status = await bot.execute('print(open("/proc/self/status").read())');
    expect(status).toMatch(/NoNewPrivs:\s*1/);
    expect(status).toMatch(/CapBnd:\s*0+\n/);
    expect(status).toMatch(/Seccomp:\s*2/);
    const attempt = (call: string) =>
      bot.execute(`
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

describe("the secret", () => {
  const forms = () => formsOf(live);

  test("is in the bot's process, and in no other process's environment or command line", async () => {
    const pid = await bot.property("MainPID");
    const holders = await server.run(`
      for process in /proc/[0-9]*; do
        if cat $process/environ $process/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -qF -e '${live.apiKey}' -e '${live.apiSecret}'; then
          case $(tr '\\0' ' ' <$process/cmdline) in *grep*|*bash*) ;; *) basename $process ;; esac
        fi
      done`);
    expect(holders).toBe(pid);
  });

  test("is in no property of a unit", async () => {
    const properties = await server.run(
      "systemctl show '*'; systemctl show-environment; systemctl cat trading-bot",
    );
    expect(properties.length).toBeGreaterThan(10_000);
    expect(forms().filter((form) => properties.includes(form))).toEqual([]);
  });

  test("is in no core dump: a bot that crashes leaves none", async () => {
    expect(
      await server.run(
        "awk '/core file size/ {print $5, $6}' /proc/$(systemctl show -P MainPID trading-bot)/limits",
      ),
    ).toBe("0 0");
    const before = await bot.property("MainPID");
    await server.run("systemctl kill --signal=SEGV trading-bot");
    await until(async () => {
      const now = await bot.property("MainPID");
      return now !== before && now !== "0" ? true : undefined;
    });
    expect(
      await server.run(
        "find / -xdev -name 'core*' -newer /etc/trading-bot/bot.json -type f -size +100k 2>/dev/null",
      ),
    ).toBe("");
  });

  test("is in no journal", async () => {
    const journal = await server.run("journalctl '--namespace=*' --output=export --all");
    expect(journal.length).toBeGreaterThan(10_000);
    expect(forms().filter((form) => journal.includes(form))).toEqual([]);
    expect(journal).not.toContain(webhookPath);
  });

  test("is on no block of the disk, and in nothing that we printed", async () => {
    expect(await filesWith([...forms(), webhookPath], [server.written])).toEqual([]);
    expect([...forms(), webhookPath].filter((form) => stack.transcript.includes(form))).toEqual([]);
  });

  test("a missing or damaged credential prevents the start", async () => {
    const credential = "/etc/credstore.encrypted/binance";
    await server.run(`systemctl stop trading-bot; mv ${credential} /root/kept`);
    await expect(server.run("systemctl start trading-bot")).rejects.toThrow("Assertion failed");
    for (const damaged of [
      "head -c 100 /root/kept",
      "echo garbage",
      `echo '{"apiKey":"a","apiSecret":"b"}'`,
    ]) {
      await server.run(`${damaged} >${credential}; systemctl reset-failed trading-bot`);
      await expect(server.run("systemctl start trading-bot")).rejects.toThrow();
      expect([damaged, await bot.activity(), await bot.property("ExecMainStatus")]).toEqual([
        damaged,
        "failed",
        "243",
      ]);
    }
    await server.run(`mv /root/kept ${credential}; systemctl reset-failed trading-bot`);
    await server.run("systemctl start trading-bot");
    await bot.becomes("active");
  });

  test("is shown to a person who requests it, and the history records that", async () => {
    expect(JSON.parse(await server.run("SUDO_USER=admin binance-credential show"))).toEqual(live);
    const { stdout } = await stack.script("history", []);
    expect(stdout).toContain("shown");
    expect(stdout).toContain(fingerprint(live));
  });
});

describe("other kinds of programs, and other ways to the key", () => {
  /** A folder with these files; those named like a script are executable. */
  async function folder(files: Record<string, string>): Promise<string> {
    const made = await mkdtemp(join(foldersOfThisRun().dir, "tmp", "program-"));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(made, name), content, { mode: 0o755 });
    }
    return made;
  }

  /** Configures another bot, installs its program, and returns what it prints. */
  async function outputOf(bot: object, program: string): Promise<string> {
    await stack.unset("bot");
    await stack.mustUp();
    await stack.set("bot", JSON.stringify(bot));
    await stack.mustUp();
    const { code, stdout, stderr } = await stack.script("install-bot", [program]);
    if (code !== 0) {
      throw new Error(
        `${stdout}\n${stderr}\n${await server.run("journalctl '--namespace=*' -u trading-bot -n 20 -o cat")}`,
      );
    }
    return server.run("journalctl --namespace=trading-bot -u trading-bot -o cat --invocation=0");
  }

  test("a Node program, with the profile for runtimes that compile, and a key file by a template", async () => {
    const program = await folder({
      "package.json": JSON.stringify({ name: "ticker", version: "1.0.0", type: "module" }),
      "bot.js": `
        import { readFileSync, statSync } from "node:fs";
        import { get } from "node:https";
        const file = process.argv[2];
        const { exchange } = JSON.parse(readFileSync(file, "utf8"));
        console.log("mode", (statSync(file).mode & 0o777).toString(8), "lengths", exchange.key.length, exchange.secret.length);
        get("https://api.binance.com/api/v3/ping", (reply) => { console.log("ping", reply.statusCode); reply.resume(); });
        setInterval(() => {}, 1000);`,
    });
    const template = '{"exchange": {"key": "{apiKey}", "secret": "{apiSecret}"}}';
    const output = await outputOf(
      {
        command: ["/usr/bin/node", "{program}/bot.js", "{keyFile}"],
        profile: "jit",
        key: { file: { name: "private.json", template, format: "json" } },
      },
      program,
    );
    expect(output).toContain("mode 600 lengths 64 64");
    expect(output).toContain("ping 200");
    await server.run("systemd-analyze security --no-pager --threshold=20 trading-bot");
  });

  test("a single binary, and the credential itself by its path", async () => {
    const program = await folder({});
    await cp("/usr/bin/sha256sum", join(program, "binary"));
    const start = '#!/bin/sh\n"${0%/*}/binary" "$CREDENTIAL"; exec sleep infinity\n';
    await writeFile(join(program, "start"), start, { mode: 0o755 });
    const output = await outputOf({ command: "{program}/start", key: { path: "CREDENTIAL" } }, program);
    expect(output).toContain("/run/credentials/trading-bot.service/binance");
    expect(output.split("\n").some((line) => line.startsWith(fingerprint(live)))).toBe(true);
  });

  test("a bot that prompts for the key itself runs without one", async () => {
    const program = await folder({
      start: "#!/bin/sh\nls $CREDENTIALS_DIRECTORY | wc -l; env; exec sleep infinity\n",
    });
    const output = await outputOf({ preset: "none", command: "{program}/start" }, program);
    expect(output).not.toContain(live.apiKey);
    expect(output).not.toContain("CREDENTIALS_DIRECTORY");
  });

  test("without a bot in the settings none runs, and its unit has only the drop-ins of every bot", async () => {
    await stack.unset("bot");
    await stack.mustUp();
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("systemctl is-enabled trading-bot || true")).toBe("disabled");
    expect(
      await server.run(
        "ls /etc/systemd/system/trading-bot.service.d; ls /etc/trading-bot/bot.json 2>/dev/null || true",
      ),
    ).toBe("40-foreign-code.conf\n50-sandbox.conf\nmoving.conf");
  });
});
