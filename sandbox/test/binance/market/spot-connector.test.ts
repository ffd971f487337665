import { Spot, SpotRestAPI } from "@binance/spot";
import { expect, test } from "@jest/globals";
import { startEmulator } from "../support/emulator.ts";
import { permittedTime } from "../support/permitted-time.ts";

// Binance's own client, unmodified. The clock stands still, so that all answers are of the same moment.

test("@binance/spot reads a market whose parts agree", async () => {
  const emulator = await startEmulator();
  // The client's documentation gives it plain objects, because its class for them is not exported.
  const configuration = { apiKey: "", basePath: emulator.url, retries: 0, timeout: permittedTime };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  const client = new Spot({ configurationRestAPI: configuration });
  const market = client.restAPI;
  const symbol = "ETHUSDC";

  const ticker = await (await market.ticker24hr({ symbol })).data();
  const book = await (await market.depth({ symbol, limit: 5 })).data();
  const trades = await (await market.getTrades({ symbol, limit: 1 })).data();
  const aggregates = await (await market.aggTrades({ symbol, limit: 1 })).data();
  const klines = await (
    await market.klines({ symbol, interval: SpotRestAPI.KlinesIntervalEnum.INTERVAL_1m, limit: 1 })
  ).data();
  const [trade] = trades;
  expect(ticker).toMatchObject({
    lastPrice: trade?.price,
    bidPrice: book.bids?.[0]?.[0],
    askPrice: book.asks?.[0]?.[0],
  });
  expect(aggregates).toMatchObject([{ a: trade?.id, p: trade?.price, q: trade?.qty }]);
  expect(klines[0]?.[4]).toBe(trade?.price);
  expect(await (await market.tickerPrice({ symbol })).data()).toEqual({ symbol, price: trade?.price });
  expect(await (await market.avgPrice({ symbol })).data()).toMatchObject({ mins: 5 });
  expect(await (await market.exchangeInfo({ symbol })).data()).toMatchObject({ symbols: [{ symbol }] });
  expect(emulator.reported).toEqual([]);
});
