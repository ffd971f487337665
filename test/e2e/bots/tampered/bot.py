"""A bot that was tampered with: it trades, and does whatever it is asked to from outside.

Files in its state folder ask it: `ask.py` is executed, and what that prints becomes `answer`; while there is `hang`, it
sends no keep-alive; with `crash`, it ends with an error, or with the exit code that is in that file; with `end`, it ends
once without one. It also ends with an error when the exchange refuses its order, or doesn't work, and with a token that
begins with "refused".
"""

import contextlib
import hashlib
import hmac
import http.client
import io
import os
import socket
import sys
import time
import traceback
import urllib.parse
from pathlib import Path

STATE = Path(os.environ["STATE_DIRECTORY"])


def refusal(key, secret):
    """Why the exchange refuses an order, or nothing."""
    order = {"symbol": "BTCUSDC", "side": "BUY", "type": "MARKET", "quoteOrderQty": "20"}
    query = urllib.parse.urlencode({**order, "timestamp": str(int(time.time() * 1000))})
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    connection = http.client.HTTPSConnection(os.environ.get("API_HOST", "api.binance.com"), timeout=15)
    try:
        target = f"/api/v3/order/test?{query}&signature={signature}"
        connection.request("POST", target, headers={"X-MBX-APIKEY": key})
        reply = connection.getresponse()
        body = reply.read(10_000).decode(errors="replace")
        return "" if reply.status == 200 else f"HTTP {reply.status}: {body}"
    finally:
        connection.close()


def notify_systemd(message):
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(message.encode(), address.replace("@", "\0", 1))


def obey():
    try:
        request = (STATE / "ask.py").read_text()
    except FileNotFoundError:
        return
    # Before it is executed: a bot that is killed meanwhile, and started again, must not execute it a second time.
    (STATE / "ask.py").unlink()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            # That is what it is for.
            exec(request, {})
        except Exception:
            traceback.print_exc(file=output)
    (STATE / "answer.part").write_text(output.getvalue())
    (STATE / "answer.part").rename(STATE / "answer")


def main():
    key, secret = os.environ["KEY"], os.environ["SECRET"]
    if os.environ.get("TOKEN", "").startswith("refused"):
        sys.exit("the token is refused")
    notify_systemd("READY=1")
    print("started", flush=True)
    while True:
        try:
            reason = refusal(key, secret)
        except OSError as error:
            print(f"the exchange can't be reached: {error}", flush=True)
        else:
            if reason:
                sys.exit(f"an order was refused: {reason}")
            print("an order was accepted", flush=True)
        if (STATE / "crash").exists():
            code = (STATE / "crash").read_text()
            sys.exit(int(code) if code else "crashes, as it was asked to")
        if (STATE / "end").exists():
            (STATE / "end").unlink()
            sys.exit(0)
        if not (STATE / "hang").exists():
            notify_systemd("WATCHDOG=1")
        for _ in range(10):
            obey()
            time.sleep(0.1)


main()
