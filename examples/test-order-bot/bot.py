"""A bot that trades nothing: every INTERVAL_SECONDS (30) it sends a market order to Binance's test endpoint, which
checks it like any other and never places it. Python's standard library is all it needs.

The key pair comes in BINANCE_API_KEY and BINANCE_API_SECRET (HMAC keys only).
"""

import hashlib
import hmac
import http.client
import json
import os
import socket
import time
import urllib.parse

HOST = "api.binance.com"
# Accounts in the European Economic Area may not trade pairs with USDT.
SYMBOL = os.environ.get("SYMBOL", "BTCUSDC")


def send_test_order(key: str, secret: str) -> str:
    """Returns the result as a sentence."""
    order = {
        "symbol": SYMBOL,
        "side": "BUY",
        "type": "MARKET",
        "quoteOrderQty": "20",
        "timestamp": str(int(time.time() * 1000)),
    }
    query = urllib.parse.urlencode(order)
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    connection = http.client.HTTPSConnection(HOST, timeout=15)
    try:
        target = f"/api/v3/order/test?{query}&signature={signature}"
        connection.request("POST", target, headers={"X-MBX-APIKEY": key})
        reply = connection.getresponse()
        body = reply.read(10_000)
    finally:
        connection.close()
    if reply.status == 200:
        return f"test order for {SYMBOL} accepted"
    try:
        refusal = json.loads(body)
        return f"test order refused: {refusal['code']} {refusal['msg']}"
    except (ValueError, KeyError, TypeError):
        return f"test order refused: HTTP {reply.status}"


def notify_systemd(message: str) -> None:
    """Reports READY=1 after the start and then WATCHDOG=1. Does nothing if systemd doesn't listen."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(message.encode(), address.replace("@", "\0", 1))


def main() -> None:
    key, secret = os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"]
    interval = float(os.environ.get("INTERVAL_SECONDS", "30"))
    notify_systemd("READY=1")
    while True:
        try:
            print(send_test_order(key, secret), flush=True)
        except OSError as error:
            print(f"{HOST} can't be reached: {error}", flush=True)
        notify_systemd("WATCHDOG=1")
        time.sleep(interval)


main()
