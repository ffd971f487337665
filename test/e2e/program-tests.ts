import { createHash, randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { attempts, outcomes, withJit, withStrict } from "./attempts.ts";
import type { BotOnServer } from "./bot.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
  live: KeyPair;
}

/** Tests of what can be a bot. `context` is called once a bot runs. */
export function testPrograms(context: () => Context): void {
  const onServer = (script: string) => context().server.run(script);

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
      await context().stack.unset("bot");
      await context().stack.mustUp();
      await context().stack.set("bot", JSON.stringify(bot));
      await context().stack.mustUp();
      await installed(program);
      return output();
    }

    /** Installs a program, and returns what that reports. */
    async function installed(program: string): Promise<string> {
      const { code, stdout, stderr } = await context().stack.script("install-bot", [program]);
      if (code !== 0) {
        throw new Error(
          `${stdout}\n${stderr}\n${await onServer("journalctl '--namespace=*' -u trading-bot -n 20 -o cat")}`,
        );
      }
      return stderr;
    }

    const output = () => onServer("journalctl --namespace=trading-bot -u trading-bot -o cat --invocation=0");

    /** Of a Debian package. Empty if dpkg doesn't know it. */
    const packageStatus = (name: string) =>
      onServer(`dpkg-query --show --showformat='\${db:Status-Status}' ${name} 2>/dev/null || true`);

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

      // Another version of it, with a file that the server doesn't get a second time.
      const candles = randomBytes(2 ** 21);
      await writeFile(join(program, "candles"), candles);
      await installed(program);
      await writeFile(join(program, "NEWS"), "another version\n");
      expect(await installed(program)).toContain("2.0 MiB are on the server, and aren't uploaded again");
      const digest = createHash("sha256").update(candles).digest("hex");
      expect(await onServer("sha256sum < /opt/trading-bot/current/candles")).toContain(digest);
      expect(await onServer("ls /opt/trading-bot/current")).toContain("NEWS");
      await onServer("systemd-analyze security --no-pager --threshold=20 trading-bot");
    });

    test("a single binary, and the credential itself by its path", async () => {
      const program = await folder({});
      await cp("/usr/bin/sha256sum", join(program, "binary"));
      const start = '#!/bin/sh\n"${0%/*}/binary" "$CREDENTIAL"; exec sleep infinity\n';
      await writeFile(join(program, "start"), start, { mode: 0o755 });
      const output = await outputOf({ command: "{program}/start", key: { path: "CREDENTIAL" } }, program);
      expect(output).toContain("/run/credentials/trading-bot.service/binance");
      expect(output.split("\n").some((line) => line.startsWith(fingerprint(context().live)))).toBe(true);
    });

    // hey is a program of Debian that is written in Go. Go has two ways to resolve a name.
    test("a Go program, with each profile; and neither permits what attacks need", async () => {
      const start = `#!/bin/sh
for names in go cgo; do
  GODEBUG=netdns=$names hey -n 1 -c 1 https://api.binance.com/api/v3/ping
done
python3 "\${0%/*}/attempts.py"
exec sleep infinity
`;
      const program = await folder({ start, "attempts.py": attempts });
      const settings = { command: "{program}/start", key: "none", packages: ["hey"] };
      const strict = await outputOf(settings, program);
      expect([strict.match(/\[200\]/g), outcomes(strict)]).toEqual([["[200]", "[200]"], withStrict]);
      await context().stack.set("bot", JSON.stringify({ ...settings, profile: "jit" }));
      await context().stack.mustUp();
      const jit = await output();
      expect([jit.match(/\[200\]/g), outcomes(jit)]).toEqual([["[200]", "[200]"], withJit]);
    });

    test("bot.packages lists what is installed, and refuses a name that Debian doesn't have", async () => {
      const { stack } = context();
      expect((await stack.script("install-bot", ["--list"])).stdout).toMatch(/bot\.packages:\nhey {2}\d/);
      await stack.set("bot", JSON.stringify({ command: "{program}/start", key: "none", packages: ["heyy"] }));
      const { code, stdout, stderr } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain("bot.packages has a name that Debian 13 doesn't have: heyy");
    });

    test("a bot that prompts for the key itself runs without one, and runs code from /tmp with bot.executableTmp", async () => {
      const start = `#!/bin/sh
ls $CREDENTIALS_DIRECTORY | wc -l; env
for folder in /tmp /var/tmp $HOME /var/lib/trading-bot; do
  cp /usr/bin/true $folder/code; $folder/code && echo "$folder: code runs" || echo "$folder: refused"
done
exec sleep infinity
`;
      const program = await folder({ start });
      const bot = {
        preset: "none",
        command: "{program}/start",
        executableTmp: true,
        packages: ["redis-server"],
      };
      const output = await outputOf(bot, program);
      expect(output.match(/^\/\S+: (code runs|refused)$/gm)).toEqual([
        "/tmp: code runs",
        "/var/tmp: refused",
        "/run/trading-bot: refused",
        "/var/lib/trading-bot: refused",
      ]);
      // A service that comes with a package isn't started; the package of the bot before is gone.
      expect(await packageStatus("redis-server")).toBe("installed");
      expect(await onServer("systemctl is-enabled redis-server || true; pgrep redis || true")).toBe("masked");
      expect(await packageStatus("hey")).toBe("");
      expect(output).not.toContain(context().live.apiKey);
      expect(output).not.toContain("CREDENTIALS_DIRECTORY");
    });

    test("a bot that counts has its count and its schema again if its next version fails, and after a roll-back", async () => {
      const { stack, server, bot } = context();
      const version = async (args: string) => {
        const source = await readFile(
          join(import.meta.dirname, "../server/programs/counting_bot.py"),
          "utf8",
        );
        const start = `#!/bin/sh\nexec python3 "\${0%/*}/counting_bot.py" ${args}\n`;
        return folder({ start, "counting_bot.py": source });
      };
      const read = (sql: string) =>
        server.run(
          "python3 -",
          `import sqlite3
database = sqlite3.connect("/var/lib/trading-bot/count.sqlite", timeout=30)
print(*database.execute("${sql}").fetchone())`,
        );
      const counted = async () => Number(await read("SELECT count(*) FROM counts"));
      const columns = () => read("SELECT count(*) FROM pragma_table_info('counts')");

      await outputOf({ command: "{program}/start", key: "none" }, await version(""));
      await until(async () => (await counted()) > 0);
      const before = await counted();
      const failed = await stack.script("install-bot", [await version("migrate fail")]);
      expect([failed.code, failed.stderr]).toEqual([
        1,
        expect.stringContaining("is restored with its state"),
      ]);
      expect([await columns(), (await counted()) > before]).toEqual(["1", true]);

      const migrated = await stack.script("install-bot", [await version("migrate")]);
      expect([migrated.code, migrated.stderr]).toEqual([0, expect.stringContaining("A copy of the state")]);
      expect(await columns()).toBe("2");
      const refused = await stack.script("install-bot", ["--roll-back", "--yes"]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--state copy")]);
      const back = await stack.script("install-bot", ["--roll-back", "--state", "copy", "--yes"]);
      expect(back).toMatchObject({ code: 0 });
      expect([await columns(), (await counted()) > before, await bot.activity()]).toEqual([
        "1",
        true,
        "active",
      ]);
      // Two states were replaced, and both are kept.
      const kept = (await server.run("state-copy list")).split("\n");
      expect(kept.filter((line) => line.startsWith("replaced-"))).toHaveLength(2);
    });

    test("without a bot in the settings none runs, and its unit has only the drop-ins of every bot", async () => {
      await context().stack.unset("bot");
      await context().stack.mustUp();
      expect(await context().bot.activity()).toBe("inactive");
      expect(await onServer("systemctl is-enabled trading-bot || true")).toBe("disabled");
      expect(await packageStatus("redis-server")).toBe("config-files");
      expect(await onServer("find /etc/systemd/system -lname /dev/null -name 'redis*'")).toBe("");
      expect(
        await onServer(
          "ls /etc/systemd/system/trading-bot.service.d; ls /etc/trading-bot/bot.json 2>/dev/null || true",
        ),
      ).toBe("00-sandbox.conf\n10-bot.conf\n40-foreign-code.conf\n50-sandbox.conf\nmoving.conf");
    });
  });
}
