"""bot-control: stops and starts the bot, for people, units and other tools."""

import os
import time
from collections.abc import Callable, Sequence

from root_tools import bot, bot_page, files, hold, journal, markers, memory, passes, paths, state_place, way_out
from root_tools.commands import must_run, run
from root_tools.lock import exclusive, shared_if_free
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "bot-control"
# Of the journal's records of the mode.
MODE_TAG = "bot-mode"

USAGE = """
Usage: sudo bot-control COMMAND

For people:
  stop     Stops the bot. It stays off until it is started again, even after a reboot, a new key pair, a new program or
           changed settings.
  stop-now
           The same for a bot that may be hostile: it is cut off from the internet first, and killed after five seconds.
  start    Starts the bot, and reports whether it runs.
  start-without-check
           The same, once, although no check of its key has passed lately. A bot that the guard holds stays off.
  restart  Restarts the bot, or starts it if it is off, and reports whether it runs.

For units and other tools:
  page     Prints the port of the bot's own page (the setting bot.ui), and whether the bot listens there, as JSON.
  reason-not-to-start  Prints why the bot must not be started now, or nothing.
  apply    Makes changed settings take effect. Fails, with the reason, if a bot that ran doesn't run with them.
  may-start
           Fails, with the reason, if the guard holds the bot, or if no check of its key has passed lately. The bot's
           unit calls it before each start.
  has-given-up
           Fails unless systemd has given up restarting the bot. The alert's unit calls it.
  waits-for-clock
           Fails unless the bot waits until the clock is right. The unit that reports this calls it.
  pause    Waits before a bot that fails because the exchange is unavailable is started again. The bot's unit calls it.
  ended    Reports a bot that has ended by itself and stays off. The bot's unit calls it if bot.mayEnd is set.

The exit code is 0, or 1 with the reason on standard error.
"""

# How long `pause` waits before the first retry and at most, in seconds. It doubles each time.
FIRST_PAUSE = 10
LONGEST_PAUSE = 120
# For how long a bot is cut off that could not be stopped, in seconds.
CLOSED_FOR_STOP = 3600


def stop() -> None:
    stop_bot()


def stop_now() -> None:
    require_root()
    with shared_if_free("npm run stop -- --now", paths.STOP_LOCK):
        stop_bot(is_hostile=True)


def stop_bot(is_hostile: bool = False) -> None:
    require_root()
    survive_hangup()
    if is_hostile and (problem := way_out.close(CLOSED_FOR_STOP, way_out.STOP_TABLE)):
        report(f"{problem}. The bot is stopped anyway.")
    # Without the lock, because stopping is urgent. The marker comes first, so that no start gets past it. It is made
    # durable afterwards, because a bot that keeps the disk busy could delay that.
    unmarked = attempt(create_marker)
    journal.record(NAME, f"stopped by {caller()}")
    if is_hostile:
        bot.stop(bot.HOSTILE_STOP_LIMIT, paths.COMMAND)
        # A bot that could not be stopped stays cut off.
        way_out.open_again(way_out.STOP_TABLE)
    else:
        bot.stop()
    unmarked = unmarked or attempt(make_marker_durable)
    if unmarked:
        raise Failure(f"the bot is stopped, but may start again: {paths.STOPPED} could not be written ({unmarked})")
    in_paper_mode = " in paper mode" if bot.is_in_paper_mode() else ""
    if not paths.STOPPED.exists():
        say("The bot was stopped, but it was started at the same time, and may run again. To keep it off: npm run stop")
    elif bot.is_enabled():
        say(f"The bot{in_paper_mode} is stopped, and stays off until it is started: npm run start")
    else:
        say("No bot is configured. One that you configure later stays off until it is started: npm run start")


def create_marker() -> None:
    paths.STATE.mkdir(parents=True, exist_ok=True)
    markers.put(paths.STOPPED)


def make_marker_durable() -> None:
    try:
        files.sync(paths.STOPPED)
    except FileNotFoundError:
        # A start at the same time has removed it. `stop` reports that.
        pass


def attempt(change: Callable[[], None]) -> str | None:
    """Why a change to the disk failed. None if it succeeded."""
    try:
        change()
    except OSError as error:
        return error.strerror
    return None


def start() -> None:
    start_again(even_if_active=False)


def start_without_check() -> None:
    require_root()
    with passes.without_check():
        start_again(even_if_active=False)


def restart() -> None:
    start_again(even_if_active=True)


def start_again(even_if_active: bool) -> None:
    require_root()
    survive_hangup()
    with exclusive(NAME):
        # Until no bot that may be hostile is being stopped: it must not get its network again.
        with exclusive(NAME, paths.STOP_LOCK):
            markers.take_away(paths.STOPPED)
            files.remove(paths.PROGRAM_UNUSED)
            if why := bot.wait_for_stop():
                raise Failure(why)
            # After a bot that could not be stopped, and after a stop that was killed.
            way_out.open_again(way_out.STOP_TABLE)
        if bot.is_active() and not even_if_active:
            say(f"The bot is running already{' in paper mode' if bot.is_in_paper_mode() else ''}.")
            return
        journal.record(NAME, f"started by {caller()}")
        if why := bot.restart():
            raise Failure(f"the bot doesn't run: {why}")
    say(f"The bot {bot.after_restart('is running')}.")


def reason_not_to_start() -> None:
    if why := bot.reason_not_to_start():
        say(why)


