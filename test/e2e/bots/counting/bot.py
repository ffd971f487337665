"""A bot that counts in SQLite, and tests an order at the exchange with each count.

Each row has the next number and the start that wrote it, so a count that was lost or written twice can be seen.
"""

import hashlib
import hmac
import os
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

STATE = Path(os.environ["STATE_DIRECTORY"])
INVOCATION = os.environ["INVOCATION_ID"]

counts = sqlite3.connect(STATE / "counts.sqlite")
counts.execute("PRAGMA journal_mode=WAL")
counts.execute("CREATE TABLE IF NOT EXISTS counts (number INTEGER PRIMARY KEY AUTOINCREMENT, invocation TEXT NOT NULL)")
counts.commit()


def test_order():
    order = {"symbol": "BTCUSDC", "side": "BUY", "type": "MARKET", "quoteOrderQty": "20"}
    query = urllib.parse.urlencode({**order, "timestamp": str(int(time.time() * 1000))})
    signature = hmac.new(os.environ["SECRET"].encode(), query.encode(), hashlib.sha256).hexdigest()
    url = f"https://api.binance.com/api/v3/order/test?{query}&signature={signature}"
    request = urllib.request.Request(url, method="POST", headers={"X-MBX-APIKEY": os.environ["KEY"]})
    try:
        urllib.request.urlopen(request, timeout=15).close()
    except (urllib.error.URLError, OSError) as error:
        print(f"no order: {error}", flush=True)


print("ready", flush=True)
while True:
    counts.execute("INSERT INTO counts (invocation) VALUES (?)", (INVOCATION,))
    counts.commit()
    test_order()
    time.sleep(1)
