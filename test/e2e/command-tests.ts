import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { binance, spot } from "./binance.ts";
import type { BotOnServer } from "./bot.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";
import { wantedProperties } from "./unit-sandbox.ts";

interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
  live: KeyPair;
}

/** Tests of `npm run bot`. `context` is called once the bot of the tests runs; only the test starts checks. */
export function testCommands(context: () => Context): void {
  const run = (args: string[], stdin = "") => context().stack.script("bot", args, stdin);
  const onServer = (script: string) => context().server.run(script);
  const units = () =>
    onServer("systemctl list-units --plain --no-legend --full 'trading-bot-command-*' | awk '{print $1}'");
  /** Starts a command that goes on until it is ended, and waits until it runs. */
  const start = async (...options: string[]) => {
    const child = context().stack.start("bot", [...options, "sh", "-c", "echo ready; exec sleep infinity"]);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await until(async () => (await units()).includes(`command-${options.length > 0 ? "key-" : ""}`));
    return { child, ended };
  };

  describe("a command that the bot's owner runs", () => {
    const look = `
import json, os, sys
print(json.dumps({"uid": os.getuid(), "folder": os.getcwd(), "network": os.readlink("/proc/self/ns/net"),
  "key": os.environ.get("KEY"), "credentials": os.environ.get("CREDENTIALS_DIRECTORY"), "input": sys.stdin.read()}))
sys.exit(7)`;

    test("runs as the bot's user in its network and its state, without the key; its exit code is passed on", async () => {
      const { code, stdout, stderr } = await run(["python3", "-c", look], "typed");
      expect([code, stderr]).toEqual([
        7,
        expect.stringContaining("The bot is running, and has the same state."),
      ]);
      expect(JSON.parse(stdout)).toEqual({
        uid: Number(await onServer("id -u trading-bot")),
        folder: "/var/lib/trading-bot",
        network: await onServer("readlink /proc/$(systemctl show -P MainPID trading-bot)/ns/net"),
        key: null,
        credentials: null,
        input: "typed",
      });
      expect(await units()).toBe("");
    });

    test("gets the key if its owner wants it, in the way that the settings say", async () => {
      const { code, stdout } = await run([
        "--with-key",
        "sh",
        "-c",
        'printf %s "$KEY" | sha256sum; echo "$KEY"',
      ]);
      const digest = createHash("sha256").update(context().live.apiKey).digest("hex");
      expect([code, stdout]).toEqual([0, `${digest}  -\n[apiKey]\n`]);
      expect(await onServer("journalctl -t bot-command -o cat -n 1")).toBe(
        "admin runs sh with the bot's key.",
      );
    });

    test("finds programs of the release by their names, and reaches the bot's hosts and no others", async () => {
      const { code, stderr } = await run(["no-such-program"]);
      expect([code, stderr]).toEqual([78, expect.stringContaining("There is no program no-such-program")]);
      const status = async (url: string) =>
        (
          await run([
            "curl",
            "--silent",
            "--max-time",
            "10",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
            url,
          ])
        ).stdout;
      expect(await status("https://api.binance.com/api/v3/ping")).toBe("200");
      expect(await status("https://elsewhere.example.net/")).toBe("000");
    });

    test("has the bot's sandbox, and ends with its connection", async () => {
      const { child, ended } = await start();
      const properties = [
        ...wantedProperties,
        ...[
          "User",
          "NetworkNamespacePath",
          "Slice",
          "MemoryMax",
          "TasksMax",
          "LimitNOFILE",
          "OOMScoreAdjust",
        ],
        ...["SystemCallFilter", "NoExecPaths", "BindReadOnlyPaths", "StateDirectory", "Environment"],
      ].join(",");
      const shown = (unit: string) => onServer(`systemctl show --property=${properties} ${unit}`);
      expect(await shown("trading-bot-command-1")).toBe(await shown("trading-bot"));
      await onServer("systemd-analyze security --no-pager --threshold=13 trading-bot-command-1.service");
      child.kill("SIGINT");
      expect(await ended).toBe(130);
      await until(async () => (await units()) === "");
    });

    test("has its owner's terminal with --terminal: the size, what is typed, Ctrl-C and the exit code", async () => {
      const ask = `
import os, signal, sys
def show(*_):
    size = os.get_terminal_size()
    # Not print: another signal may come while this one is handled.
    os.write(1, f"{size.lines} rows, {size.columns} columns\\n".encode())
signal.signal(signal.SIGWINCH, show)
try:
    show()
    print("hello, " + input("your name? "), flush=True)
    while True:
        signal.pause()
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(7)`;
      const terminal = context().stack.startInTerminal("bot", ["--terminal", "python3", "-c", ask], {
        rows: 33,
        columns: 91,
      });
      try {
        await terminal.shows("33 rows, 91 columns");
        await terminal.shows("your name? ");
        terminal.type("Ada\n");
        await terminal.shows("hello, Ada");
        await terminal.resize({ rows: 40, columns: 120 });
        await terminal.shows("40 rows, 120 columns");
        terminal.type("\u0003");
        await terminal.shows("interrupted");
        expect(await terminal.ended).toBe(7);
      } finally {
        terminal.close();
      }
      expect(await units()).toBe("");
    });

    test("ends when the guard stops the bot; until a check passes, none runs with the key", async () => {
      const { bot, live } = context();
      const commands = [await start(), await start("--with-key")];
      await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
      await bot.check();
      expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([143, 143]);
      expect(await units()).toBe("");
      const { code, stderr } = await run(["--with-key", "true"]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("the guard holds the bot")]);
      // Also if it is started in another way than by bot-command.
      await expect(onServer("systemd-run --unit=trading-bot-command-key-1 true")).rejects.toThrow(
        "Assertion failed",
      );

      const withoutKey = await start();
      await bot.check();
      expect(await units()).toBe("trading-bot-command-1.service");
      withoutKey.child.kill("SIGTERM");
      await withoutKey.ended;
      await binance.editKey(live.apiKey, { permissions: spot });
      await bot.check();
      await bot.becomes("active");
    });
  });
}
