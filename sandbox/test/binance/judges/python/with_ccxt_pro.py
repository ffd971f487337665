"""ccxt pro: streams, and orders through the WebSocket API."""

import asyncio
import contextlib

import ccxt.pro
from ccxt_judge import PAIR, CcxtJudge, best, ids, order_arguments, own_trade, totals
from scenario import main


class Sockets(CcxtJudge):
    has_stream = True

    async def load_markets(self):
        return len(await self.client.load_markets())

    async def ticker(self):
        # ccxt watches the small ticker, which has no bid and ask.
        last = (await self.client.watch_ticker(PAIR))["last"]
        ticker = (await self.client.watch_bids_asks([PAIR]))[PAIR]
        return ticker["bid"], ticker["ask"], last

    async def book(self):
        return best(await self.client.watch_order_book(PAIR))

    async def candle(self):
        return (await self.client.watch_ohlcv(PAIR, "1m"))[-1][4]

    async def place(self, order):
        return (await self.client.create_order_ws(*order_arguments(order)))["id"]

    async def open_orders(self):
        return ids(await self.client.fetch_open_orders_ws(PAIR))

    async def cancel(self, order_id):
        await self.client.cancel_order_ws(order_id, PAIR)

    async def cancel_all(self):
        await self.client.cancel_all_orders_ws(PAIR)

    async def balances(self):
        # This version of ccxt finds no balances in the answer of the WebSocket API.
        return totals(await self.client.fetch_balance())

    async def trades(self):
        return [own_trade(trade) for trade in await self.client.fetch_my_trades_ws(PAIR)]

    async def see_fill(self, trade):
        await self.client.ensure_user_data_stream_ws_subscribe_signature("spot")
        watching = asyncio.ensure_future(self.client.watch_my_trades(PAIR))
        order_id = await trade()
        seen = await watching
        while all(trade["order"] != order_id for trade in seen):
            seen = await self.client.watch_my_trades(PAIR)


@contextlib.asynccontextmanager
async def make_judge(key, secret):
    client = ccxt.pro.binance({"apiKey": key, "secret": secret})
    try:
        yield Sockets(client)
    finally:
        # aiohttp fails to end a TLS connection that is already closed, with Python 3.11.
        with contextlib.suppress(AttributeError):
            await client.close()


main(make_judge)
