"""watch-backups: reports once that no backup was stored off the server for two days, and once that one was stored again.

stored-backup writes down when it has stored one, and why it could not. A backup that was never tried counts as well.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from root_tools import paths
from root_tools.watching import keep, number, read, send, server_name

DAY = 24 * 3600
OVERDUE = 2 * DAY


def main(_: Sequence[str]) -> int:
    """Returns 1 if a message could not be sent. The next run tries that again."""
    state = Path(os.environ["STATE_DIRECTORY"])
    server = server_name(read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "guard.json"))
    own = read(state / "backups.json")
    record = read(paths.STORED_BACKUPS)
    now = time.time()
    # On a new server, the first look counts.
    watched_since = number(own.get("watchedSince")) or now
    last = number(record.get("storedAt")) or watched_since
    was_reported = own.get("reported") is True
    kept: dict[str, object] = {"watchedSince": watched_since}
    sent = True

    if now - last >= OVERDUE:
        kept["overdueSince"] = number(own.get("overdueSince")) or last
        # A server that was off makes its backup in the first hours after a boot, unless it has failed already.
        has_failed = number(record.get("failedAt")) > last
        if was_reported or has_failed or time.clock_gettime(time.CLOCK_BOOTTIME) >= DAY / 2:
            sent = was_reported or send(f"{server}: {overdue_text(now - last, record.get('problem'))}")
            kept["reported"] = sent
    elif was_reported:
        since = number(own.get("overdueSince"))
        sent = send(f"{server}: a backup is stored again. There was none for {days(now - since)}.")
        if not sent:
            kept.update(overdueSince=since, reported=True)
    keep(state / "backups.json", kept)
    return 0 if sent else 1


def overdue_text(seconds: float, problem: object) -> str:
    why = problem if isinstance(problem, str) else "none was tried. See why: npm run ssh -- sudo systemctl status state-backup"
    return (
        f"no backup of the bot's state was stored for {days(seconds)}. The bot keeps running. Reason: {why}. "
        "To store one now: npm run backup"
    )


def days(seconds: float) -> str:
    return f"{round(seconds / DAY)} days"
