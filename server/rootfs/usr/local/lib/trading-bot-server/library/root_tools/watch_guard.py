"""watch-guard: reports once that the guard has not been able to check the key for too long, and once that it can again.

It has its own timer, runs as the guard's user, and is another program: so it also reports a guard that can't run.
What the guard knows and when is in its memory (server/guard/state.ts).
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from root_tools.watching import keep, number, read, recall, send, server_name

DEFAULT_MINUTES = 30
# The guard checks every five minutes. One that has not checked for longer than this doesn't run at all, in seconds.
CHECKS_STOPPED = 15 * 60

READ_ONLY = (
    "the server's disk is read-only, which Linux makes it after an error. The bot can't store anything, and may end because of "
    "that. A reboot checks the disk, and may repair it: npm run ssh -- sudo systemctl reboot. If it happens again, get another "
    "server: npm run replace"
)


def main(_: Sequence[str]) -> int:
    """Returns 1 if a message could not be sent. The next run tries that again."""
    state = Path(os.environ["STATE_DIRECTORY"])
    settings = read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "guard.json")
    own = recall(state / "watch.json")
    memory = recall(state / "memory.json")
    now = time.time()
    minutes = number(settings.get("blindMinutes")) or DEFAULT_MINUTES
    since = number(memory.get("verdictAt")) / 1000 or number(own.get("watchedSince")) or now
    blind_for = blind_seconds(since, now)
    server = server_name(settings)
    kept: dict[str, Any] = {"watchedSince": number(own.get("watchedSince")) or now}

    if blind_for >= minutes * 60:
        kept["blindSince"] = number(own.get("blindSince")) or since
        text = f"{server}: {blind_text(blind_for, memory, now)}"
        # Until the webhook has accepted it.
        sent = own.get("reported") is True or send(text)
        kept["reported"] = sent
    elif own.get("reported") is True:
        age = now - number(own.get("blindSince"))
        sent = send(
            f"{server}: the guard can check the Binance key again. It could not for {duration(age)}. "
            "What it has found is reported as usual: if you get no other message, the key passes."
        )
        if not sent:
            kept.update(blindSince=number(own.get("blindSince")), reported=True)
    else:
        sent = True
    if is_read_only(state):
        # In memory, so that it is forgotten with the next boot.
        kept["readOnly"] = own.get("readOnly") is True or send(f"{server}: {READ_ONLY}")
        sent = sent and kept["readOnly"]
    keep(state / "watch.json", kept)
    return 0 if sent else 1


def is_read_only(place: Path) -> bool:
    return bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def blind_seconds(since: float, now: float) -> float:
    """For how long the guard has known nothing. A server that was off could not check, so that time doesn't count."""
    running = time.clock_gettime(time.CLOCK_BOOTTIME)
    return min(max(now - since, 0), running)


def blind_text(seconds: float, memory: dict[str, Any], now: float) -> str:
    last = memory.get("lastCheck")
    last = last if isinstance(last, dict) else {}
    if now - number(last.get("at")) / 1000 > CHECKS_STOPPED:
        why = (
            "The guard itself doesn't run, or can't write down what it finds. See why: "
            "npm run ssh -- sudo systemctl status trading-bot-guard"
        )
    else:
        why = f"Reason: {last.get('reason', 'unknown')} See more: npm run logs"
    return (
        f"the guard has not been able to check the Binance key for {duration(seconds)}. {why}\n"
        "The bot isn't stopped for this. A change of the key's permissions stays unnoticed until the guard can check "
        "again, and you get another message then. Check the key from your computer: npm run verify"
    )


def duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
