"""What ccxt and ccxt pro have in common."""

from decimal import Decimal

from scenario import Judge, OwnTrade

PAIR = "BTC/USDC"


class CcxtJudge(Judge):
    """Needs `client`, a client of ccxt."""

    def __init__(self, client):
        self.client = client


def order_arguments(order):
    """Returns the arguments of create_order. What Binance documents goes along, because ccxt rounds prices and
    quantities to what the filters allow."""
    parameters = {name: value for name, value in order.items() if name not in ("symbol", "side", "type")}
    price = float(order["price"]) if "price" in order else None
    return PAIR, order["type"].lower(), order["side"].lower(), float(order["quantity"]), price, parameters


def best(book):
    return book["bids"][0][0], book["asks"][0][0]


def ids(orders):
    return [order["id"] for order in orders]


def totals(balance):
    return {asset: decimal(balance["total"][asset]) for asset in ("BTC", "USDC")}


def own_trade(trade):
    return OwnTrade(
        trade["id"],
        trade["side"] == "buy",
        decimal(trade["amount"]),
        decimal(trade["cost"]),
        decimal(trade["fee"]["cost"]),
        trade["fee"]["currency"],
    )


def decimal(number):
    """A floating-point number as it is printed."""
    return Decimal(str(number))
