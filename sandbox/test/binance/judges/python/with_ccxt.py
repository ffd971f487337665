"""ccxt by REST."""

import contextlib

import ccxt
from ccxt_judge import PAIR, CcxtJudge, best, ids, order_arguments, own_trade, totals
from scenario import main


class Rest(CcxtJudge):
    async def load_markets(self):
        return len(self.client.load_markets())

    async def ticker(self):
        ticker = self.client.fetch_ticker(PAIR)
        return ticker["bid"], ticker["ask"], ticker["last"]

    async def book(self):
        return best(self.client.fetch_order_book(PAIR, 5))

    async def candle(self):
        return self.client.fetch_ohlcv(PAIR, "1m", limit=3)[-1][4]

    async def place(self, order):
        return self.client.create_order(*order_arguments(order))["id"]

    async def open_orders(self):
        return ids(self.client.fetch_open_orders(PAIR))

    async def cancel(self, order_id):
        self.client.cancel_order(order_id, PAIR)

    async def cancel_all(self):
        self.client.cancel_all_orders(PAIR)

    async def balances(self):
        return totals(self.client.fetch_balance())

    async def trades(self):
        return [own_trade(trade) for trade in self.client.fetch_my_trades(PAIR)]

    def refusal(self, error):
        # ccxt's exception for one of the filters has no code. The reply has.
        return f"{error} {self.client.last_http_response}"


@contextlib.asynccontextmanager
async def make_judge(key, secret):
    yield Rest(ccxt.binance({"apiKey": key, "secret": secret}))


main(make_judge)
