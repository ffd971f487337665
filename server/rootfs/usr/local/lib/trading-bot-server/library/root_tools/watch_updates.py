"""watch-updates: reports once that no security update could be installed for days, and once that it works again.

apt's daily jobs leave a file each when they have succeeded. A job that fails, hangs or never runs doesn't.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from root_tools import paths
from root_tools.watching import DAY, Routine, days, read, recall, report_overdue, server_name, watched_since

# The jobs run once a day, up to half a day late.
OVERDUE = 3 * DAY


def main(_: Sequence[str]) -> int:
    """Returns 1 if a message could not be sent. The next run tries that again."""
    memory = Path(os.environ["STATE_DIRECTORY"]) / "updates.json"
    server = server_name(read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "guard.json"))
    now = time.time()
    # A job that has never run counts from the first look.
    first_look = watched_since(recall(memory), now)
    done = {job: time_of(stamp) or first_look for job, stamp in paths.UPDATE_STAMPS.items()}
    routine = Routine(
        min(done.values()),
        OVERDUE,
        # A server that was off could not update itself. The jobs run in the first hours after a boot.
        may_report=time.clock_gettime(time.CLOCK_BOOTTIME) >= DAY,
        overdue=f"{server}: {overdue_text(done, now)}",
        is_over=lambda seconds: f"{server}: security updates are installed again. They were not for {days(seconds)}.",
    )
    return report_overdue(memory, routine, now)


def overdue_text(done: dict[str, float], now: float) -> str:
    jobs = [f"{job} has not succeeded for {days(now - at)}" for job, at in done.items() if now - at >= OVERDUE]
    return (
        f"no security updates were installed, because {' and '.join(jobs)}. The bot keeps running. See why: "
        "npm run ssh -- sudo systemctl status apt-daily apt-daily-upgrade. "
        "If one of them has been running for days, end it: npm run ssh -- sudo systemctl stop apt-daily apt-daily-upgrade. "
        "Run them again: npm run ssh -- sudo systemctl start apt-daily apt-daily-upgrade"
    )


def time_of(stamp: Path) -> float:
    """0 if the job has never succeeded."""
    try:
        return stamp.stat().st_mtime
    except OSError:
        return 0.0
