"""The trades in the database of freqtrade, for a person who decides whether an older state is restored."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

# As the preset sets it, in the bot's state.
DATABASE = "tradesv3.sqlite"
MOST = 500
COLUMNS = ("id", "pair", "is_short", "amount", "open_rate", "open_date", "close_rate", "close_date", "close_profit_abs")


def read(state: Path) -> dict[str, Any]:
    """The latest trades. `trades` is None if there is no such database, or if it can't be read."""
    database = state / DATABASE
    if not database.is_file():
        return {"trades": None}
    reader = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=10)
    reader.row_factory = sqlite3.Row
    try:
        # A trade that is open was changed by its last order, but its date is the one of the first.
        rows = reader.execute(
            f"SELECT * FROM trades ORDER BY is_open DESC, COALESCE(close_date, open_date) DESC LIMIT {MOST}"
        )
        return {"trades": [{name: row[name] for name in COLUMNS if name in row.keys()} for row in rows]}
    except sqlite3.Error as error:
        return {"trades": None, "error": str(error)[:200]}
    finally:
        reader.close()
