"""server-status: what `npm run status` shows of the server, as one JSON object. It changes nothing."""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from root_tools import bot, copies, hold, old_code, passes, paths, releases, state_place
from root_tools.commands import run
from root_tools.tool import Failure, require_root, run_tool, say
from root_tools.watching import number, read

NAME = "server-status"

USAGE = """
Usage: sudo server-status COMMAND

  show  Prints the state of the bot, the guard, the key and the server, as JSON. An unknown value is null.
        Times are in seconds since 1970, sizes in bytes.

The exit code is 0, or 1 with the reason on standard error.
"""

# How long the size of the bot's state may be measured, in seconds. A hostile bot can have very many files.
MEASURE_LIMIT = 5
# The longest text of a unit, a release or a reason that is shown.
LONGEST_TEXT = 500
# Of the units that run old code.
MOST_UNITS = 20
REBOOT_REQUIRED = paths.at("/run/reboot-required")


def show() -> None:
    require_root()
    parts: dict[str, Callable[[], object]] = {
        "bot": bot_status,
        "guard": guard_status,
        "key": key_status,
        "state": state_status,
        "backup": backup_status,
        "disk": disk,
        "memory": memory,
        "updates": updates,
        "startedAt": started_at,
    }
    say(json.dumps({"at": time.time(), **{name: or_none(part) for name, part in parts.items()}}))


def or_none(part: Callable[[], object]) -> object:
    """None if it is unknown: each part counts for itself, such as with a disk that is broken."""
    try:
        return part()
    except (OSError, ValueError, LookupError, TypeError, Failure):
        return None


def bot_status() -> dict[str, object]:
    unit = bot.show("ActiveState", "SubState", "Result", "NRestarts", "ActiveEnterTimestampMonotonic", "ExecMainStatus")
    is_running = unit["ActiveState"] == "active"
    reason = None if is_running else bot.reason_not_to_start()
    return {
        "isConfigured": bot.is_enabled(),
        "state": unit["ActiveState"],
        "detail": unit["SubState"],
        "result": unit["Result"],
        "exitStatus": integer(unit["ExecMainStatus"]),
        "restarts": integer(unit["NRestarts"]),
        "runsSince": entered(unit["ActiveEnterTimestampMonotonic"]) if is_running else None,
        "usesKey": bot.takes_key_pair(),
        "mode": "paper" if bot.is_in_paper_mode() else "live",
        "isHeld": hold.is_held(),
        "isStopped": paths.STOPPED.exists(),
        "hasEnded": bot.has_ended_by_itself(),
        "waitsForClock": not is_running and bot.waits_for_clock(),
        "reason": reason and reason[:LONGEST_TEXT],
        "release": releases.target(paths.CURRENT_PROGRAM),
        "installedAt": changed_at(paths.CURRENT_PROGRAM),
    }


def guard_status() -> dict[str, object]:
    """When the guard has looked, and what it knows. server/guard/state.ts writes its memory, in ms."""
    own = read(paths.GUARD_MEMORY)
    last = own.get("lastCheck")
    check = last if isinstance(last, dict) else {}
    reason = check.get("reason")
    is_passed = passes.reason_to_refuse(passes.live_fingerprint()) is None
    return {
        "isOn": run("systemctl", "is-active", "--quiet", "trading-bot-guard.timer", timeout=bot.SHOW_LIMIT).ok,
        "blindMinutes": int(number(read(paths.GUARD_SETTINGS).get("blindMinutes"))) or None,
        "checkedAt": seconds(check.get("at")),
        # Why the last check doesn't know what the key may do.
        "reason": reason[:LONGEST_TEXT] if isinstance(reason, str) else None,
        "knewAt": seconds(own.get("verdictAt")),
        # Of the pair that is live, and recent enough for a start of the bot.
        "passedAt": changed_at(paths.PASSED) if is_passed else None,
    }


def key_status() -> dict[str, object] | None:
    if not paths.KEY_PAIR.exists():
        return None
    return {"fingerprint": passes.live_fingerprint(), "installedAt": changed_at(paths.KEY_PAIR)}


def state_status() -> dict[str, object]:
    measured = run("du", "--summarize", "--one-file-system", "--block-size=1", str(paths.BOT_STATE), timeout=MEASURE_LIMIT)
    made = copies.everything()
    return {
        "bytes": integer(measured.output.split("\t")[0]) if measured.ok else None,
        "copies": len(made),
        "lastCopyAt": made[0].made_at.timestamp() if made else None,
    }


def backup_status() -> dict[str, object]:
    """Of the backups off the server, as stored_backup.py writes it down."""
    record = read(paths.STORED_BACKUPS)
    problem = record.get("problem")
    return {
        # When the storage was set; None without one.
        "setAt": changed_at(paths.STORAGE),
        "lastBackupAt": number(record.get("storedAt")) or None,
        # Why the last backup failed.
        "problem": problem[:LONGEST_TEXT] if isinstance(problem, str) else None,
    }


def disk() -> dict[str, object]:
    found = os.statvfs(paths.STATE)
    places = {"disk": paths.STATE, **({"volume": paths.VOLUME} if state_place.is_on_volume() else {})}
    return {
        "bytes": found.f_blocks * found.f_frsize,
        "free": found.f_bavail * found.f_frsize,
        "readOnly": [name for name, place in places.items() if is_read_only(place)],
    }


def is_read_only(place: Path) -> bool:
    return bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def memory() -> dict[str, int]:
    lines = (paths.PROCESSES / "meminfo").read_text().splitlines()
    # "MemTotal:        2014388 kB"
    values = {name: int(rest.split()[0]) * 1024 for name, rest in (line.split(":", 1) for line in lines)}
    return {"bytes": values["MemTotal"], "free": values["MemAvailable"]}


def updates() -> dict[str, object]:
    return {
        "installedAt": changed_at(paths.UPDATE_STAMPS["apt-daily-upgrade"]),
        "rebootPendingSince": changed_at(REBOOT_REQUIRED),
        "runOldCode": sorted(old_code.units())[:MOST_UNITS],
    }


def started_at() -> float:
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def changed_at(path: Path) -> float | None:
    """When a file, or a link itself, was changed. None if it isn't there."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return None


def entered(microseconds: str) -> float | None:
    """When systemd's clock, which begins at the boot, showed this."""
    since_boot = integer(microseconds)
    return since_boot and time.time() - time.monotonic() + since_boot / 1_000_000


def integer(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def seconds(milliseconds: object) -> float | None:
    """None also for a value that isn't a number: the guard's memory may be missing or broken."""
    return number(milliseconds) / 1000 or None


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, {"show": show}, args)
