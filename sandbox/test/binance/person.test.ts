import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { exitCode } from "../../command.ts";
import { bodyOf, type Emulator, errorIn, startEmulator } from "./support/emulator.ts";
import { makePair } from "./support/signing.ts";

const program = join(import.meta.dirname, "../../binance/person.ts");

/** Runs the command as the operator's shell would. */
async function person(emulator: Emulator, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, SANDBOX_DIR: emulator.folder },
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
  return { code, stdout, stderr };
}

const pair = z.strictObject({ apiKey: z.string(), apiSecret: z.string() });

describe("a person", () => {
  test("creates a key, sees its secret once, restricts it and deletes it", async () => {
    const emulator = await startEmulator();
    const created = await person(
      emulator,
      "create",
      "bot",
      "--permit",
      "reading,trading",
      "--ip",
      "127.0.0.1",
      "--json",
    );
    expect(created).toMatchObject({ code: 0, stderr: "" });
    const { apiKey, apiSecret } = pair.parse(JSON.parse(created.stdout));
    const key = { apiKey, signWith: apiSecret };
    bodyOf(await emulator.sendSigned("/api/v3/account", key));

    const list = await person(emulator, "list");
    expect(list.stdout).toContain(apiKey);
    expect(list.stdout).not.toContain(apiSecret);
    expect(list.stdout).toContain("permitted   reading, trading");

    expect(await person(emulator, "edit", "bot", "--ip", "203.0.113.7")).toMatchObject({ code: 0 });
    expect(errorIn(await emulator.sendSigned("/api/v3/account", key))).toMatch(/-2015/);
    expect(await person(emulator, "delete", "bot")).toMatchObject({ code: 0, stdout: "Deleted bot.\n" });
    expect(await person(emulator, "list")).toMatchObject({ stdout: "There are no keys.\n" });
  });

  test("gives Binance a public key", async () => {
    const emulator = await startEmulator();
    const { publicKey, privateKey } = makePair("ed25519");
    const file = join(emulator.folder, "public.pem");
    await writeFile(file, publicKey);
    const created = await person(emulator, "create", "bot", "--type", "ed25519", "--public-key", file);
    const apiKey = /API key +(\w+)/.exec(created.stdout)?.[1] ?? "";
    expect(created.stdout).toContain("secret key  your private key");
    bodyOf(await emulator.sendSigned("/api/v3/account", { apiKey, signWith: privateKey }));
  });

  test("sees the reason if Binance refuses, or if a command line is wrong", async () => {
    const emulator = await startEmulator();
    expect(await person(emulator, "create", "bot", "--ip", "1.2.3.4, 1.2.3.5")).toEqual({
      code: 1,
      stdout: "",
      stderr: 'binance-person: refused: illegal IP: " 1.2.3.5"\n',
    });
    const hint = "; see binance-person --help\n";
    expect(await person(emulator, "fly")).toEqual({
      code: 2,
      stdout: "",
      stderr: `binance-person: there is no verb "fly"${hint}`,
    });
    expect(await person(emulator, "create", "bot", "--fly")).toMatchObject({ code: 2, stdout: "" });
    expect(await person(emulator, "ban", "nobody", "60")).toMatchObject({
      code: 2,
      stderr: `binance-person: "nobody" isn't an IPv4 address${hint}`,
    });
    expect(await emulator.control.keys()).toEqual([]);
    expect((await person(emulator, "--help")).stdout).toMatch(/^Usage: binance-person \[--paper\] VERB/);
  });

  test("changes account, market and clock", async () => {
    const emulator = await startEmulator();
    const { apiKey, apiSecret } = await emulator.control.createKey({ label: "bot" });
    const key = { apiKey, signWith: apiSecret ?? "" };
    for (const line of [
      "balance BTC 2 0.5",
      "lock 60",
      "trading off",
      "status Frozen",
      "withdrawal-address BTC BTC bc1q --not-whitelisted",
      "delist BTCUSDT",
    ]) {
      expect(await person(emulator, ...line.split(" "))).toMatchObject({ code: 0, stderr: "" });
    }
    const read = async (path: string) => bodyOf(await emulator.sendSigned(path, key));
    expect(await read("/api/v3/account")).toMatchObject({
      canTrade: false,
      balances: expect.arrayContaining([{ asset: "BTC", free: "2.00000000", locked: "0.50000000" }]),
    });
    expect(await read("/sapi/v1/account/status")).toEqual({ data: "Frozen" });
    expect(await read("/sapi/v1/account/apiTradingStatus")).toMatchObject({ data: { isLocked: true } });
    expect(await read("/sapi/v1/capital/withdraw/address/list")).toMatchObject([{ whiteStatus: false }]);
    expect(bodyOf(await emulator.send("/api/v3/exchangeInfo", { query: "symbol=BTCUSDT" }))).toMatchObject({
      symbols: [{ status: "BREAK" }],
    });
    await person(emulator, "clock", "-5000");
    expect(bodyOf(await emulator.send("/api/v3/time"))).toEqual({
      serverTime: emulator.clock.now().getTime() - 5000,
    });
    await person(emulator, "restrict", "127.0.0.1");
    expect((await emulator.send("/api/v3/time")).status).toBe(451);
    await person(emulator, "pardon", "127.0.0.1");
    expect((await emulator.send("/api/v3/time")).status).toBe(200);
  });

  test("trades, moves money, and limits account and key", async () => {
    const emulator = await startEmulator();
    const created = await person(
      ...([
        emulator,
        "create",
        "bot",
        "--permit",
        "reading,trading",
        "--symbols",
        "BTCUSDC",
        "--json",
      ] as const),
    );
    const { apiKey, apiSecret } = pair.parse(JSON.parse(created.stdout));
    const order = async (symbol = "BTCUSDC") =>
      emulator.sendSigned(
        "/api/v3/order",
        { apiKey, signWith: apiSecret },
        {
          method: "POST",
          query: `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=80000`,
        },
      );
    expect((await person(emulator, "list")).stdout).toContain("symbols     BTCUSDC");
    expect(errorIn(await order("BTCUSDT"))).toContain("Symbol not whitelisted for API key.");
    expect((await person(emulator, "orders")).stdout).toBe("There are no open orders.\n");
    bodyOf(await order());
    const [open] = await emulator.control.orders();
    const id = String(open?.orderId);
    expect((await person(emulator, "orders", "BTCUSDC")).stdout).toMatch(
      `${id}. BUY 0.00100000 BTCUSDC LIMIT (NEW`,
    );
    expect((await person(emulator, "fill", id, "0.0004")).stdout).toContain("executed 0.00040000");
    expect((await person(emulator, "fill", id)).stdout).toContain("FILLED");
    expect(await person(emulator, "fill", id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no open order"),
    });
    expect((await person(emulator, "trades", "BTCUSDC")).stdout).toMatch(
      new RegExp(
        String.raw`BUY  0\.0004 BTC at 80000 for 32 USDC, fee 0\.00000040 BTC
[^]*BUY  0\.0006 BTC at 80000 for 48 USDC, fee 0\.00000060 BTC
Paid 80 USDC, received 0 USDC, fees 0\.000001 BTC\.
Left of it: 0\.000999 BTC, worth [\d.]+ USDC now\.
(Profit|Loss): [\d.]+ USDC\.\n$`,
      ),
    );
    expect(await person(emulator, "trades", "NOTHING")).toMatchObject({
      ...{ code: 1, stderr: 'binance-person: refused: there is no symbol "NOTHING"\n' },
    });

    for (const [line, stdout] of [
      ["deposit USDC 50.5", "deposit: 50.5 USDC.\n"],
      ["withdraw USDC 0.5", "withdraw: 0.5 USDC.\n"],
      ["bnb-commission on", "Commissions are paid in BNB.\n"],
      ["forbid BTCUSDC", "The account may not trade BTCUSDC.\n"],
    ] as const) {
      expect(await person(emulator, ...line.split(" "))).toEqual({ code: 0, stderr: "", stdout });
    }
    expect(errorIn(await order())).toContain("This symbol is not permitted for this account.");
    await person(emulator, "forbid", "none");
    await person(emulator, "reduce-only", "on");
    expect(errorIn(await order())).toContain("This action is disabled on this account.");
    await person(emulator, "reduce-only", "off");
    await person(emulator, "unknown-order", "lost");
    expect(errorIn(await order())).toContain("-1007");
    expect(await emulator.control.orders({ only: "open" })).toEqual([]);
    expect(await person(emulator, "unknown-order", "perhaps")).toMatchObject({ code: 2 });
    expect(await person(emulator, "deposit", "USDC", "much")).toMatchObject({ code: 2 });
  });

  test("pays USDT into the futures wallet, and sees what the account has there", async () => {
    const emulator = await startEmulator();
    await person(emulator, "futures-deposit", "500");
    await person(emulator, "futures-withdraw", "0.5");
    expect(await person(emulator, "futures")).toMatchObject({
      code: 0,
      stdout: "wallet 1499.50000000 USDT\n",
    });
    expect(await person(emulator, "futures-withdraw", "2000")).toMatchObject({
      ...{ code: 1, stderr: "binance-person: refused: the futures wallet has only 1499.5 USDT\n" },
    });
    expect(await person(emulator, "futures-fill", "1")).toMatchObject({
      ...{ code: 1, stderr: "binance-person: refused: there is no open order 1\n" },
    });
  });
});
