import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, type KeyPair, serialize } from "../../binance/key-pair.ts";
import { rebootMachine, runInMachine } from "../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { WebhookControl } from "../../sandbox/webhook/control.ts";
import { binance, createKey, spot } from "./binance.ts";
import { filesWith, formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// A bot's life on its server, told in order: every test goes on where the one before has stopped.

const folders = foldersOfThisRun();
const webhook = new WebhookControl(join(folders.dir, "webhook.sock"));
const webhookPath = "/topic-that-only-its-owner-knows";
const tampered = join(import.meta.dirname, "bots/tampered");
const pairs: KeyPair[] = [];

let stack: Stack;
let server: Server;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await Stack.ready("bot");
  await stack.unset("verification");
  await stack.setSecret("webhook", `https://hooks.example.net${webhookPath}`);
  await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
  await stack.setPath("bot.key.environment.apiKey", "KEY");
  await stack.setPath("bot.key.environment.apiSecret", "SECRET");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  await webhook.clear();
});

beforeEach(async () => {
  await binance.clearFaults();
});

afterAll(async () => {
  await stack.remove();
});

/** A key that is searched for everywhere, at the end. */
async function key(label: string, whitelist: string[], permissions?: string[]): Promise<KeyPair> {
  const pair = await createKey(label, whitelist, permissions);
  pairs.push(pair);
  return pair;
}

const activity = (unit = "trading-bot") => server.run(`systemctl is-active ${unit} || true`);
const property = (name: string) => server.run(`systemctl show -P ${name} trading-bot`);
const isActive = () => until(async () => ((await activity()) === "active" ? true : undefined));

/** Has the bot do something, in its own process; returns what it prints. */
async function inBot(python: string): Promise<string> {
  const folder = "/var/lib/trading-bot";
  await server.run(`cat > ${folder}/asking && mv ${folder}/asking ${folder}/ask.py`, python);
  return until(() =>
    server.run(`cat ${folder}/answer 2>/dev/null && rm ${folder}/answer`).catch(() => undefined),
  );
}

/** The orders that came in meanwhile, and where from. */
async function nextOrder(): Promise<{ source: string; status: number | null }> {
  await binance.clearRequests();
  return until(async () =>
    (await binance.requests()).find(
      ({ path, status }) => path.startsWith("/api/v3/order/test") && status !== null,
    ),
  );
}

