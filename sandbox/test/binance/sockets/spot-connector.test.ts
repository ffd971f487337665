import { Spot, SpotWebsocketAPI } from "@binance/spot";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { systemClock } from "../../../emulator/clock.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";
import { permittedTime } from "../support/permitted-time.ts";
import { makePair } from "../support/signing.ts";

// Binance's own client, unmodified, with an emulator whose time passes.

// The client writes each step to the console otherwise.
process.env.LOG_LEVEL = "error";

const decimal = expect.stringMatching(/^\d+\.\d{8}$/);
async function clientOf(emulator: Emulator, type: "hmac" | "ed25519" = "ed25519") {
  const pair = type === "hmac" ? undefined : makePair(type);
  const request = pair === undefined ? { type } : { type, publicKey: pair.publicKey };
  const { apiKey, apiSecret } = await makeKey(emulator, request);
  const wsURL = emulator.url.replace("http", "ws");
  // The client's documentation gives it plain objects, because its class for them is not exported.
  /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */
  return new Spot({
    configurationWebsocketAPI: {
      apiKey,
      wsURL: `${wsURL}/ws-api/v3`,
      reconnectDelay: 10,
      timeout: permittedTime,
      ...(pair === undefined ? { apiSecret: apiSecret ?? "" } : { privateKey: pair.pem }),
    },
    configurationWebsocketStreams: { wsURL, reconnectDelay: 10 },
  });
  /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
}

async function connectedApi(emulator: Emulator, type?: "hmac" | "ed25519") {
  const connection = await (await clientOf(emulator, type)).websocketAPI.connect();
  emulator.beforeStop(() => connection.disconnect());
  return connection;
}

const position = "outboundAccountPosition";
const userEvent = z.object({ e: z.string(), x: z.string().optional(), s: z.string().optional() });

/** What an event of the account is about. */
function nameOf(event: unknown): string {
  const { e, x, s } = userEvent.parse(event);
  return x === undefined ? e : `${x} ${s ?? ""}`;
}

async function subscribeAfterLogon(api: Awaited<ReturnType<typeof connectedApi>>) {
  await api.sessionLogon();
  return api.userDataStreamSubscribe();
}

describe("@binance/spot", () => {
  test("reads the market through the WebSocket API", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const api = await connectedApi(emulator);
    const answer = await api.time();
    expect(answer.data).toEqual({ serverTime: expect.any(Number) });
    expect(answer.rateLimits).toEqual([
      { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000, count: 3 },
    ]);
    expect((await api.exchangeInfo({ symbols: ["BTCUSDC", "ETHBTC"] })).data).toMatchObject({
      symbols: [{ symbol: "BTCUSDC" }, { symbol: "ETHBTC" }],
    });
    expect((await api.depth({ symbol: "BTCUSDC", limit: 5 })).data).toMatchObject({
      bids: expect.arrayContaining([[decimal, decimal]]),
    });
    expect(
      (
        await api.klines({
          symbol: "BTCUSDC",
          interval: SpotWebsocketAPI.KlinesIntervalEnum.INTERVAL_1m,
          limit: 2,
        })
      ).data,
    ).toHaveLength(2);
    expect(emulator.reported).toEqual([]);
  });

  test("logs on with an Ed25519 key, and again after a cut", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const api = await connectedApi(emulator);
    await api.sessionLogon();
    expect((await api.accountStatus({ omitZeroBalances: true })).data).toMatchObject({ canTrade: true });
    await emulator.control.changeSockets({ kind: "cut" });
    for (;;) {
      const [open] = await emulator.control.sockets();
      if (typeof open?.apiKey === "string") {
        break;
      }
    }
    expect((await api.accountStatus()).data).toMatchObject({ canTrade: true });
    expect(emulator.reported).toEqual([]);
  });

  test("signs each request with another key, which can't log on", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const api = await connectedApi(emulator, "hmac");
    expect((await api.accountStatus({ omitZeroBalances: true })).data).toMatchObject({ canTrade: true });
    await expect(api.sessionLogon()).rejects.toMatchObject({ code: -1022 });
  });

  test.each(["ed25519", "hmac"] as const)(
    "trades with a key of type %s, and sees the events",
    async (type) => {
      const emulator = await startEmulator({ clock: systemClock });
      const api = await connectedApi(emulator, type);
      const events: unknown[] = [];
      const { stream } =
        type === "ed25519" ? await subscribeAfterLogon(api) : await api.userDataStreamSubscribeSignature();
      stream.on("message", (event) => {
        events.push(event);
      });
      const { OrderPlaceSideEnum, OrderPlaceTypeEnum, OrderPlaceTimeInForceEnum } = SpotWebsocketAPI;
      const common = { symbol: "BTCUSDC", side: OrderPlaceSideEnum.BUY, quantity: 0.001 };
      const bought = await api.orderPlace({ ...common, type: OrderPlaceTypeEnum.MARKET });
      expect(bought.data).toMatchObject({ status: "FILLED", fills: [{ commissionAsset: "BTC" }] });
      expect(bought.rateLimits).toHaveLength(3);
      const limit = {
        type: OrderPlaceTypeEnum.LIMIT,
        timeInForce: OrderPlaceTimeInForceEnum.GTC,
        price: 80_000,
      };
      const resting = await api.orderPlace({ ...common, ...limit });
      const canceled = await api.orderCancel({ symbol: "BTCUSDC", orderId: Number(resting.data.orderId) });
      expect(canceled.data).toMatchObject({ status: "CANCELED" });
      await expect(api.orderPlace({ ...common, ...limit, price: 80_000.001 })).rejects.toMatchObject({
        code: -1013,
      });
      // How many fills there are depends on the book.
      const steps = () => events.map(nameOf).filter((name, index, all) => name !== all[index - 1]);
      const expected = ["NEW BTCUSDC", "TRADE BTCUSDC", position];
      expected.push("NEW BTCUSDC", position, "CANCELED BTCUSDC", position);
      while (steps().length < expected.length) {
        await api.ping();
      }
      expect(steps()).toEqual(expected);
      expect(emulator.reported).toEqual([]);
    },
  );

  test("watches streams, and again after a cut", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const streams = await (await clientOf(emulator)).websocketStreams.connect();
    emulator.beforeStop(() => streams.disconnect());
    const trades = streams.trade({ symbol: "btcusdc" });
    const next = () =>
      new Promise((resolve) => {
        trades.on("message", resolve);
      });
    expect(await next()).toMatchObject({ e: "trade", s: "BTCUSDC", p: decimal });
    await emulator.control.changeSockets({ kind: "cut" });
    expect(await next()).toMatchObject({ e: "trade" });
    expect(emulator.reported).toEqual([]);
  });
});
