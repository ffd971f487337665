import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BinanceClient } from "../../binance/client.ts";
import { futuresMarket } from "../../binance/futures-orders.ts";
import { cancelOrders, type LeftOpen, type Market, type OpenOrder } from "../../binance/open-orders.ts";
import { spotMarket } from "../../binance/spot-orders.ts";
import { leftOpenText } from "../../checklist/left-open.ts";
import { type Answers, BinanceStandIn } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { keyPair } from "../support/fixtures.ts";

const host = "fapi.binance.com";
const order = {
  symbol: "BTCUSDT",
  orderId: 17,
  clientOrderId: "x",
  side: "SELL",
  type: "LIMIT",
  origQty: "0.500",
  executedQty: "0",
  price: "72000.10",
  stopPrice: "0",
};
const spotOrder: OpenOrder = { ...order, side: "SELL" };
const algoOrder = {
  algoId: 3000001,
  algoType: "CONDITIONAL",
  orderType: "STOP_MARKET",
  symbol: "BTCUSDT",
  side: "SELL",
  quantity: "0.500",
  price: "0.00",
  triggerPrice: "60000.00",
  algoStatus: "NEW",
};
const position = { symbol: "BTCUSDT", positionSide: "BOTH", positionAmt: "-0.500", entryPrice: "70000.0" };
const canceled = { body: { code: 200, msg: "The operation of cancel all open order is done." } };

let exchange: BinanceStandIn;

beforeAll(async () => {
  const certificate = makeCertificate(host);
  setDefaultCACertificates([...getCACertificates("default"), certificate.ca]);
  exchange = await BinanceStandIn.start(certificate);
});

afterAll(() => {
  exchange.stop();
});

/** Calls the stand-in, which has these answers. */
async function use<T>(answers: Answers, act: (client: BinanceClient) => Promise<T>): Promise<T> {
  exchange.reset(answers);
  const client = await BinanceClient.open({ socket: exchange.socket(), keyPair, host });
  try {
    return await act(client);
  } finally {
    client.close();
  }
}

const read = (market: Market, answers: Answers) => use(answers, (client) => market.read(client));

/** The lines of the list, for a person. */
const lines = (open: LeftOpen, market: Market) => leftOpenText({ ok: true, value: open }, market).split("\n");

const futures: Answers = {
  "/fapi/v1/openOrders": { body: [order] },
  "/fapi/v1/openAlgoOrders": { body: [algoOrder] },
  "/fapi/v3/positionRisk": { body: [position, { ...position, symbol: "ETHUSDT", positionAmt: "0.000" }] },
};

