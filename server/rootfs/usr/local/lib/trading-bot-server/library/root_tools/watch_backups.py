"""watch-backups: reports once that no backup was stored off the server for two days, and once that one was stored again.

stored-backup writes down when it has stored one, and why it could not. A backup that was never tried counts as well.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from root_tools import paths
from root_tools.watching import DAY, Routine, days, number, read, recall, report_overdue, server_name, watched_since

OVERDUE = 2 * DAY


def main(_: Sequence[str]) -> int:
    """Returns 1 if a message could not be sent. The next run tries that again."""
    memory = Path(os.environ["STATE_DIRECTORY"]) / "backups.json"
    server = server_name(read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "guard.json"))
    record = read(paths.STORED_BACKUPS)
    now = time.time()
    last = number(record.get("storedAt")) or watched_since(recall(memory), now)
    # A server that was off makes its backup in the first hours after a boot, unless it has failed already.
    has_failed = number(record.get("failedAt")) > last
    routine = Routine(
        last,
        OVERDUE,
        may_report=has_failed or time.clock_gettime(time.CLOCK_BOOTTIME) >= DAY / 2,
        overdue=f"{server}: {overdue_text(now - last, record.get('problem'))}",
        is_over=lambda seconds: f"{server}: a backup is stored again. There was none for {days(seconds)}.",
    )
    return report_overdue(memory, routine, now)


def overdue_text(seconds: float, problem: object) -> str:
    why = problem if isinstance(problem, str) else "none was tried. See why: npm run ssh -- sudo systemctl status state-backup"
    return (
        f"no backup of the bot's state was stored for {days(seconds)}. The bot keeps running. Reason: {why}. "
        "To store one now: npm run backup"
    )
