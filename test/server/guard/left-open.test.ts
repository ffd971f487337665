import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { fingerprint } from "../../../binance/key-pair.ts";
import { leaks } from "../../arbitraries.ts";
import {
  type Answer,
  BinanceStandIn,
  refusedAddress,
  soundRestrictions,
} from "../../support/binance-stand-in.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { keyPair } from "../../support/fixtures.ts";
import { type Ended, Installation } from "./installation.ts";
import { WebhookStandIn } from "./webhook-stand-in.ts";

// The orders that a bot has left open: guard.mjs reads them before a message that the bot is off.

const restrictionsPath = "/sapi/v1/account/apiRestrictions";
const path = "/api/v3/openOrders";
const order = {
  symbol: "BTCUSDC",
  orderId: 17,
  side: "SELL",
  type: "LIMIT",
  origQty: "0.50000000",
  executedQty: "0.00000000",
  price: "72000.00000000",
};
const crashed = "The bot has failed and is no longer restarted.";
const start = `trading-bot-prod (203.0.113.10): ${crashed}\n`;
const unread = "The account's open orders could not be read: ";

let binance: BinanceStandIn;
let futures: BinanceStandIn;
let webhook: WebhookStandIn;
let server: Installation;

beforeAll(async () => {
  const exchange = makeCertificate("api.binance.com");
  const service = makeCertificate("ntfy.sh");
  binance = await BinanceStandIn.start(exchange);
  webhook = await WebhookStandIn.start(service);
  const futuresExchange = makeCertificate("fapi.binance.com");
  futures = await BinanceStandIn.start(futuresExchange);
  const ports = {
    "api.binance.com": binance.port,
    "fapi.binance.com": futures.port,
    "ntfy.sh": webhook.port,
  };
  server = new Installation([exchange.ca, futuresExchange.ca, service.ca], ports);
  server.setKeyPair(keyPair);
  server.setAddress("webhook", "https://ntfy.sh/topic");
});

beforeEach(() => {
  server.forget();
  server.configure({ listsOrders: true });
  binance.reset({ [path]: { body: [order] } });
  webhook.taken.length = 0;
});

afterAll(() => {
  binance.stop();
  futures.stop();
  webhook.stop();
  server.remove();
});

const bodies = (): string[] => webhook.taken.map(({ body }) => body);

/** Runs a command of the guard, which shows nothing of the key pair. */
async function run(...args: string[]): Promise<Ended> {
  const ended = await server.run(...args);
  for (const secret of [keyPair.apiKey, keyPair.apiSecret]) {
    expect(leaks(ended.output + server.remembered + bodies().join("\n"), secret)).toBe(false);
  }
  return ended;
}

/** What the owner gets if the bot has crashed. */
async function message(): Promise<string | undefined> {
  await run("left-open");
  expect((await run("report", crashed)).code).toBe(0);
  return bodies().at(-1);
}

test("open orders are in the message that it has crashed, and in the journal", async () => {
  expect((await run("left-open")).output).toContain("<4>- BTCUSDC: SELL 0.5 at 72000, LIMIT, order 17\n");
  await run("report", crashed);
  expect(bodies()).toEqual([
    `${start}The account has 1 open spot order, and the bot no longer watches it:\n- BTCUSDC: SELL 0.5 at 72000, LIMIT, order 17`,
  ]);
  expect(binance.paths).toEqual(["GET /api/v3/time", `GET ${path}`]);
});

test("open orders are those of the market that the key was for when it passed, whatever is declared since", async () => {
  const key = { pair: fingerprint(keyPair), acceptedPermissions: [], verification: "enforce" };
  server.write("state/pairs.json", JSON.stringify([{ ...key, permissions: "spot" }]));
  server.configure({ listsOrders: true, key: { ...key, permissions: "futures" } });
  expect(await message()).toContain("- BTCUSDC: SELL 0.5 at 72000");
});

test("open orders are cut to a few lines", async () => {
  binance.reset({ [path]: { body: Array(500).fill({ ...order, symbol: "A".repeat(40) }) } });
  const text = await message();
  expect(text).toContain("The account has 500 open spot orders");
  expect(text).toMatch(/(\n- A{40}: .*){6}\n- and 494 more$/);
  expect(text?.length).toBeLessThan(1900);
});

