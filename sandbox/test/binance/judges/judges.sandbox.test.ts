import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Spot } from "@binance/spot";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import ccxt from "ccxt";
import * as z from "zod";
import { BinanceControl } from "../../../binance/control.ts";
import { exitCode } from "../../../command.ts";
import { foldersOfThisRun } from "../../../run-folders.ts";
import { until } from "../../../until.ts";
import { permittedTime } from "../support/permitted-time.ts";
import { makePair } from "../support/signing.ts";
import { ccxtPro, ccxtRest } from "./ccxt.ts";
import { playFutures } from "./futures.ts";
import { type Orders, ordersAround } from "./orders.ts";
import { pythonOfThisRun } from "./python.ts";
import { type Judge, play, type Results } from "./scenario.ts";
import { spotRest, spotSockets } from "./spot.ts";
import { tables, type Verdict } from "./table.ts";

// Clients that nobody here wrote, with nothing changed, trade at the names of the real Binance. What each of them has
// done is printed at the end.

process.env.LOG_LEVEL = "error";

interface Key {
  apiKey: string;
  /** The secret, or the private key in PEM. */
  secret: string;
}

const { dir, logs } = foldersOfThisRun();
const binance = new BinanceControl(join(dir, "binance.sock"));
const verdicts: Verdict[] = [];
const clients: { close: () => unknown }[] = [];
let orders: Orders;
const resultsFromPython = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()]));

beforeAll(async () => {
  // So that ticker, book and candle can be compared although they are read one after the other.
  await binance.pinPrice("BTCUSDC", "90000");
  orders = ordersAround(90_000);
});

beforeEach(async () => {
  // A judge's last fill is the latest price for up to 100 ms, and it may be a few ticks away.
  await priceIs("BTCUSDC", 90_000);
  await binance.editAccount({ balances: { BTC: { free: "0.05" }, USDC: { free: "1000" } } });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await binance.releasePrice("BTCUSDC");
  process.stdout.write(`\n${tables(verdicts)}\n`);
});

const judges: [...Verdict["heading"], play: (key: Key) => Promise<Results>, key: "hmac" | "ed25519"][] = [
  ["ccxt", "JS, REST", (key) => playWith(ccxtRest(ccxtClient(key))), "hmac"],
  ["ccxt pro", "JS, sockets", (key) => playWith(ccxtPro(ccxtClient(key))), "ed25519"],
  ["@binance/spot", "JS, REST", (key) => playWith(spotRest(spotClient(key))), "ed25519"],
  ["@binance/spot", "JS, sockets", playWithSpotSockets, "ed25519"],
  ["ccxt", "Python, REST", (key) => playInPython("with_ccxt.py", key), "hmac"],
  ["ccxt pro", "Python, sockets", (key) => playInPython("with_ccxt_pro.py", key), "hmac"],
  ["python-binance", "Python, both", (key) => playInPython("with_python_binance.py", key), "hmac"],
  ["binance-connector", "Python, REST", (key) => playInPython("with_connector.py", key), "hmac"],
];

test.each(judges)("%s (%s) trades with nothing changed", async (client, use, play, keyType) => {
  const before = await notEmulated();
  const key = await makeKey(keyType);
  const result = await judged([client, use], () => play(key));
  expect(result).toEqual({
    "loads all markets": expect.any(Number),
    "ticker, book and candles agree": true,
    "buys at market": true,
    "limit order: places, lists, cancels": true,
    "stop order: places, lists, cancels": true,
    ...Object.fromEntries(
      Object.keys(orders.filters).map((filter) => [
        filter,
        // ccxt pro hides the code of one of them.
        expect.stringMatching(
          new RegExp(`${client === "ccxt pro" ? "" : "-1013.*"}Filter failure: ${filter}\\b`),
        ),
      ]),
    ),
    ...(use.endsWith("REST") ? {} : { "sees its fill on the stream": true }),
    "balances add up": true,
  });
  expect(result["loads all markets"]).toBeGreaterThanOrEqual(5);
  expect(await notEmulated()).toEqual(before);
});

