// Follows a price with ccxt. If TRADE is set, it buys once, and leaves an order that sells with a profit of 1 %.
//
// The ids of both orders are made of TRADE, so Binance itself remembers how far the bot got: after a restart it goes on
// where it was, and it never buys twice for one name. The key pair comes in BINANCE_APIKEY and BINANCE_SECRET. If DEMO is
// set, it is a pair of Binance's demo account, and the bot trades there, without real money.
import ccxt from "ccxt";

// Accounts in the European Economic Area may not trade pairs with USDT.
const {
  SYMBOL: symbol = "BTC/USDC",
  TRADE: trade = "",
  DEMO: demo = "",
  BINANCE_APIKEY,
  BINANCE_SECRET,
} = process.env;
// How much higher it sells, and how much of a purchase is left after the usual fee.
const profit = 1.01;
const afterFee = 0.998;

const exchange = new ccxt.pro.binance({
  apiKey: BINANCE_APIKEY,
  secret: BINANCE_SECRET,
  // Without this line, ccxt also reads the markets of futures.
  options: { fetchMarkets: { types: ["spot"] } },
});
exchange.enableDemoTrading(demo !== "");
await exchange.loadMarkets();
// A network failure ends the bot, which is started again and looks at Binance where it was.
await Promise.all([followPrice(), ...(trade === "" ? [] : [placeOrders(), followOrders()])]);

/** Writes the price, once in 30 seconds. */
async function followPrice() {
  for (let written = -Infinity; ;) {
    const { last } = await exchange.watchTicker(symbol);
    if (performance.now() - written >= 30_000) {
      written = performance.now();
      console.log(`${symbol} is at ${last}`);
    }
  }
}

/** Writes what happens to the account's orders. */
async function followOrders() {
  for (;;) {
    for (const { clientOrderId, status, filled } of await exchange.watchOrders(symbol)) {
      console.log(`${clientOrderId}: ${status}, ${filled} filled`);
    }
  }
}

/** Places the two orders of TRADE, unless Binance already has them. */
async function placeOrders() {
  const bought = (await findOrder(`${trade}-buy`)) ?? (await buy());
  if (!bought.filled) {
    console.log(`the purchase was not filled: ${bought.status}`);
    return;
  }
  if ((await findOrder(`${trade}-sell`)) === undefined) {
    const amount = exchange.amountToPrecision(symbol, bought.filled * afterFee);
    const price = exchange.priceToPrecision(symbol, (bought.cost / bought.filled) * profit);
    await exchange.createOrder(symbol, "limit", "sell", amount, price, { newClientOrderId: `${trade}-sell` });
    console.log(`an order sells ${amount} at ${price}`);
  }
}

async function buy() {
  const { last } = await exchange.fetchTicker(symbol);
  // About twice the least that Binance allows, so that enough is left to sell.
  const cost = 2 * exchange.market(symbol).limits.cost.min;
  const amount = exchange.amountToPrecision(symbol, cost / last);
  const bought = await exchange.createOrder(symbol, "market", "buy", amount, undefined, {
    newClientOrderId: `${trade}-buy`,
  });
  console.log(`bought ${bought.filled} for ${bought.cost}`);
  return bought;
}

async function findOrder(origClientOrderId) {
  try {
    return await exchange.fetchOrder(undefined, symbol, { origClientOrderId });
  } catch (error) {
    if (error instanceof ccxt.OrderNotFound) {
      return undefined;
    }
    throw error;
  }
}