test("open orders are in the message that the key failed, and not in the one that it passes again", async () => {
  binance.reset({
    [path]: { body: [order] },
    [restrictionsPath]: { body: { ...soundRestrictions, ipRestrict: false } },
  });
  await run("check");
  await run("left-open");
  await run("send");
  expect(bodies().at(-1)).toMatch(/because of its Binance key[^]*- BTCUSDC: SELL 0\.5/);
  binance.reset({ [path]: { body: [order] } });
  await run("check");
  await run("send");
  expect(bodies().at(-1)).toMatch(/passes the check again\..*\.$/);
});

test.each<[string, Answer, RegExp]>([
  ["refuses the key", refusedAddress, /code -2015/],
  ["can't be reached", { instead: "cut" }, /the connection was closed/],
  [
    "sends a text that would change a terminal",
    { body: [{ ...order, symbol: "BTC\u001b[2J" }] },
    /0\.symbol/,
  ],
])("open orders are unknown if Binance %s, and the message reports that", async (_, reply, reason) => {
  binance.reset({ [path]: reply });
  const text = await message();
  expect(text?.startsWith(start + unread)).toBe(true);
  expect(text).toMatch(reason);
  expect(text).toContain("Look at them yourself on binance.com");
});

test("open orders are unknown if they could not be read at all, and the next message doesn't repeat old ones", async () => {
  await message();
  await run("report", crashed);
  expect(bodies().at(-1)).toBe(
    `${start}${unread}the journal says why. Look at them yourself on binance.com, under Orders.`,
  );
});

test("open orders aren't requested during a pause that Binance wants, and such a pause is kept for the next check", async () => {
  binance.reset({
    [path]: { status: 429, headers: { "retry-after": "600" }, body: { code: -1003, msg: "Too many." } },
  });
  expect(await message()).toContain("HTTP 429, code -1003");
  binance.reset();
  expect(await message()).toContain("Binance wants no requests until ");
  expect((await run("check")).code).toBe(5);
  expect(binance.asked).toEqual([]);
});

test("open orders aren't requested for a bot without a key", async () => {
  server.configure({ listsOrders: false });
  expect(await message()).toBe(start.trimEnd());
  expect(binance.asked).toEqual([]);
});

test("open orders and positions are those of futures, if the live key is declared for those", async () => {
  futures.reset({
    "/fapi/v1/time": { body: { serverTime: Date.now() } },
    "/fapi/v1/openOrders": { body: [{ ...order, symbol: "BTCUSDT" }] },
    "/fapi/v1/openAlgoOrders": { body: [] },
    "/fapi/v3/positionRisk": { body: [{ symbol: "BTCUSDT", positionAmt: "0.500", entryPrice: "70000.0" }] },
  });
  const rules = { permissions: "futures", acceptedPermissions: [], verification: "enforce" } as const;
  server.configure({ listsOrders: true, key: { pair: fingerprint(keyPair), ...rules } });
  const text = await message();
  expect(text).toContain("\n- BTCUSDT: SELL 0.5 at 72000, LIMIT, order 17\n");
  expect(text).toContain("\n- BTCUSDT: long 0.5, entered at 70000");
  expect(binance.asked).toEqual([]);
});

test("open orders of futures are listed if Binance asks for a pause before the positions, and the guard keeps to it", async () => {
  futures.reset({
    "/fapi/v1/time": { body: { serverTime: Date.now() } },
    "/fapi/v1/openOrders": { body: [{ ...order, symbol: "BTCUSDT" }] },
    "/fapi/v1/openAlgoOrders": { body: [] },
    "/fapi/v3/positionRisk": { status: 429, body: { code: -1003, msg: "Too many requests." } },
  });
  const rules = { permissions: "futures", acceptedPermissions: [], verification: "enforce" } as const;
  server.configure({ listsOrders: true, key: { pair: fingerprint(keyPair), ...rules } });
  const text = await message();
  expect(text).toContain("\n- BTCUSDT: SELL 0.5 at 72000, LIMIT, order 17\n");
  expect(text).toContain("The account's open positions could not be read: HTTP 429");
  expect(await message()).toContain("Binance wants no requests until");
});
