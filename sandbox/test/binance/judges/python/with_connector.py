"""binance-connector, Binance's own client, by REST. Its stream of the account's events needs a listenKey, and Binance
gives none any more."""

import contextlib
from decimal import Decimal

from binance.spot import Spot
from scenario import SYMBOL, Judge, OwnTrade, main


class Connector(Judge):
    def __init__(self, client):
        self.client = client

    async def load_markets(self):
        return len(self.client.exchange_info()["symbols"])

    async def ticker(self):
        ticker = self.client.ticker_24hr(SYMBOL)
        return tuple(float(ticker[name]) for name in ("bidPrice", "askPrice", "lastPrice"))

    async def book(self):
        book = self.client.depth(SYMBOL, limit=5)
        return float(book["bids"][0][0]), float(book["asks"][0][0])

    async def candle(self):
        return float(self.client.klines(SYMBOL, "1m", limit=3)[-1][4])

    async def place(self, order):
        return str(self.client.new_order(**order)["orderId"])

    async def open_orders(self):
        return [str(order["orderId"]) for order in self.client.get_open_orders(SYMBOL)]

    async def cancel(self, order_id):
        self.client.cancel_order(SYMBOL, orderId=order_id)

    async def cancel_all(self):
        self.client.cancel_open_orders(SYMBOL)

    async def balances(self):
        balances = self.client.account()["balances"]
        return {one["asset"]: Decimal(one["free"]) + Decimal(one["locked"]) for one in balances}

    async def trades(self):
        return [OwnTrade.from_binance(trade) for trade in self.client.my_trades(SYMBOL)]


@contextlib.asynccontextmanager
async def make_judge(key, secret):
    yield Connector(Spot(api_key=key, api_secret=secret))


main(make_judge)
