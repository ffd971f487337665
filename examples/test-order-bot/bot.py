"""A bot to try the server with. Every INTERVAL_SECONDS (30) it sends a market order to Binance's test endpoint, which
checks it like any other and never places it. Python's standard library is all it needs.

It spends money only if TRADE is set: round_trip.py says what it does then.

The key pair comes in BINANCE_API_KEY and BINANCE_API_SECRET (HMAC keys only).
"""

import os
import socket
import time

from exchange import Exchange, Refused, Unanswered
from round_trip import RoundTrip

# Accounts in the European Economic Area may not trade pairs with USDT.
SYMBOL = os.environ.get("SYMBOL", "BTCUSDC")


def send_test_order(exchange: Exchange) -> str:
    """Returns the result as a sentence."""
    order = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quoteOrderQty": "20"}
    try:
        exchange.signed("POST", "/api/v3/order/test", **order)
    except Refused as refusal:
        return f"test order refused: {refusal}"
    return f"test order for {SYMBOL} accepted"


def notify_systemd(message: str) -> None:
    """Reports READY=1 after the start and then WATCHDOG=1. Does nothing if systemd doesn't listen."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(message.encode(), address.replace("@", "\0", 1))


def main() -> None:
    exchange = Exchange(os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"])
    interval = float(os.environ.get("INTERVAL_SECONDS", "30"))
    trade = os.environ.get("TRADE", "")
    round_trip = None
    notify_systemd("READY=1")
    while True:
        try:
            print(send_test_order(exchange), flush=True)
            if trade:
                round_trip = round_trip or RoundTrip(exchange, SYMBOL, trade)
                print(round_trip.step(), flush=True)
        except (Refused, Unanswered) as error:
            print(error, flush=True)
        notify_systemd("WATCHDOG=1")
        time.sleep(interval)


main()
