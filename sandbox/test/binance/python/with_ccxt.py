"""ccxt by REST, and its streams."""

import asyncio

import ccxt
import ccxt.pro
from client import SYMBOL, code_in, read_emulator, report, with_address

PAIR = "BTC/USDC"


def client(kind, emulator):
    exchange = kind({"apiKey": emulator["apiKey"], "secret": emulator["secret"]})
    exchange.urls["api"] = with_address(exchange.urls["api"], emulator["url"])
    return exchange


def rest(exchange):
    markets = exchange.load_markets()
    ticker = exchange.fetch_ticker(PAIR)
    low = round(ticker["last"] * 0.9, 2)
    bought = exchange.create_order(PAIR, "market", "buy", 0.002)
    limit = exchange.create_order(PAIR, "limit", "buy", 0.001, low)
    stop = exchange.create_order(
        PAIR, "stop_loss_limit", "sell", 0.001, low - 1, {"stopPrice": low}
    )
    opened = len(exchange.fetch_open_orders(PAIR))
    for order in (limit, stop):
        exchange.cancel_order(order["id"], PAIR)
    try:
        exchange.create_order(PAIR, "limit", "buy", 0.00001, low)
        refused = None
    except ccxt.ExchangeError as refusal:
        refused = code_in(refusal)
    balance = exchange.fetch_balance()
    return {
        "markets": markets[PAIR]["id"],
        "ticker": ticker["bid"] < ticker["ask"],
        "book": len(exchange.fetch_order_book(PAIR, 5)["bids"]),
        "candles": len(exchange.fetch_ohlcv(PAIR, "1m", limit=3)),
        "buy at market": bought["status"],
        "open orders": opened,
        "orders after cancel": len(exchange.fetch_open_orders(PAIR)),
        "refused by a filter": refused,
        "locked after cancel": balance["used"]["USDC"] + balance["used"]["BTC"],
        "own trades": sum(trade["amount"] for trade in exchange.fetch_my_trades(PAIR)),
    }


async def streams(exchange):
    await exchange.load_markets()
    ticker = await exchange.watch_ticker(PAIR)
    book = await exchange.watch_order_book(PAIR)
    candles = await exchange.watch_ohlcv(PAIR, "1m")
    trades = await exchange.watch_trades(PAIR)
    orders = asyncio.ensure_future(exchange.watch_orders(PAIR))
    # Its own subscription must be there before the order.
    while not exchange.clients or not any("ws-api" in url for url in exchange.clients):
        await asyncio.sleep(0)
    await exchange.create_order_ws(PAIR, "market", "sell", 0.001)
    seen = (await orders)[-1]
    await exchange.close()
    return {
        "stream of tickers": ticker["symbol"],
        "stream of books": book["bids"][0][0] < book["asks"][0][0],
        "stream of candles": len(candles) > 0,
        "stream of trades": trades[-1]["price"] > 0,
        "stream of own orders": seen["side"],
    }


emulator = read_emulator()
assert SYMBOL == PAIR.replace("/", "")
report(
    rest(client(ccxt.binance, emulator))
    | asyncio.run(streams(client(ccxt.pro.binance, emulator)))
)