def apply() -> None:
    require_root()
    must_run("systemctl", "daemon-reload")
    if paths.WITHOUT_KEY.exists():
        # No command keeps a key that the bot no longer gets.
        run("systemctl", "stop", f"{paths.COMMAND_WITH_KEY}*.service", timeout=bot.STOP_LIMIT)
    # As long as the disk has room for it.
    markers.prepare(paths.STOPPED)
    markers.prepare(paths.HELD)
    if not paths.BOT_SETTINGS.exists():
        bot.stop()
        if bot.is_enabled() and paths.CURRENT_PROGRAM.exists():
            files.write(paths.PROGRAM_UNUSED, "")
        bot.systemctl("disable", "--quiet")
        return
    record_mode()
    ran = bot.is_active()
    if ran and (fingerprint := passes.given_fingerprint()):
        passes.record_missing(fingerprint)
    must_run("systemctl", "enable", "--quiet", paths.BOT)
    # A bot that can't run yet is started by what is still missing, such as the key or the program.
    if why := bot.reason_not_to_start():
        if paths.PROGRAM_UNUSED.exists():
            report(f"The bot isn't started: {why}.")
        return
    if why := bot.restart():
        # If a person stopped it in the meantime, that says nothing about the settings.
        if ran and not paths.STOPPED.exists():
            raise Failure(f"the bot doesn't run: {why}")
        report(f"The bot doesn't run: {why}")
    elif bot.has_ended_by_itself():
        report(f"The bot {bot.after_restart('is running')}.")


def record_mode() -> None:
    """For `npm run history`: from when on the live key pair isn't the bot's, and from when on it is again."""
    mode = "paper" if bot.is_in_paper_mode() else "live"
    before = memory.read(paths.MODE) or "live"
    try:
        files.write(paths.MODE, mode, 0o600)
    except OSError:
        # The next time records it. Nothing else depends on it.
        return
    if mode != before:
        what = "no longer gets this pair, and doesn't trade with real money" if mode == "paper" else "trades with real money"
        journal.record(MODE_TAG, f"changed to {mode} mode {passes.live_fingerprint() or 'none'}: the bot {what}")


def may_start() -> None:
    """systemd runs this before each start of the bot (ExecCondition= of the unit).

    systemd doesn't try a start again that fails here. The next check that passes does.
    """
    require_root()
    if hold.is_held():
        raise Failure("the guard holds the bot")
    if why := state_place.problem():
        raise Failure(f"the bot isn't started: {why}")
    why = reason_to_refuse()
    if why is None:
        bot.forget_refusal()
        return
    if not paths.REFUSED.exists():
        run("systemctl", "start", "--no-block", "trading-bot-refused.service")
    memory.write(paths.REFUSED, why)
    if passes.checked_fingerprint() not in (None, passes.given_fingerprint()):
        # The check before this start was of another pair: it began before that was replaced, and systemd doesn't begin a
        # second one while one runs. If the next one passes, it starts the bot.
        run("systemctl", "start", "--no-block", paths.GUARD)
    raise Failure(f"the bot isn't started: {why}")


def reason_to_refuse() -> str | None:
    if paths.WITHOUT_KEY.exists():
        return None
    if passes.is_without_check():
        # For one start.
        files.remove(paths.WITHOUT_CHECK)
        journal.record(NAME, "The bot is started although no check of its key has passed lately.", "warning")
        return None
    fingerprint = passes.given_fingerprint()
    # systemd can't decrypt it either. That start fails, and the failure is reported, unlike a start that is refused.
    if fingerprint is None:
        return None
    return passes.reason_to_refuse(fingerprint)


def has_given_up() -> None:
    """systemd runs this after each failure of the bot, also before a restart, and after a bot was killed by a stop."""
    state = bot.show("SubState", "Job")
    will_restart = state["SubState"] != "failed" or state["Job"] not in ("", "0")
    if will_restart or hold.is_held() or paths.STOPPED.exists():
        # Without a message, which each restart would add to the journal.
        raise SystemExit(1)


def waits_for_clock() -> None:
    """systemd runs this when the clock has not been right for a while since the boot."""
    if not bot.waits_for_clock():
        raise SystemExit(1)


def pause() -> None:
    """Waits if the exchange is unavailable. The guard, which checks after this, learns whether it still is."""
    try:
        retries = int(paths.RETRIES.read_text())
    except (OSError, ValueError):
        return
    memory.write(paths.RETRIES, str(retries + 1))
    seconds = min(FIRST_PAUSE * 2 ** min(retries, 10), LONGEST_PAUSE)
    report(f"The exchange is unavailable. The bot is started again in {seconds} seconds.")
    time.sleep(seconds)


def ended() -> None:
    """systemd runs this when the bot has ended, and says how in the environment (ExecStopPost= of the unit)."""
    state = bot.show("Job", "InvocationID")
    by_itself = state["Job"] in ("", "0")
    how = [os.environ.get(name) for name in ("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS")]
    # With another result it is restarted, such as after an end before it has reported that it is ready.
    if by_itself and how == ["success", "exited", "0"]:
        run("systemctl", "start", "--no-block", "trading-bot-ended.service")
        memory.write(paths.ENDED, state["InvocationID"])


COMMANDS = {
    "stop": stop,
    "stop-now": stop_now,
    "start": start,
    "start-without-check": start_without_check,
    "restart": restart,
    "page": bot_page.report,
    "reason-not-to-start": reason_not_to_start,
    "apply": apply,
    "may-start": may_start,
    "has-given-up": has_given_up,
    "waits-for-clock": waits_for_clock,
    "pause": pause,
    "ended": ended,
}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
