"""One purchase and one sale, with real money, for people who have switched it on.

It buys about the smallest quantity that Binance allows, and sells it when the price is 1 % higher or lower. The ids of
both orders are made of the name, so Binance itself remembers how far it got: a restarted bot goes on where it was, and
never buys twice for one name.
"""

import re
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from exchange import Exchange, Refused, Unanswered

# It sells when the price has changed by this part.
TARGET = Decimal("0.01")
# How much more than the smallest order: it must still be large enough after a fall of the price.
_RESERVE = Decimal("1.2")
# More than the usual fee, which is taken from what was bought.
_FEE = Decimal("0.002")
_NO_SUCH_ORDER = -2013


class RoundTrip:
    def __init__(self, exchange: Exchange, symbol: str, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", name):
            raise SystemExit(f"TRADE must be 1 to 20 letters, digits, - or _, and not {name!r}")
        self._exchange = exchange
        self._symbol = symbol
        self._name = name
        # The orders whose reply got lost. They may have been placed, so they aren't sent again.
        self._unknown: set[str] = set()
        details = exchange.public("/api/v3/exchangeInfo", symbol=symbol)["symbols"][0]
        self._base, self._quote = details["baseAsset"], details["quoteAsset"]
        self._filters = {one["filterType"]: one for one in details["filters"]}

    def step(self) -> str:
        """Does what is next, if anything, and returns the state as a sentence."""
        bought = self._order("buy")
        if bought is None:
            return self._place("buy", smallest_purchase(self._filters, self._price()))
        if Decimal(bought["executedQty"]) == 0:
            return f"the purchase was not filled: {bought['status']}"
        sold = self._order("sell")
        if sold is not None:
            return self._result(bought, sold)
        paid = Decimal(bought["cummulativeQuoteQty"]) / Decimal(bought["executedQty"])
        price = self._price()
        if abs(price / paid - 1) < TARGET:
            return f"waiting: {self._name} was bought at {paid:.2f}, and the price is {price:.2f}"
        received = Decimal(bought["executedQty"]) - self._fees(bought).get(self._base, Decimal(0))
        return self._place("sell", round_to_step(self._filters, received, ROUND_DOWN))

    def _price(self) -> Decimal:
        return Decimal(self._exchange.public("/api/v3/ticker/price", symbol=self._symbol)["price"])

    def _id(self, side: str) -> str:
        return f"{self._name}-{side}"

    def _order(self, side: str):
        try:
            return self._exchange.signed(
                "GET", "/api/v3/order", symbol=self._symbol, origClientOrderId=self._id(side)
            )
        except Refused as refusal:
            if refusal.code == _NO_SUCH_ORDER:
                return None
            raise

    def _place(self, side: str, quantity: Decimal) -> str:
        order_id = self._id(side)
        if order_id in self._unknown:
            return f"Binance didn't answer the order {order_id}, so it isn't sent again. A restart of the bot does it."
        try:
            order = self._exchange.signed(
                "POST",
                "/api/v3/order",
                symbol=self._symbol,
                side=side.upper(),
                type="MARKET",
                quantity=f"{quantity:f}",
                newClientOrderId=order_id,
            )
        except Unanswered:
            self._unknown.add(order_id)
            raise
        quote = Decimal(order["cummulativeQuoteQty"])
        verb = "bought" if side == "buy" else "sold"
        return f"{verb} {Decimal(order['executedQty']):f} {self._base} for {quote:f} {self._quote}: {order['status']}"

    def _fees(self, order) -> dict[str, Decimal]:
        """What an order has cost in fees, by the asset that they were paid in."""
        fees: dict[str, Decimal] = {}
        trades = self._exchange.signed(
            "GET", "/api/v3/myTrades", symbol=self._symbol, orderId=str(order["orderId"])
        )
        for trade in trades:
            asset = trade["commissionAsset"]
            fees[asset] = fees.get(asset, Decimal(0)) + Decimal(trade["commission"])
        return fees

    def _result(self, bought, sold) -> str:
        fees = [self._fees(bought), self._fees(sold)]

        def fees_in(asset: str) -> Decimal:
            return sum((one.get(asset, Decimal(0)) for one in fees), Decimal(0))

        left = Decimal(bought["executedQty"]) - Decimal(sold["executedQty"]) - fees_in(self._base)
        price = Decimal(sold["cummulativeQuoteQty"]) / Decimal(sold["executedQty"])
        profit = (
            Decimal(sold["cummulativeQuoteQty"])
            - Decimal(bought["cummulativeQuoteQty"])
            - fees_in(self._quote)
            + left * price
        )
        others = {asset for one in fees for asset in one} - {self._base, self._quote}
        besides = "".join(f", and {fees_in(asset):f} {asset} of fees" for asset in sorted(others))
        word = "profit" if profit >= 0 else "loss"
        return (
            f"{self._name} is complete: a {word} of {abs(profit):.4f} {self._quote}{besides}. "
            f"{left:f} {self._base} is left of it."
        )


def smallest_purchase(filters: dict, price: Decimal) -> Decimal:
    """The smallest quantity of which enough is left to sell, after the fee and a fall of the price."""
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {"minNotional": "0"}
    for_sale = max(
        Decimal(filters["LOT_SIZE"]["minQty"]),
        round_to_step(filters, Decimal(notional["minNotional"]) * _RESERVE / price, ROUND_UP),
    )
    return round_to_step(filters, for_sale * (1 + _FEE), ROUND_UP)


def round_to_step(filters: dict, quantity: Decimal, rounding: str) -> Decimal:
    step = Decimal(filters["LOT_SIZE"]["stepSize"])
    return (quantity / step).to_integral_value(rounding) * step
