"""Records in the systemd journal of what a tool has done."""

from typing import Literal

from root_tools.commands import run

# For people who read the journal: notice is what was done, err and crit are what somebody has to look at.
Priority = Literal["notice", "warning", "err", "crit"]

# A journal that is flooded must not delay anything for longer, in seconds.
LIMIT = 5


def record(tag: str, message: str, priority: Priority = "notice") -> None:
    """Never fails: a journal that takes nothing must not stop a change, or a stop of the bot. Holds no secret."""
    run("logger", "--tag", tag, "--priority", f"daemon.{priority}", message, timeout=LIMIT)
