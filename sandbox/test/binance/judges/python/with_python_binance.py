"""python-binance: REST, and the account's events by its socket manager."""

import contextlib
from decimal import Decimal

from binance import AsyncClient, BinanceSocketManager
from scenario import SYMBOL, Judge, OwnTrade, main


class PythonBinance(Judge):
    has_stream = True

    def __init__(self, client):
        self.client = client

    async def load_markets(self):
        return len((await self.client.get_exchange_info())["symbols"])

    async def ticker(self):
        ticker = await self.client.get_ticker(symbol=SYMBOL)
        return tuple(float(ticker[name]) for name in ("bidPrice", "askPrice", "lastPrice"))

    async def book(self):
        book = await self.client.get_order_book(symbol=SYMBOL, limit=5)
        return float(book["bids"][0][0]), float(book["asks"][0][0])

    async def candle(self):
        candles = await self.client.get_klines(symbol=SYMBOL, interval="1m", limit=3)
        return float(candles[-1][4])

    async def place(self, order):
        return str((await self.client.create_order(**order))["orderId"])

    async def open_orders(self):
        return [str(order["orderId"]) for order in await self.client.get_open_orders(symbol=SYMBOL)]

    async def cancel(self, order_id):
        await self.client.cancel_order(symbol=SYMBOL, orderId=order_id)

    async def cancel_all(self):
        await self.client.cancel_all_open_orders(symbol=SYMBOL)

    async def balances(self):
        account = await self.client.get_account()
        return {one["asset"]: Decimal(one["free"]) + Decimal(one["locked"]) for one in account["balances"]}

    async def trades(self):
        return [OwnTrade.from_binance(trade) for trade in await self.client.get_my_trades(symbol=SYMBOL)]

    async def see_fill(self, trade):
        async with BinanceSocketManager(self.client).user_socket() as events:
            order_id = await trade()
            event = {}
            while (str(event.get("i")), event.get("X")) != (order_id, "FILLED"):
                event = await events.recv()
                event = event.get("event", event)


@contextlib.asynccontextmanager
async def make_judge(key, secret):
    client = await AsyncClient.create(key, secret)
    try:
        yield PythonBinance(client)
    finally:
        # close_connection() would wait ten seconds for the client's own loop, which asyncio cancels at the end.
        await client.session.close()


main(make_judge)
