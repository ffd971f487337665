"""guard-verdict: what root does about the result of a check of the guard. The guard's unit runs it after each check.

A check that fails cuts the bot off, stops it and holds it, and only then is reported. A check that passes releases it.
A pass counts only if its pair is still the live one.
If Binance wants no requests from the server for a time, the bot's way out is closed until a check gets an answer. If the
exchange is unavailable, a bot that fails is started again for as long as that lasts. Every other exit code changes
nothing. One of them is 1, with which Node ends if it can't run the guard at all.

It waits until the bot has stopped, and the bot's start waits for the check. They never wait for each other: systemd
stops a unit without waiting for the units that its start is ordered after, and a stop cancels a start that waits. This
must not wait for the lock of the tools: a tool that holds it may wait for the bot to start.
"""

import contextlib
import json
import os
import time
from collections.abc import Sequence

from root_tools import bot, files, health, hold, journal, memory, passes, paths, way_out
from root_tools.commands import run
from root_tools.tool import Failure

NAME = "trading-bot-guard"

# How long its way out stays closed, in seconds. It is off by then, and each check that fails begins this again.
CLOSED_AFTER_FAIL = 3600
# Binance's pause if the guard's memory doesn't say, in seconds, and the longest that makes sense: binance/refusals.ts.
DEFAULT_PAUSE = 300
LONGEST_PAUSE = 14 * 24 * 3600
# How much longer than Binance's pause the way stays closed, in seconds: the next check must come before the bot.
CHECK_COMES_FIRST = 60
# Not "trading-…", which would run it in the sandbox of those units.
NEXT_CHECK = "guard-after-pause"


def fail() -> None:
    problems = [way_out.close(CLOSED_AFTER_FAIL)]
    is_new = not hold.is_held()
    if is_new:
        problems.append(hold.mark_in_memory(wanted=bot.is_active() or bot.is_starting()))
    # Commands without the key may run again while the bot is held.
    commands = paths.COMMAND if is_new else paths.COMMAND_WITH_KEY
    # At each check that fails, because somebody may have removed the assertion from the bot's unit.
    bot.begin_to_stop(commands)
    # Meanwhile, because a bot that doesn't end must not delay it: after a power cut, it must not start again. If the bot
    # keeps the disk busy, systemd kills it after TimeoutStopSec=.
    problems += [passes.revoke(), hold.mark_on_disk()]
    try:
        bot.stop(bot.HOSTILE_STOP_LIMIT, commands)
        if is_new:
            journal.record(NAME, "The bot is stopped, and stays off until a check passes.", "err")
    except Failure as failure:
        journal.record(NAME, f"The bot could not be stopped: {failure}", "crit")
        raise
    finally:
        for problem in filter(None, problems):
            journal.record(NAME, f"Not all that holds the bot worked: {problem}.", "crit")
    bot.forget_retries()


def succeed() -> None:
    fingerprint = passes.checked_fingerprint()
    if fingerprint is None:
        journal.record(NAME, f"A check has passed, but {paths.GUARD_CHECKED} doesn't say of which pair.", "err")
        return
    # In paper mode with a demo key pair, the check is of that one. It lets no bot start that trades with real money.
    is_demo = paths.WITH_DEMO_KEY.exists()
    if fingerprint != (passes.demo_fingerprint() if is_demo else passes.live_fingerprint()):
        journal.record(NAME, "A check has passed, but its key pair was replaced meanwhile, so it doesn't count.")
        return
    way_out.open_again()
    if not is_demo:
        record_pass(fingerprint)
    release()
    bot.forget_retries()
    if paths.HEARTBEAT.exists():
        if problem := health.problem():
            journal.record(NAME, f"The heartbeat isn't called: {problem}.", "warning")
        else:
            run("systemctl", "start", "--no-block", "trading-bot-heartbeat.service")


def record_pass(fingerprint: str) -> None:
    try:
        passes.record(fingerprint)
    except OSError as error:
        journal.record(NAME, f"A check has passed, but {paths.PASSED} can't be written ({error.strerror}).", "err")


def release() -> None:
    """Lets the bot start again that the guard has stopped, or whose start was refused."""
    due = paths.REFUSED.exists() or paths.TO_START.exists()
    if not hold.is_held() and not due:
        return
    wanted = due or hold.is_wanted()
    if wanted:
        # Without it, a crash after this would leave the bot off.
        with contextlib.suppress(OSError):
            memory.write(paths.TO_START, "")
    hold.release()
    files.remove(paths.REFUSED)
    # A person may have stopped the bot or taken it out of the settings in the meantime.
    if wanted and bot.reason_not_to_start() is None:
        journal.record(NAME, "A check has passed: the bot is started again.")
        bot.start_unwatched()
    else:
        journal.record(NAME, "A check has passed: the bot may be started again.")
    files.remove(paths.TO_START)


def close_for_pause() -> None:
    """The bot may have caused the pause to blind the guard, and must not do so again before the next check.

    A bot that is off may start meanwhile, and `npm run bot` may run commands with its key.
    """
    if bot.is_enabled():
        close_until_next_check(pause_left())
    bot.exchange_is_unavailable()


def close_until_next_check(pause: int) -> None:
    if why := way_out.close(pause + CHECK_COMES_FIRST):
        journal.record(NAME, why, "crit")
    else:
        journal.record(NAME, "The bot's way out is closed until a check gets an answer.", "err")
    run("systemctl", "stop", f"{NEXT_CHECK}.timer")
    timer = [f"--on-active={pause + 1}s", f"--unit={NEXT_CHECK}", "--timer-property=AccuracySec=1s"]
    run("systemd-run", "--quiet", "--collect", *timer, "systemctl", "start", "--no-block", paths.GUARD)


def pause_left() -> int:
    """For how many seconds Binance wants no requests."""
    try:
        until = float(json.loads(paths.GUARD_MEMORY.read_text())["silentUntil"]) / 1000
    except (OSError, ValueError, LookupError, TypeError):
        return DEFAULT_PAUSE
    left = until - time.time()
    return int(left) + 1 if 0 < left <= LONGEST_PAUSE else DEFAULT_PAUSE


def report() -> None:
    """Sends the guard's message, when everything else is done. The unit that sends it waits for the one that reads orders."""
    if hold.is_held():
        run("systemctl", "start", "--no-block", "trading-bot-left-open.service")
    run("systemctl", "start", "--no-block", "trading-bot-report.service")


def main(_: Sequence[str]) -> int:
    try:
        # The exit codes of server/guard/main.ts.
        match os.environ.get("EXIT_CODE"), os.environ.get("EXIT_STATUS"):
            case "exited", "3":
                fail()
            case "exited", "0":
                succeed()
            case "exited", "2":
                bot.forget_retries()
            case "exited", "4":
                bot.exchange_is_unavailable()
            case "exited", "5":
                close_for_pause()
    except (Failure, OSError):
        return 1
    finally:
        if paths.GUARD_MESSAGE.exists():
            report()
    return 0