describe("a bot that is set", () => {
  test("waits for its key: it is refused without one, and nothing counts as failed", async () => {
    expect(await activity()).toBe("inactive");
    await server.run("systemctl start trading-bot");
    expect(await activity()).toBe("inactive");
    expect(await server.run("systemctl is-system-running")).toBe("running");
    expect(await server.run("/usr/local/lib/trading-bot-server/bot-control obstacle")).toContain(
      "no key yet",
    );
  });

  test("waits for its program when it has the key", async () => {
    live = await key("TradingBot-Hetzner-01", [address]);
    await stack.setKeyPair(live);
    expect(changes(await stack.mustUp())).toEqual({ "key-verification": "create", "key-pair": "update" });
    expect(await activity()).toBe("inactive");
    expect(await server.run("/usr/local/lib/trading-bot-server/bot-control obstacle")).toContain(
      "install-bot",
    );
  });

  test("starts when its program is installed, and its orders are taken from the whitelisted address", async () => {
    const { code, stdout, stderr } = await stack.script("install-bot", [tampered]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
    expect(stdout).toContain("the bot runs on it");
    expect(await activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ source: address, status: 200 });
  });

  test("is followed by `npm run logs`", async () => {
    const { code, stdout } = await stack.script("logs", ["--no-follow"]);
    expect(code).toBe(0);
    expect(stdout).toContain("an order was accepted");
  });

  test("is left alone by a program that is there already, and by a further `pulumi up`", async () => {
    const before = await property("InvocationID");
    expect((await stack.script("install-bot", [tampered])).stdout).toContain("nothing was done");
    expect(changes(await stack.mustUp())).toEqual({});
    expect(await property("InvocationID")).toBe(before);
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
    expect(await inBot(connects("api.binance.com", 443))).toBe("connected");
    expect(await inBot(connects("stream.binance.com", 9443))).not.toMatch(/unreachable|prohibited|gaierror/);
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

  test("reads neither credentials nor other people's files, and sees no other process", async () => {
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
      "/proc/1/environ",
      "/etc/shadow",
    ]) {
      expect([path, await look(path)]).toEqual([
        path,
        expect.stringMatching(/^(Permission|FileNotFound|\[\])/),
      ]);
    }
    expect(await inBot('import os; print(len([n for n in os.listdir("/proc") if n.isdigit()]))')).toBe("1");
  });

  test("changes nothing but its own state, and executes nothing that it wrote", async () => {
    const write = (path: string) =>
      inBot(`
try:
    open("${path}", "w").write("#!/bin/sh\\necho executed\\n"); print("written")
except OSError as error:
    print(type(error).__name__)`);
    for (const path of ["/opt/trading-bot/current/bot.py", "/etc/x", "/usr/x", "/run/x", "/var/x"]) {
      expect([path, await write(path)]).toEqual([path, expect.stringMatching(/^(OSError|PermissionError)/)]);
    }
    for (const path of ["/var/lib/trading-bot/x", "/tmp/x", "/run/trading-bot/x"]) {
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

describe("the secret", () => {
  const forms = () => pairs.flatMap((pair) => formsOf(pair));

  test("is in the bot's process, and in no other process's environment or command line", async () => {
    const pid = await property("MainPID");
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

  test("is in no core dump of a bot that crashes: there is none", async () => {
    expect(
      await server.run(
        "awk '/core file size/ {print $5, $6}' /proc/$(systemctl show -P MainPID trading-bot)/limits",
      ),
    ).toBe("0 0");
    const before = await property("MainPID");
    await server.run("systemctl kill --signal=SEGV trading-bot");
    await until(async () => {
      const now = await property("MainPID");
      return now !== before && now !== "0" ? true : undefined;
    });
    expect(
      await server.run(
        "find / -xdev -name 'core*' -newer /etc/trading-bot/bot.json -type f -size +100k 2>/dev/null",
      ),
    ).toBe("");
  });

  test("is in no journal", async () => {
    const journal = await server.run("journalctl --output=export --all");
    expect(journal.length).toBeGreaterThan(10_000);
    expect(forms().filter((form) => journal.includes(form))).toEqual([]);
    expect(journal).not.toContain(webhookPath);
  });

  test("is on no block of the disk, nor in anything that we printed", async () => {
    expect(await filesWith([...forms(), webhookPath], [server.written])).toEqual([]);
    expect([...forms(), webhookPath].filter((form) => stack.transcript.includes(form))).toEqual([]);
  });

  test("that is missing or damaged is no start: the bot never runs with an empty hand", async () => {
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
      expect([damaged, await activity(), await property("ExecMainStatus")]).toEqual([
        damaged,
        "failed",
        "243",
      ]);
    }
    await server.run(`mv /root/kept ${credential}; systemctl reset-failed trading-bot`);
    await server.run("systemctl start trading-bot");
    await isActive();
  });

  test("is shown to a person who asks for it, and the history says so", async () => {
    expect(JSON.parse(await server.run("SUDO_USER=admin binance-credential show"))).toEqual(live);
    const { stdout } = await stack.script("history", []);
    expect(stdout).toContain("shown");
    expect(stdout).toContain(fingerprint(live));
  });
});

describe("the guard", () => {
  /** A check that begins now: one that is under way has asked before. */
  const check = async () => {
    await until(async () =>
      /^(inactive|failed)$/.test(await activity("trading-bot-guard")) ? true : undefined,
    );
    return runInMachine(server.id, ["systemctl", "start", "trading-bot-guard"]);
  };
  /** So that no check but the test's own is under way. */
  const withoutTimer = () => server.run("systemctl stop trading-bot-guard.timer");

  beforeAll(withoutTimer);
  const heard = (words: string) =>
    until(async () => (await webhook.messages()).find(({ body }) => body.includes(words)));

  test.each<[string, Parameters<typeof binance.editKey>[1], string]>([
    ["withdrawals on", { permissions: [...spot, "withdrawals"] }, "enableWithdrawals"],
    ["the whitelist off", { whitelist: [] }, "ipRestrict"],
    ["a permission too many", { permissions: [...spot, "futures"] }, "enableFutures"],
    ["a permission that nobody knows yet", { permissions: [...spot, "permitsTeleport"] }, "permitsTeleport"],
  ])(
    "%s: stops the bot, tells why, and lets it start again only when a check passes",
    async (_, edit, word) => {
      await isActive();
      await webhook.clear();
      await binance.editKey(live.apiKey, edit);
      expect((await check()).code).not.toBe(0);
      expect(await activity()).toBe("inactive");
      expect(await server.run("journalctl -t trading-bot-guard -o cat -n 6")).toContain(word);
      const message = await heard(word);
      expect(message).toMatchObject({ path: webhookPath, source: address });
      expect(message.body).toContain("trading-bot-bot");
      await server.run("systemctl start trading-bot || true");
      expect(await activity()).toBe("inactive");

      await binance.editKey(live.apiKey, { permissions: spot, whitelist: [address] });
      expect((await check()).code).toBe(0);
      await isActive();
    },
  );

  test("holds a bot over a reboot", async () => {
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    await check();
    await rebootMachine(server.id);
    await withoutTimer();
    expect(await activity()).toBe("inactive");
    await binance.editKey(live.apiKey, { permissions: spot });
    await check();
    await isActive();
  });

  test.each<[string, () => Promise<void>]>([
    ["can't be reached", () => binance.inject({ times: 50, path: "^/sapi", effect: { kind: "reset" } })],
    [
      "answers nonsense",
      () =>
        binance.inject({
          times: 50,
          path: "^/sapi",
          effect: { kind: "garbage", status: 200, body: "<html>" },
        }),
    ],
  ])("stops nothing while the exchange %s", async (_, trouble) => {
    const before = await property("InvocationID");
    await trouble();
    await check();
    expect(await server.run("systemctl show -P ExecMainStatus trading-bot-guard")).toBe("2");
    expect([await activity(), await property("InvocationID")]).toEqual(["active", before]);
  });

  test("asks again by its timer, without anybody's help", async () => {
    await server.run("systemctl start trading-bot-guard.timer");
    expect(await activity("trading-bot-guard.timer")).toBe("active");
    expect(await server.run("systemctl show -P NextElapseUSecRealtime trading-bot-guard.timer")).not.toBe("");
  });
});

describe("rotation", () => {
  test("moves the bot onto the new pair, and confirms that it runs", async () => {
    live = await key("TradingBot-Hetzner-02", [address]);
    await stack.setKeyPair(live);
    const before = await property("InvocationID");
    expect(changes(await stack.mustUp())).toEqual({ "key-verification": "update", "key-pair": "update" });
    expect([await activity(), await property("NRestarts")]).toEqual(["active", "0"]);
    expect(await property("InvocationID")).not.toBe(before);
    const { stdout } = await stack.script("history", ["--json"]);
    expect(z.array(z.looseObject({})).parse(JSON.parse(stdout)).at(-1)).toMatchObject({
      what: "activated",
      fingerprint: fingerprint(live),
    });
  });

  test("leaves a bot off that its owner has stopped", async () => {
    await server.run("systemctl stop trading-bot");
    live = await key("TradingBot-Hetzner-03", [address]);
    await stack.setKeyPair(live);
    await stack.mustUp();
    expect([await activity(), await server.pairInUnit()]).toEqual(["inactive", live]);
    await server.run("systemctl start trading-bot");
    await isActive();
  });

  test("that was interrupted before the bot was moved is ended by the next delivery, of the same pair too", async () => {
    await server.run("touch /var/lib/trading-bot-server/activating");
    const before = await property("InvocationID");
    expect(await server.run("binance-credential install", serialize(live) + "\n")).toBe(fingerprint(live));
    expect([await activity(), (await property("InvocationID")) === before]).toEqual(["active", false]);
    expect(await server.run("ls /var/lib/trading-bot-server")).not.toContain("activating");
  });

  test("a pair on which the bot crashes goes back, and the bot with it; `pulumi up` says why", async () => {
    const useless = await key("for-another-address", ["198.51.100.66"]);
    await stack.set("verification", "off");
    await stack.setKeyPair(useless);
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain(`the bot did not run with the new pair ${fingerprint(useless)}`);
    expect(stdout).toContain(
      `The previous pair ${fingerprint(live)} is live again, and the bot runs with it again`,
    );
    expect(await server.pairInUnit()).toEqual(live);
    expect([await activity(), await property("NRestarts")]).toEqual(["active", "0"]);
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
    expect(await server.run("ls -A /etc/credstore.encrypted")).toBe(
      "binance\nbinance.previous\ntrading-bot-webhook",
    );
    const { stdout: history } = await stack.script("history", []);
    expect(history).toContain("rolled back");
    expect(history).toContain(`the bot did not run on ${fingerprint(useless)}`);
  });

  test("a pair that may do too much is sent back by the guard, even where the gate was switched off", async () => {
    await stack.setKeyPair(await key("withdrawals-on", [address], [...spot, "withdrawals"]));
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("the guard holds it");
    expect(await server.pairInUnit()).toEqual(live);
    await isActive();
    await stack.setKeyPair(live);
    await stack.unset("verification");
    await stack.mustUp();
  });
});

describe("changed settings", () => {
  test("on which the bot doesn't run are taken back, and `pulumi up` says so", async () => {
    await stack.setPath("bot.command", "/usr/bin/false");
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("The previous files were restored.");
    expect(await activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ status: 200 });
    await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
    await stack.mustUp();
  });

  test("let a bot be watched: one that hangs is restarted", async () => {
    await stack.setPath("bot.watchdogSeconds", "10");
    expect(changes(await stack.mustUp())).toEqual({ bot: "update" });
    expect(await property("Type")).toBe("notify");
    await quickRestarts();
    await server.run("touch /var/lib/trading-bot/hang");
    await until(async () => (Number(await property("NRestarts")) > 0 ? true : undefined));
    await server.run("rm /var/lib/trading-bot/hang");
    expect(await server.run("journalctl -u trading-bot -o cat | grep -c 'Watchdog timeout'")).not.toBe("0");
    await isActive();
  });

  test("a bot that fails again and again is left, and its owner is told once", async () => {
    await webhook.clear();
    await server.run("touch /var/lib/trading-bot/crash");
    await until(async () => ((await activity()) === "failed" ? true : undefined));
    const told = await until(async () =>
      (await webhook.messages()).find(({ body }) => body.includes("no longer restarted")),
    );
    expect(told.body).toContain("npm run logs");
    expect((await webhook.messages()).length).toBe(1);
    await server.run(
      "rm /var/lib/trading-bot/crash; systemctl reset-failed trading-bot; systemctl start trading-bot",
    );
    await isActive();
  });

  /** What takes ten seconds otherwise, each time. */
  const quickRestarts = () =>
    server.run(`
      mkdir -p /run/systemd/system/trading-bot.service.d
      printf '[Service]\\nRestartSec=100ms\\n' >/run/systemd/system/trading-bot.service.d/quick.conf
      systemctl daemon-reload`);
});

describe("a reboot", () => {
  /** When a unit became active, in microseconds since the machine's start. */
  const since = async (unit: string, which = "ActiveEnterTimestampMonotonic") =>
    z.coerce
      .number()
      .positive()
      .parse(await server.run(`systemctl show -P ${which} ${unit}`));

  test("brings the bot back, after the firewall, the clock, the resolver and the guard", async () => {
    await rebootMachine(server.id);
    await isActive();
    const started = await since("trading-bot", "ExecMainStartTimestampMonotonic");
    for (const unit of ["nftables", "trading-bot-clock", "trading-bot-resolver"]) {
      expect([unit, (await since(unit)) <= started]).toEqual([unit, true]);
    }
    expect(await since("trading-bot-guard", "ExecMainExitTimestampMonotonic")).toBeLessThanOrEqual(started);
    expect(await nextOrder()).toMatchObject({ source: address, status: 200 });
  });
});

describe("other ways to bring a program and a key", () => {
  /** A folder with these files; those named like a script are executable. */
  async function folder(files: Record<string, string>): Promise<string> {
    const made = await mkdtemp(join(folders.dir, "tmp", "program-"));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(made, name), content, { mode: 0o755 });
    }
    return made;
  }

  /** Sets the bot anew, brings its program, and returns what it says. */
  async function said(bot: object, program: string): Promise<string> {
    await stack.unset("bot");
    await stack.mustUp();
    await stack.set("bot", JSON.stringify(bot));
    await stack.mustUp();
    const { code, stdout, stderr } = await stack.script("install-bot", [program]);
    if (code !== 0) {
      throw new Error(`${stdout}\n${stderr}\n${await server.run("journalctl -u trading-bot -n 20 -o cat")}`);
    }
    return server.run("journalctl -u trading-bot -o cat --invocation=0");
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
    const output = await said(
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
    const output = await said({ command: "{program}/start", key: { path: "CREDENTIAL" } }, program);
    expect(output).toContain("/run/credentials/trading-bot.service/binance");
    expect(output.split("\n").some((line) => line.startsWith(fingerprint(live)))).toBe(true);
  });

  test("a bot that asks for the key in a dialogue of its own runs without one", async () => {
    const program = await folder({
      start: "#!/bin/sh\nls $CREDENTIALS_DIRECTORY | wc -l; env; exec sleep infinity\n",
    });
    const output = await said({ preset: "none", command: "{program}/start" }, program);
    expect(output).not.toContain(live.apiKey);
    expect(output).not.toContain("CREDENTIALS_DIRECTORY");
  });

  test("no bot is set any longer: none runs, and its unit's exceptions are gone", async () => {
    await stack.unset("bot");
    await stack.mustUp();
    expect(await activity()).toBe("inactive");
    expect(await server.run("systemctl is-enabled trading-bot || true")).toBe("disabled");
    expect(
      await server.run(
        "ls /etc/systemd/system/trading-bot.service.d; ls /etc/trading-bot/bot.json 2>/dev/null || true",
      ),
    ).toBe("");
  });
});
