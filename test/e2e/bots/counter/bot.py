"""A bot that counts in SQLite. Each count asks the exchange about the account, with the bot's key, and is then committed."""

import hashlib
import hmac
import http.client
import os
import sqlite3
import time
import urllib.parse
from pathlib import Path

KEY, SECRET = os.environ["KEY"], os.environ["SECRET"]
counts = sqlite3.connect(Path(os.environ["STATE_DIRECTORY"]) / "counts.sqlite")
counts.execute("CREATE TABLE IF NOT EXISTS counts (number INTEGER PRIMARY KEY)")
counts.commit()


def ask():
    query = urllib.parse.urlencode({"omitZeroBalances": "true", "timestamp": str(int(time.time() * 1000))})
    signature = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
    connection = http.client.HTTPSConnection("api.binance.com", timeout=15)
    try:
        target = f"/api/v3/account?{query}&signature={signature}"
        connection.request("GET", target, headers={"X-MBX-APIKEY": KEY, "User-Agent": "counting-bot"})
        connection.getresponse().read()
    finally:
        connection.close()


print("ready", flush=True)
while True:
    try:
        ask()
    except OSError as error:
        print(error, flush=True)
    counts.execute("INSERT INTO counts DEFAULT VALUES")
    counts.commit()
    time.sleep(1)
