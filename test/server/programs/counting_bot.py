"""A bot that counts in SQLite. Arguments: "migrate" changes the schema first, "fail" ends it before it counts."""

import sqlite3
import sys
import time

database = sqlite3.connect("/var/lib/trading-bot/count.sqlite", isolation_level=None, timeout=30)
database.execute("PRAGMA journal_mode = wal")
database.execute("CREATE TABLE IF NOT EXISTS counts (number INTEGER)")
if "migrate" in sys.argv:
    database.execute("ALTER TABLE counts ADD COLUMN migrated")
    database.execute("DELETE FROM counts")
if "fail" in sys.argv:
    sys.exit(3)
while True:
    database.execute("INSERT INTO counts (number) VALUES (1)")
    time.sleep(0.05)
