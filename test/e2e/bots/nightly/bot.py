"""A bot that trades nothing. It counts in an SQLite database, with a write-ahead log, as freqtrade's is."""

import os
import sqlite3
import time
from pathlib import Path

database = sqlite3.connect(Path(os.environ["STATE_DIRECTORY"]) / "counts.sqlite", isolation_level=None)
database.execute("PRAGMA journal_mode = wal")
database.execute("CREATE TABLE IF NOT EXISTS counts (number INTEGER PRIMARY KEY, invocation TEXT)")
while True:
    database.execute("INSERT INTO counts (invocation) VALUES (?)", [os.environ["INVOCATION_ID"]])
    time.sleep(0.2)
