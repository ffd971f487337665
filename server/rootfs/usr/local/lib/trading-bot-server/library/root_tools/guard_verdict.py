"""guard-verdict: what root does about the result of a check of the guard. The guard's unit runs it after each check.

A check that fails stops the bot and holds it, and a check that passes releases it. If the exchange is unavailable, a
bot that fails is started again for as long as that lasts. Every other exit code changes nothing. One of them is 1, with
which Node ends if it can't run the guard at all.

It waits until the bot has stopped, and the bot's start waits for the check. They never wait for each other: systemd
stops a unit without waiting for the units that its start is ordered after, and a stop cancels a start that waits. This
must not wait for the lock of the tools: a tool that holds it may wait for the bot to start.
"""

import os
from collections.abc import Sequence

from root_tools import bot, files, journal, paths
from root_tools.tool import Failure

NAME = "trading-bot-guard"


def hold() -> None:
    marker = hold_marker()
    # At each check that fails, because somebody may have removed the assertion from the bot's unit.
    try:
        bot.stop()
    except Failure as failure:
        journal.record(NAME, f"The bot could not be stopped: {failure}", "crit")
        raise
    finally:
        if marker:
            files.sync(paths.HELD)


def hold_marker() -> bool:
    """Makes sure that the bot can't be started again. Returns whether the marker is new.

    The marker is not made durable yet: a bot that keeps the disk busy could delay that, and so its own stop.
    """
    if paths.HELD.exists():
        return False
    wanted = bot.is_active() or bot.is_starting()
    try:
        paths.STATE.mkdir(parents=True, exist_ok=True)
        paths.HELD.write_text("yes\n" if wanted else "no\n")
    except OSError as error:
        # A full disk must not keep the bot from being stopped.
        reason = f"{paths.HELD} can't be written ({error.strerror})"
        journal.record(NAME, f"The bot is being stopped, but could be started again: {reason}.", "crit")
        return False
    journal.record(NAME, "The bot is being stopped, and stays off until a check passes.", "err")
    return True


def release() -> None:
    if not paths.HELD.exists():
        return
    wanted = paths.HELD.read_text().strip()
    files.remove(paths.HELD)
    # A person may have stopped the bot or taken it out of the settings in the meantime.
    if wanted == "yes" and bot.reason_not_to_start() is None:
        journal.record(NAME, "A check has passed: the bot is started again.")
        bot.start_unwatched()
    else:
        journal.record(NAME, "A check has passed: the bot may be started again.")


def main(_: Sequence[str]) -> int:
    try:
        # The exit codes of server/guard/main.ts.
        match os.environ.get("EXIT_CODE"), os.environ.get("EXIT_STATUS"):
            case "exited", "3":
                hold()
                bot.forget_retries()
            case "exited", "0":
                release()
                bot.forget_retries()
            case "exited", "2":
                bot.forget_retries()
            case "exited", "4":
                bot.exchange_is_unavailable()
    except (Failure, OSError):
        return 1
    return 0
