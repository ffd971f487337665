"""watch-updates: reports once that no security update could be installed for days, and once that it works again.

apt's daily jobs leave a file each when they have succeeded. A job that fails, hangs or never runs doesn't.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from root_tools import paths
from root_tools.watching import keep, number, read, send, server_name

DAY = 24 * 3600
# The jobs run once a day, up to half a day late.
OVERDUE = 3 * DAY


def main(_: Sequence[str]) -> int:
    """Returns 1 if a message could not be sent. The next run tries that again."""
    state = Path(os.environ["STATE_DIRECTORY"])
    server = server_name(read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "guard.json"))
    own = read(state / "updates.json")
    now = time.time()
    # A job that has never run counts from the first look.
    watched_since = number(own.get("watchedSince")) or now
    done = {job: time_of(stamp) or watched_since for job, stamp in paths.UPDATE_STAMPS.items()}
    last = min(done.values())
    was_reported = own.get("reported") is True
    kept: dict[str, object] = {"watchedSince": watched_since}
    sent = True

    if now - last >= OVERDUE:
        kept["overdueSince"] = number(own.get("overdueSince")) or last
        # A server that was off could not update itself. The jobs run in the first hours after a boot.
        if was_reported or time.clock_gettime(time.CLOCK_BOOTTIME) >= DAY:
            sent = was_reported or send(f"{server}: {overdue_text(done, now)}")
            kept["reported"] = sent
    elif was_reported:
        since = number(own.get("overdueSince"))
        sent = send(f"{server}: security updates are installed again. They were not for {days(now - since)}.")
        if not sent:
            kept.update(overdueSince=since, reported=True)
    keep(state / "updates.json", kept)
    return 0 if sent else 1


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


def days(seconds: float) -> str:
    return f"{round(seconds / DAY)} days"
