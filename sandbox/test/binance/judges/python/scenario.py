"""What every judge does, whichever client it uses. ../scenario.ts has the same."""

import abc
import asyncio
import dataclasses
import json
import sys
from decimal import Decimal

SYMBOL = "BTCUSDC"
TICK = 0.01


@dataclasses.dataclass
class OwnTrade:
    """A trade of the account."""

    id: str
    is_buyer: bool
    quantity: Decimal
    cost: Decimal
    fee: Decimal
    fee_asset: str

    @classmethod
    def from_binance(cls, trade):
        """Reads an entry of myTrades."""
        return cls(
            str(trade["id"]),
            trade["isBuyer"],
            Decimal(trade["qty"]),
            Decimal(trade["quoteQty"]),
            Decimal(trade["commission"]),
            trade["commissionAsset"],
        )


class Judge(abc.ABC):
    """A client of Binance, in the terms that all clients share."""

    # Whether it has a stream of the account's events; then it also has see_fill.
    has_stream = False

    @abc.abstractmethod
    async def load_markets(self):
        """Returns how many symbols there are."""

    @abc.abstractmethod
    async def ticker(self):
        """Returns bid, ask and last price."""

    @abc.abstractmethod
    async def book(self):
        """Returns the best bid and ask."""

    @abc.abstractmethod
    async def candle(self):
        """Returns the close of the latest candle."""

    @abc.abstractmethod
    async def place(self, order):
        """Places an order, whose parameters Binance documents, and returns its id as a text."""

    @abc.abstractmethod
    async def open_orders(self):
        """Returns the ids of the open orders."""

    @abc.abstractmethod
    async def cancel(self, order_id):
        """Cancels an order."""

    @abc.abstractmethod
    async def cancel_all(self):
        """Cancels all orders."""

    @abc.abstractmethod
    async def balances(self):
        """Returns what the account has of each asset, also in orders."""

    @abc.abstractmethod
    async def trades(self):
        """Returns all trades of the account."""

    def refusal(self, error):
        """Returns what Binance replied to an error of this client's: its code and text."""
        return str(error)

    async def see_fill(self, trade):
        """Waits until the stream shows the fill of the order that `trade` places."""
        raise NotImplementedError


async def play(judge, orders):
    """Returns the name of each row, and whether it worked, a number, or a refusal's text."""
    results = {"loads all markets": await judge.load_markets()}
    balances_before, trades_before = await judge.balances(), await judge.trades()
    results["ticker, book and candles agree"] = await market_agrees(judge)

    await judge.place({"symbol": SYMBOL, "type": "MARKET", "side": "BUY", "quantity": "0.002"})
    results["buys at market"] = len(await judge.trades()) > len(trades_before)
    for kind in ("limit", "stop"):
        results[f"{kind} order: places, lists, cancels"] = await places_lists_cancels(judge, orders[kind])
    for name, case in orders["filters"].items():
        results[name] = await refusal_of(judge, case["order"], case["times"])
        if case["times"] > 1:
            await judge.cancel_all()

    async def sell():
        return await judge.place({"symbol": SYMBOL, "type": "MARKET", "side": "SELL", "quantity": "0.001"})

    if judge.has_stream:
        await judge.see_fill(sell)
        results["sees its fill on the stream"] = True
    else:
        await sell()
    known = {trade.id for trade in trades_before}
    trades = [trade for trade in await judge.trades() if trade.id not in known]
    results["balances add up"] = add_up(balances_before, await judge.balances(), trades)
    return results


async def market_agrees(judge):
    """Returns True, or the prices if they don't agree."""
    bid, ask, last = await judge.ticker()
    best_bid, best_ask = await judge.book()
    prices = [bid, ask, last, best_bid, best_ask, await judge.candle()]
    # The price is held meanwhile, but who takes it changes: it is the bid at one time, and the ask at another.
    agree = bid < ask and best_bid < best_ask and max(prices) - min(prices) < 3 * TICK
    return agree or f"ticker {bid} {ask} {last}, book {best_bid} {best_ask}, candle {prices[-1]}"


async def places_lists_cancels(judge, order):
    order_id = await judge.place(order)
    listed = await judge.open_orders()
    await judge.cancel(order_id)
    return listed == [order_id] and await judge.open_orders() == []


async def refusal_of(judge, order, times):
    try:
        for _ in range(times):
            await judge.place(order)
    except Exception as refusal:  # Each client has its own exceptions.
        return judge.refusal(refusal)
    return "not refused"


def add_up(before, after, trades):
    """Whether the balances have changed by exactly the trades and their fees."""
    for asset in ("BTC", "USDC"):
        change = Decimal(0)
        for trade in trades:
            moved = trade.quantity if asset == "BTC" else -trade.cost
            change += moved if trade.is_buyer else -moved
            change -= trade.fee if trade.fee_asset == asset else 0
        # Half of the last decimal that Binance has: ccxt's amounts are floating-point numbers.
        if change == 0 or abs(after[asset] - before[asset] - change) >= Decimal("5e-9"):
            return False
    return True


def main(make_judge):
    """Reads key and orders from standard input, and writes the results to standard output, as JSON.

    make_judge is an asynchronous context manager: it gets API key and secret, and yields a judge."""

    async def run():
        task = json.load(sys.stdin)
        async with make_judge(task["apiKey"], task["secret"]) as judge:
            json.dump(await play(judge, task), sys.stdout)

    asyncio.run(run())