test("ccxt (JS, futures) trades futures with nothing changed", async () => {
  const before = await notEmulated();
  const { apiKey, secret } = await makeKey("hmac", ["reading", "futures"]);
  const client = new ccxt.pro.binanceusdm({ apiKey, secret, timeout: permittedTime });
  // Its timer of twenty minutes, which keeps a listen key valid, would keep the test's process alive as well.
  Object.assign(client, { delay: () => undefined });
  clients.push(client);
  await binance.pinPrice("BTCUSDT", "90000");
  await priceIs("BTCUSDT", 90_000);
  const result = await judged(["ccxt pro", "JS, futures"], () => playFutures(client));
  await binance.releasePrice("BTCUSDT");
  expect(result).toEqual({
    "loads all markets": 4,
    "ticker, book and candles agree": true,
    "buys at market": true,
    "limit order: places, lists, cancels": true,
    "stop order: places, lists, cancels": true,
    "opens and closes a position": true,
    "sees its fill on the stream": true,
    "balances add up": true,
  });
  expect(await notEmulated()).toEqual(before);
});

async function priceIs(symbol: string, price: number): Promise<void> {
  await until(async () => Number((await binance.price(symbol)).price) === price);
}

/** Lets a client play, and remembers what it did and which calls were answered with success. */
async function judged(heading: Verdict["heading"], play: () => Promise<Results>): Promise<Results> {
  const { result, requests } = await binance.during(play);
  const calls = new Map<string, number>();
  for (const { method, path } of requests.filter(({ status }) => status === 200)) {
    const call = `${method} ${path.replace(/[? ].*$/, "")}`;
    calls.set(call, (calls.get(call) ?? 0) + 1);
  }
  verdicts.push({ heading, results: result, calls });
  return result;
}

function playWith(judge: Judge): Promise<Results> {
  return play(judge, orders);
}

async function makeKey(type: "hmac" | "ed25519", permissions = ["reading", "trading"]): Promise<Key> {
  const request = { label: "judge", permissions };
  if (type === "hmac") {
    const { apiKey, apiSecret } = await binance.createKey(request);
    return { apiKey, secret: apiSecret ?? "" };
  }
  const { publicKey, pem } = makePair(type);
  const { apiKey } = await binance.createKey({ ...request, type, publicKey });
  return { apiKey, secret: pem };
}

function ccxtClient({ apiKey, secret }: Key) {
  const client = new ccxt.pro.binance({ apiKey, secret, timeout: permittedTime });
  clients.push(client);
  return client;
}

function spotClient({ apiKey, secret }: Key): Spot {
  const configuration = { apiKey, privateKey: secret, timeout: permittedTime };
  // The client's documentation gives it plain objects, because its class for them is not exported.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  return new Spot({ configurationRestAPI: configuration, configurationWebsocketAPI: configuration });
}

async function playWithSpotSockets(key: Key): Promise<Results> {
  const api = await spotClient(key).websocketAPI.connect();
  clients.push({ close: () => api.disconnect() });
  await api.sessionLogon();
  return playWith(spotSockets(api));
}

async function playInPython(script: string, key: Key): Promise<Results> {
  const child = spawn(pythonOfThisRun(), ["-B", join(import.meta.dirname, "python", script)]);
  child.stdin.end(JSON.stringify({ ...key, ...orders }));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
  if (code !== 0) {
    throw new Error(`${script} failed: ${stderr}`);
  }
  return resultsFromPython.parse(JSON.parse(stdout));
}

async function notEmulated(): Promise<string[]> {
  const lines = (await readFile(join(logs, "api.binance.com.log"), "utf8")).split("\n");
  return lines.filter((line) => line.includes("not emulated"));
}
