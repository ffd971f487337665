import { connect } from "node:tls";
import { expect, test } from "@jest/globals";
import ccxt from "ccxt";
import * as z from "zod";
import { realHosts } from "../../../binance/hosts.ts";
import { run } from "../../../command.ts";
import { permittedTime } from "../support/permitted-time.ts";

// An unmodified ccxt, at the names of the real Binance.

const symbol = "BTC/USDC";

test("an unmodified ccxt loads all markets and reads candles", async () => {
  const exchange = new ccxt.binance({ timeout: permittedTime });
  expect(await exchange.loadMarkets()).toMatchObject({ [symbol]: { active: true } });
  expect(await exchange.fetchOHLCV(symbol, "1h", undefined, 1000)).toHaveLength(1000);
});

test.each(["demo", "testnet"])(
  "an unmodified ccxt that trades on paper loads all markets: %s",
  async (kind) => {
    const exchange = new ccxt.binance({ timeout: permittedTime });
    if (kind === "demo") {
      exchange.enableDemoTrading(true);
    } else {
      exchange.setSandboxMode(true);
    }
    const { ask = 0, bid = 0 } = await exchange.fetchTicker(symbol);
    expect(ask).toBeGreaterThan(bid);
  },
);

test("a key of the account for paper trading is valid only there", async () => {
  const created = await run([
    "binance-person",
    "--paper",
    "create",
    "bot",
    "--permit",
    "reading,trading",
    "--json",
  ]);
  const { apiKey, apiSecret: secret } = z
    .object({ apiKey: z.string(), apiSecret: z.string() })
    .parse(JSON.parse(created));
  const paper = new ccxt.binance({ apiKey, secret, timeout: permittedTime });
  paper.enableDemoTrading(true);
  expect(await paper.fetchBalance()).toMatchObject({ free: { BTC: 0.05 } });
  await expect(new ccxt.binance({ apiKey, secret, timeout: permittedTime }).fetchBalance()).rejects.toThrow(
    "-20",
  );
});

test.each(realHosts)("%s answers at both ports, with a certificate for its name", async (host) => {
  for (const port of [443, 9443]) {
    const subject = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host, port, servername: host }, () => {
        resolve(socket.getPeerCertificate().subjectaltname ?? "");
        socket.destroy();
      }).once("error", reject);
    });
    expect(subject).toContain(`DNS:${host}`);
  }
});
