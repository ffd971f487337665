import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { plainHost, ports } from "../../../sandbox/binance/hosts.ts";
import { binance } from "../binance.ts";
import { copyOf, filled, openOrders, type RealBot, Session, symbol, testRealBot } from "./real-bot.ts";

// NautilusTrader, with the example's strategy. Its streams' client accepts only authorities that are compiled in, so
// its settings here name a host without TLS. All else is as in production.

let session: Session;

beforeAll(async () => {
  session = await Session.start("nautilus");
  await binance.pinPrice(symbol, "90000");
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

const plain = `${plainHost}:${ports.plain}`;

/**
 * Sets after how many seconds without a connection the bot is restarted, and to which addresses: by default, those that
 * the preset has set.
 */
async function watchConnection({ server }: Session, seconds: number, addresses = "${set#* }"): Promise<void> {
  const folder = "/etc/systemd/system/trading-bot.service.d";
  await server.run(`
    set=$(sed -n 's/^Environment="BOT_INIT_CONNECTION=\\(.*\\)"$/\\1/p' ${folder}/connection.conf)
    printf '[Service]\\nEnvironment="BOT_INIT_CONNECTION=${seconds} %s"\\n' "${addresses}" >${folder}/zz-test.conf
    systemctl daemon-reload`);
}

const nautilus: RealBot = {
  title: "NautilusTrader 1.231.0",
  folder: "examples/nautilus-trader",
  settings: {
    preset: "nautilus-trader",
    hosts: [plain],
    environment: { TRADE: "nautilus", WS_STREAMS: `ws://${plain}`, WS_API: `ws://${plain}/ws-api/v3` },
  },
  // Its streams are at another host than Binance's.
  prepare: (session) =>
    watchConnection(
      session,
      300,
      `$(ip netns exec trading-bot getent ahostsv4 ${plainHost} | cut -d " " -f 1 | head -n 1)`,
    ),
  keyType: "ed25519",
  // Not the open orders: the guard lists those after a stop.
  firstRequest: "/sapi/v1/asset/tradeFee",
  buy: async (session) => {
    await session.comes(async () => (await filled("BUY")).length === 1);
    await session.comes(async () => (await openOrders()).length === 1);
  },
  sell: async (session) => {
    await binance.pinPrice(symbol, "95000");
    await session.comes(async () => (await filled("SELL")).length === 1);
    expect(await binance.orders()).toHaveLength(2);
  },
  usesStreams: true,
};

describe(nautilus.title, () => {
  testRealBot(nautilus, () => session);

  test("is started again without a connection to the streams, although it reports RUNNING", async () => {
    const folder = await copyOf("examples/nautilus-trader");
    // Without what the example does about this by itself.
    const program = await readFile(join(folder, "main.py"), "utf8");
    await writeFile(join(folder, "main.py"), program.replace(/^.*call_later.*\n/m, ""));
    await session.rotate(nautilus);
    await session.stack.set("bot", JSON.stringify({ preset: "nautilus-trader" }));
    await session.stack.mustUp();
    // After the minute in which a node connects.
    await watchConnection(session, 150);
    await session.installProgram([folder]);
    await session.comes(async () => (await session.bot.property("NRestarts")) === "1");
    const log = await session.server.run("journalctl --namespace=trading-bot -u trading-bot -o cat -n 300");
    expect(log).toContain("no open connection to Binance's streams");
    expect(log).toMatch(/TradingNode: RUNNING/);
    expect(log).not.toContain("there is no connection to Binance after");
  }, 600_000);

  test("is off without its settings", async () => {
    await session.uninstall();
    expect(await session.bot.activity()).toBe("inactive");
  });
});
