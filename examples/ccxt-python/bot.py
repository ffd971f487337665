"""Follows a price with ccxt. If TRADE is set, it buys once, and leaves an order that sells with a profit of 1 %.

The ids of both orders are made of TRADE, so Binance itself remembers how far the bot got: after a restart it goes on where
it was, and it never buys twice for one name. The key pair comes in BINANCE_APIKEY and BINANCE_SECRET. If DEMO is set, it is a
pair of Binance's demo account, and the bot trades there, without real money.
"""

import asyncio
import os
import time

import ccxt.pro

# Accounts in the European Economic Area may not trade pairs with USDT.
SYMBOL = os.environ.get("SYMBOL", "BTC/USDC")
TRADE = os.environ.get("TRADE", "")
DEMO = os.environ.get("DEMO", "") != ""
# How much higher it sells, and how much of a purchase is left after the usual fee.
PROFIT = 1.01
AFTER_FEE = 0.998


async def main() -> None:
    pair = {"apiKey": os.environ["BINANCE_APIKEY"], "secret": os.environ["BINANCE_SECRET"]}
    # Without the second line, ccxt also reads the markets of futures.
    options = {"options": {"fetchMarkets": {"types": ["spot"]}}}
    exchange = ccxt.pro.binance({**pair, **options})
    exchange.enable_demo_trading(DEMO)
    try:
        await exchange.load_markets()
        # A network failure ends the bot, which is started again and looks at Binance where it was.
        await asyncio.gather(follow_price(exchange), *([trade(exchange), follow_orders(exchange)] if TRADE else []))
    finally:
        await exchange.close()


async def follow_price(exchange) -> None:
    """Writes the price, once in 30 seconds."""
    written = 0.0
    while True:
        ticker = await exchange.watch_ticker(SYMBOL)
        if time.monotonic() - written >= 30 or not written:
            written = time.monotonic()
            print(f"{SYMBOL} is at {ticker['last']}", flush=True)


async def follow_orders(exchange) -> None:
    """Writes what happens to the account's orders."""
    while True:
        for order in await exchange.watch_orders(SYMBOL):
            print(f"{order['clientOrderId']}: {order['status']}, {order['filled']} filled", flush=True)


async def trade(exchange) -> None:
    """Places the two orders of TRADE, unless Binance already has them."""
    bought = await find_order(exchange, f"{TRADE}-buy")
    if bought is None:
        ticker = await exchange.fetch_ticker(SYMBOL)
        # About twice the least that Binance allows, so that enough is left to sell.
        cost = 2 * exchange.market(SYMBOL)["limits"]["cost"]["min"]
        amount = exchange.amount_to_precision(SYMBOL, cost / ticker["last"])
        id_of_it = {"newClientOrderId": f"{TRADE}-buy"}
        bought = await exchange.create_order(SYMBOL, "market", "buy", amount, None, id_of_it)
        print(f"bought {bought['filled']} for {bought['cost']}", flush=True)
    if not bought["filled"]:
        print(f"the purchase was not filled: {bought['status']}", flush=True)
        return
    if await find_order(exchange, f"{TRADE}-sell") is None:
        amount = exchange.amount_to_precision(SYMBOL, bought["filled"] * AFTER_FEE)
        price = exchange.price_to_precision(SYMBOL, bought["cost"] / bought["filled"] * PROFIT)
        await exchange.create_order(
            SYMBOL, "limit", "sell", amount, price, {"newClientOrderId": f"{TRADE}-sell"}
        )
        print(f"an order sells {amount} at {price}", flush=True)


async def find_order(exchange, client_order_id: str):
    try:
        return await exchange.fetch_order(None, SYMBOL, {"origClientOrderId": client_order_id})
    except ccxt.pro.OrderNotFound:
        return None


asyncio.run(main())
