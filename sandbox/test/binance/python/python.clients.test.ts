import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { type CommandLine, exitCode, run } from "../../../command.ts";
import { systemClock } from "../../../emulator/clock.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";

// Python's clients, unmodified but for the addresses of their hosts. They are downloaded from PyPI into a virtual
// environment of this test.

const scripts = {
  ccxt: "with_ccxt.py",
  "binance-connector": "with_connector.py",
  "python-binance": "with_python_binance.py",
};
const results = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
type Results = z.infer<typeof results>;
const seen = new Map<string, Results>();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "binance-python-"));
  await run(["python3", "-m", "venv", folder]);
  const requirements = join(import.meta.dirname, "requirements.txt");
  await run([join(folder, "bin/pip"), "install", "--quiet", "--requirement", requirements]);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  process.stdout.write(table());
});

async function runScript(emulator: Emulator, script: string): Promise<Results> {
  const { apiKey, apiSecret } = await makeKey(emulator);
  await emulator.control.editAccount({ balances: { USDC: { free: "1000" } } });
  const command: CommandLine = [join(folder, "bin/python"), join(import.meta.dirname, script)];
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify({ url: emulator.url, apiKey, secret: apiSecret }));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
  if (code !== 0) {
    throw new Error(`${script} failed: ${stderr}`);
  }
  return results.parse(JSON.parse(stdout));
}

test.each(Object.entries(scripts))("%s reads the market, trades, and is refused", async (name, script) => {
  const emulator = await startEmulator({ clock: systemClock });
  const result = await runScript(emulator, script);
  seen.set(name, result);
  expect(result).toMatchObject({
    markets: "BTCUSDC",
    ticker: true,
    book: 5,
    candles: 3,
    "buy at market": expect.stringMatching(/^(closed|FILLED)$/),
    "open orders": 2,
    "orders after cancel": 0,
    "refused by a filter": -1013,
    "locked after cancel": 0,
    "own trades": 0.002,
  });
  if (name === "ccxt") {
    expect(result).toMatchObject({
      "stream of tickers": "BTC/USDC",
      "stream of books": true,
      "stream of candles": true,
      "stream of trades": true,
      "stream of own orders": "sell",
    });
  }
  expect(emulator.reported).toEqual([]);
});

/** What each client did, one call a line. */
function table(): string {
  const calls = [...new Set([...seen.values()].flatMap(Object.keys))];
  const width = Math.max(...calls.map(({ length }) => length));
  const line = (first: string, cells: readonly string[]) => `${first.padEnd(width)}  ${cells.join("  ")}\n`;
  const rows = calls.map((call) =>
    line(
      call,
      [...seen].map(([name, result]) => (call in result ? "yes" : "-").padEnd(name.length)),
    ),
  );
  return `\n${line("", [...seen.keys()])}${rows.join("")}\n`;
}