describe("a futures account", () => {
  test("has orders, orders that wait for a price, and positions", async () => {
    const open = await read(futuresMarket, futures);
    expect(exchange.paths).toEqual([
      "GET /fapi/v1/openOrders",
      "GET /fapi/v1/openAlgoOrders",
      "GET /fapi/v3/positionRisk",
    ]);
    expect(open.ok && lines(open.value, futuresMarket)).toEqual([
      "The account has 2 open futures orders, and the bot no longer watches them:",
      "- BTCUSDT: SELL 0.5 at 72000.1, LIMIT, order 17",
      "- BTCUSDT: SELL 0.5, triggered at 60000, STOP_MARKET, order 3000001",
      "The account has 1 open position, and the bot no longer watches it:",
      "- BTCUSDT: short 0.5, entered at 70000",
    ]);
  });

  const refusal = { status: 400, body: { code: -2015, msg: "Invalid API-key, IP, or permissions." } };
  const reason = "could not be read: HTTP 400, code -2015: Invalid API-key, IP, or permissions.";

  test.each([
    ["orders", "/fapi/v1/openOrders", ["order 3000001", "short 0.5"]],
    ["conditional orders", "/fapi/v1/openAlgoOrders", ["order 17", "short 0.5"]],
    ["positions", "/fapi/v3/positionRisk", ["order 17", "order 3000001"]],
  ])("whose %s can't be read shows the rest, and says what it doesn't show", async (name, path, shown) => {
    const open = await read(futuresMarket, { ...futures, [path]: refusal });
    const text = open.ok ? lines(open.value, futuresMarket).join("\n") : "";
    expect(text.match(/order \d+$|short 0\.5/gm)).toEqual(shown);
    expect(text).toContain(`The account's open ${name} ${reason} Look at them yourself`);
  });

  test("isn't said to have no orders if one list of them can't be read", async () => {
    const answers = { ...futures, "/fapi/v1/openOrders": { body: [] }, "/fapi/v1/openAlgoOrders": refusal };
    const open = await read(futuresMarket, { ...answers, "/fapi/v3/positionRisk": { body: [] } });
    expect(open.ok && lines(open.value, futuresMarket)).toEqual([
      `The account's open conditional orders ${reason} Look at them yourself on binance.com, under Orders.`,
    ]);
  });

  test("fails if nothing can be read, and nothing is sent after Binance asked for a pause", async () => {
    const refused = Object.fromEntries(Object.keys(futures).map((path) => [path, refusal]));
    expect(await read(futuresMarket, refused)).toMatchObject({ ok: false, failure: { code: -2015 } });
    const busy = { status: 429, body: { code: -1003, msg: "Too many requests." } };
    const open = await read(futuresMarket, { ...futures, "/fapi/v1/openAlgoOrders": busy });
    expect(exchange.paths).toEqual(["GET /fapi/v1/openOrders", "GET /fapi/v1/openAlgoOrders"]);
    expect(open.ok && lines(open.value, futuresMarket).at(-1)).toContain(
      "open conditional orders and positions could not be read: HTTP 429, code -1003: Too many requests.",
    );
  });

  test("has orders of which nobody knows whether they were canceled if a list can't be read afterwards", async () => {
    const answers: Answers = {
      ...futures,
      "GET /fapi/v1/openAlgoOrders": refusal,
      "DELETE /fapi/v1/allOpenOrders": refusal,
    };
    const ended = { ...spotOrder, orderId: 18 };
    const result = await use(answers, (client) => cancelOrders(client, futuresMarket, [spotOrder, ended]));
    expect(result).toMatchObject({ canceled: [], ended: [], failures: [{}], left: { ok: false } });
  });

  test("loses both kinds of orders, and keeps its positions", async () => {
    const open = [spotOrder, { ...spotOrder, orderId: 18, symbol: "ETHUSDT" }];
    let orders = open;
    const answers: Answers = {
      ...futures,
      "GET /fapi/v1/openOrders": () => ({ body: orders }),
      "/fapi/v1/openAlgoOrders": { body: [] },
      "DELETE /fapi/v1/allOpenOrders": (query) => {
        if (query.get("symbol") === "ETHUSDT") {
          return { status: 400, body: { code: -1121, msg: "Invalid symbol." } };
        }
        orders = orders.filter(({ symbol }) => symbol !== query.get("symbol"));
        return canceled;
      },
      "DELETE /fapi/v1/algoOpenOrders": canceled,
    };
    const result = await use(answers, (client) => cancelOrders(client, futuresMarket, open));
    expect(result.canceled.map(({ orderId }) => orderId)).toEqual([17]);
    expect(result.failures).toMatchObject([{ symbol: "ETHUSDT", failure: { code: -1121 } }]);
    expect(result.left).toMatchObject({ ok: true, value: { orders: [{ orderId: 18 }], positions: [{}] } });
    expect(exchange.asked.filter(({ method }) => method === "DELETE").map(({ path }) => path)).toEqual([
      "/fapi/v1/allOpenOrders",
      "/fapi/v1/algoOpenOrders",
      "/fapi/v1/allOpenOrders",
      // Although the other call was refused.
      "/fapi/v1/algoOpenOrders",
    ]);
  });
});

describe("a spot account", () => {
  const path = "/api/v3/openOrders";

  test("shows symbols in other scripts, and refuses what could change a terminal", async () => {
    expect(
      await read(spotMarket, { [path]: { body: [{ ...order, symbol: "币安人生USDT" }] } }),
    ).toMatchObject({
      ok: true,
    });
    for (const changes of [
      { symbol: "BTC\u202eUSDC" },
      { type: "\u001b[2J" },
      { price: "1e5" },
      { side: "?" },
    ]) {
      expect(await read(spotMarket, { [path]: { body: [{ ...order, ...changes }] } })).toMatchObject({
        ok: false,
      });
    }
  });

  test("counts what Binance reports as canceled, also if what is left can't be read", async () => {
    const answers: Answers = { [`DELETE ${path}`]: { body: [order] }, [`GET ${path}`]: { instead: "cut" } };
    const result = await use(answers, (client) => cancelOrders(client, spotMarket, [spotOrder]));
    expect(result).toMatchObject({ canceled: [{ orderId: 17 }], ended: [], left: { ok: false } });
  });
});
