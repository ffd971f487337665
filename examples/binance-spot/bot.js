// Follows a price with @binance/spot. If TRADE is set, it buys once, and leaves an order that sells with a profit of 1 %.
//
// The ids of both orders are made of TRADE, so Binance itself remembers how far the bot got: after a restart it goes on
// where it was, and it never buys twice for one name. The key pair comes in BINANCE_API_KEY and BINANCE_API_SECRET.
import { setTimeout as sleep } from "node:timers/promises";
import { Spot } from "@binance/spot";

// Accounts in the European Economic Area may not trade pairs with USDT.
const { SYMBOL: symbol = "BTCUSDC", TRADE: trade = "" } = process.env;
const { BINANCE_API_KEY: apiKey, BINANCE_API_SECRET: apiSecret = "" } = process.env;
// How much higher it sells, and how much of a purchase is left after the usual fee.
const profit = 1.01;
const afterFee = 0.998;
const minute = 60_000;

// An Ed25519 or RSA key has a private half in several lines, and an HMAC key a secret.
const keyPair = {
  apiKey,
  ...(apiSecret.includes("PRIVATE KEY") ? { privateKey: apiSecret } : { apiSecret }),
};
const client = new Spot({
  // The client waits one second for an answer, unless it is set.
  configurationRestAPI: { ...keyPair, timeout: 10_000 },
  configurationWebsocketAPI: keyPair,
  configurationWebsocketStreams: {},
});
const rules = await readRules();
// A failure ends the bot, which is started again and looks at Binance where it was.
await Promise.all([followPrice(), ...(trade === "" ? [] : [placeOrders(), followOrders()])]);

/** Writes the price, once in 30 seconds. */
async function followPrice() {
  const streams = await client.websocketStreams.connect();
  let seen = performance.now();
  let written = -Infinity;
  streams.ticker({ symbol }).on("message", ({ c: last }) => {
    seen = performance.now();
    if (seen - written >= minute / 2) {
      written = seen;
      console.log(`${symbol} is at ${last}`);
    }
  });
  // The client connects again when a connection is closed, but it doesn't notice one that is silent.
  while (performance.now() - seen < 2 * minute) {
    await sleep(minute);
  }
  throw new Error("no price for two minutes");
}

/** Writes what happens to the account's orders. */
async function followOrders() {
  const api = await client.websocketAPI.connect();
  let stream;
  // The client renews its connection once a day, and doesn't subscribe again.
  for (;;) {
    const subscriptions = api.isConnected() ? (await api.sessionSubscriptions()).data : undefined;
    if (subscriptions?.length === 0) {
      stream?.unsubscribe();
      ({ stream } = await api.userDataStreamSubscribeSignature());
      stream.on("message", ({ e: event, c: id, X: status, z: filled }) => {
        if (event === "executionReport") {
          console.log(`${id}: ${status}, ${filled} filled`);
        }
      });
    }
    await sleep(minute);
  }
}

/** Places the two orders of TRADE, unless Binance already has them. */
async function placeOrders() {
  const bought = (await findOrder(`${trade}-buy`)) ?? (await buy());
  const filled = Number(bought.executedQty);
  if (filled === 0) {
    console.log(`the purchase was not filled: ${bought.status}`);
    return;
  }
  if ((await findOrder(`${trade}-sell`)) === undefined) {
    const quantity = inSteps(filled * afterFee, rules.step);
    const price = inSteps((Number(bought.cummulativeQuoteQty) / filled) * profit, rules.tick);
    await placeOrder({ side: "SELL", type: "LIMIT", timeInForce: "GTC", quantity, price }, `${trade}-sell`);
    console.log(`an order sells ${quantity} at ${price}`);
  }
}

async function buy() {
  const { price } = await (await client.restAPI.tickerPrice({ symbol })).data();
  // About twice the least that Binance allows, so that enough is left to sell.
  const quantity = inSteps((2 * rules.least) / Number(price), rules.step);
  const bought = await placeOrder({ side: "BUY", type: "MARKET", quantity }, `${trade}-buy`);
  console.log(`bought ${bought.executedQty} for ${bought.cummulativeQuoteQty}`);
  return bought;
}

async function placeOrder(order, newClientOrderId) {
  return (await client.restAPI.newOrder({ symbol, ...order, newClientOrderId })).data();
}

async function findOrder(origClientOrderId) {
  try {
    return await (await client.restAPI.getOrder({ symbol, origClientOrderId })).data();
  } catch (error) {
    // "Order does not exist."
    if (error.code === -2013) {
      return undefined;
    }
    throw error;
  }
}

/** The steps of amounts and prices, and the least that an order must be worth. */
async function readRules() {
  const { symbols } = await (await client.restAPI.exchangeInfo({ symbol })).data();
  const { LOT_SIZE, PRICE_FILTER, NOTIONAL } = Object.fromEntries(
    symbols[0].filters.map((filter) => [filter.filterType, filter]),
  );
  return { step: LOT_SIZE.stepSize, tick: PRICE_FILTER.tickSize, least: Number(NOTIONAL.minNotional) };
}

/** Rounds down to a multiple of a step such as "0.00010000". */
function inSteps(value, step) {
  const digits = Math.max(0, Math.round(-Math.log10(Number(step))));
  return Number((Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits));
}
