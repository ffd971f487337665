"""What watch-guard, watch-updates and watch-backups have in common: what they remember, and when they send a message."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from root_tools import files, webhook

DAY = 24 * 3600


def server_name(settings: dict[str, Any]) -> str:
    """How a message names the server. Nobody must take a bot in paper mode for one with real money."""
    in_paper_mode = read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "bot.json").get("mode") == "paper"
    address = f"{settings.get('ipAddress', 'address unknown')}{', bot in paper mode' if in_paper_mode else ''}"
    return f"{settings.get('server', 'the server')} ({address})"


def send(text: str) -> bool:
    """Reports to the journal, and to the webhook if there is one. Returns whether nothing is left to be sent."""
    print(f"<4>{' '.join(text.split())}", flush=True)
    try:
        address = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / "trading-bot-webhook").read_text().strip()
    except (OSError, LookupError):
        address = ""
    if not address.startswith("https://"):
        return True
    if why := webhook.post(address, text):
        print(f"<4>{why}. The next run sends it again.", flush=True)
        return False
    return True


def number(value: object) -> float:
    """0 for everything that isn't a number."""
    return float(value) if isinstance(value, int | float) else 0.0


def read(path: Path) -> dict[str, Any]:
    """An object from a JSON file; an empty one if the file is missing or broken."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def recall(path: Path) -> dict[str, Any]:
    """What is remembered there; or in memory, as long as the disk takes nothing (server/guard/state.ts does the same)."""
    return read(in_memory(path)) or read(path)


def in_memory(path: Path) -> Path:
    return Path(os.environ.get("RUNTIME_DIRECTORY", "/run/trading-bot-guard")) / path.name


def keep(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content)
    if recall(path) == content:
        return
    try:
        try:
            files.write(path, text, 0o600)
        except OSError:
            # A full disk: in place, which needs no more space.
            path.write_text(text)
        in_memory(path).unlink(missing_ok=True)
    except OSError as error:
        print(f"<4>{path} can't be written ({error.strerror}).", file=sys.stderr)
        # A message must not be sent again and again.
        with suppress(OSError):
            in_memory(path).write_text(text)


@dataclass(frozen=True)
class Routine:
    """Something that happens again and again, such as an update, for a message that it no longer does."""

    # When it has happened last, and for how long it may stay away, in seconds.
    last: float
    limit: float
    # Whether a message may be sent now, such as not right after a boot.
    may_report: bool
    overdue: str
    # Takes for how long it was overdue, in seconds.
    is_over: Callable[[float], str]


def watched_since(own: dict[str, Any], now: float) -> float:
    """On a new server, the first look counts."""
    return number(own.get("watchedSince")) or now


def report_overdue(path: Path, routine: Routine, now: float) -> int:
    """Reports once that it is overdue, and once that this is over. `path` is what is remembered of that.

    Returns 1 if a message could not be sent. The next run tries that again.
    """
    own = recall(path)
    was_reported = own.get("reported") is True
    kept: dict[str, object] = {"watchedSince": watched_since(own, now)}
    sent = True
    if now - routine.last >= routine.limit:
        kept["overdueSince"] = number(own.get("overdueSince")) or routine.last
        if was_reported or routine.may_report:
            sent = was_reported or send(routine.overdue)
            kept["reported"] = sent
    elif was_reported:
        since = number(own.get("overdueSince"))
        sent = send(routine.is_over(now - since))
        if not sent:
            kept.update(overdueSince=since, reported=True)
    keep(path, kept)
    return 0 if sent else 1


def days(seconds: float) -> str:
    return f"{round(seconds / DAY)} days"
