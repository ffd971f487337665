"""What every tool does that starts, restarts or stops the bot. docs/bot-lifecycle.md lists who calls this, and when."""

import json
import time

from root_tools import files, hold, memory, passes, paths, state_place
from root_tools.commands import Result, run
from root_tools.tool import Failure

# How long the bot must have run after a restart to count as running, in seconds.
SETTLE = 10
# How long to wait for that: the clock and the guard come first. A bot that reports when it has started has 5 minutes
# more for it.
START_LIMIT = 90
NOTIFY_START_LIMIT = 390
# How long the bot may take to end, in seconds. The unit gives it 60. A bot that asks systemd for more doesn't get it.
STOP_LIMIT = 70
# How long systemd may take after the bot was killed, in seconds.
KILL_LIMIT = 30
# How long a bot that may be hostile gets to end, in seconds. It is cut off by then.
HOSTILE_STOP_LIMIT = 5
CLOCK_IS_WRONG = (
    "the server's clock isn't right yet, perhaps because no time server answers; the bot starts by itself when it is: "
    "see `npm run ssh -- chronyc sources`"
)
NOT_STOPPED = "the bot could not be stopped: see `npm run ssh -- sudo systemctl status trading-bot`"
# How long a question to systemd may take, in seconds.
SHOW_LIMIT = 30
# How long a check of the guard may take, with what root does about it, in seconds.
CHECK_LIMIT = 180


def reason_not_to_start() -> str | None:
    """Why the bot must not be started now. None if it may be started."""
    if not is_enabled():
        return "no bot is configured yet: set bot.command, and run `pulumi up`"
    if paths.MOVING.exists():
        return reason_while_moving()
    if paths.SWAPPING.exists():
        return (
            "its state is being copied or replaced; if that was interrupted, it is finished within 15 minutes, or now by: "
            "npm run ssh -- sudo state-copy tidy"
        )
    if paths.STOPPED.exists():
        return "it was stopped by hand and stays off until `npm run start`"
    if hold.is_held():
        return "the guard holds it because of what Binance allows the key to do: run `npm run verify`"
    if not paths.KEY_PAIR.exists() and not paths.WITHOUT_KEY.exists():
        return "there is no key yet: set binance:apiKey and binance:apiSecret, and run `pulumi up`"
    if paths.NEEDS_PROGRAM.exists() and not paths.CURRENT_PROGRAM.exists():
        return "its program isn't installed yet: run `npm run install-bot -- FOLDER`"
    if paths.NEEDS_PROGRAM.exists() and paths.PROGRAM_UNUSED.exists():
        return (
            "its program was installed for a bot that has been removed from the settings: run `npm run install-bot -- "
            "FOLDER`, or `npm run start` to use that program"
        )
    if why := state_place.problem():
        return why
    # The last one, because the next start that isn't refused removes it.
    return memory.read(paths.REFUSED)


def reason_while_moving() -> str:
    if is_being_restored():
        return "a restore of its state was interrupted: run the same `npm run restore` again to finish that"
    return "its state is being moved to a fresh system: finish that by `npm run replace` or `npm run rebuild`, which began it"


def is_being_restored() -> bool:
    """Whether bot-backup keeps the bot off, and not bot-state."""
    try:
        return paths.MOVING.read_text() == paths.RESTORING
    except FileNotFoundError:
        return False


def is_enabled() -> bool:
    """Whether a bot is configured."""
    return systemctl("is-enabled", "--quiet").ok


def takes_key_pair() -> bool:
    """Whether there is a bot that uses the key pair of this server."""
    return is_enabled() and not paths.WITHOUT_KEY.exists()


def is_active() -> bool:
    return systemctl("is-active", "--quiet", timeout=SHOW_LIMIT).ok


def is_starting() -> bool:
    """Whether the bot is about to start, or waits for its restart."""
    state = show("ActiveState", "Job")
    return state["ActiveState"] in ("activating", "reloading") or state["Job"] not in ("", "0")


def is_off() -> bool:
    """Whether a person wants the bot to be off, so that a new program or key pair must not start it.

    That is so after `npm run stop`, and after `systemctl stop` until the next boot. A bot that failed has another
    result, one that the guard holds was stopped by the guard, and one that has ended by itself was not stopped.
    """
    if paths.STOPPED.exists():
        return True
    state = show("ActiveState", "Result", "InvocationID")
    ended = state["ActiveState"] == "inactive" and state["Result"] == "success" and state["InvocationID"] != ""
    return ended and reason_not_to_start() is None and not has_ended_by_itself()


def has_ended_by_itself() -> bool:
    """Whether the bot is off because it has ended by itself without an error, and its settings let it (bot.mayEnd).

    systemd's properties look the same after `systemctl stop`, so `bot-control ended` leaves a file.
    """
    state = show("ActiveState", "InvocationID")
    try:
        return state["ActiveState"] == "inactive" and paths.ENDED.read_text() == state["InvocationID"]
    except FileNotFoundError:
        return False


def after_restart(running: str) -> str:
    """What the bot does after a restart that succeeded, as the rest of a sentence. `running` if it runs."""
    if has_ended_by_itself():
        return "ended by itself without an error, which bot.mayEnd allows, and stays off until the next start"
    return f"{running} in paper mode" if is_in_paper_mode() else running


def is_in_paper_mode() -> bool:
    """Whether the bot trades without real money (bot.mode)."""
    try:
        return json.loads(paths.BOT_SETTINGS.read_text()).get("mode") == "paper"
    except (OSError, ValueError, AttributeError):
        return False


def restart() -> str | None:
    """Starts or restarts the bot, and watches it. Returns None if it runs, otherwise the reason why it doesn't.

    A bot that ends by itself, and may do so, counts as running: `after_restart` says which of both it is.
    If the guard holds the bot, this tries anyway: the guard checks the key before the start, and may let it go.
    A bot that runs, and could not be started again, is left running.
    """
    check_key()
    before = show("Type", "InvocationID")
    if is_active() and (why := reason_not_to_stop()):
        return why
    forget_retries()
    systemctl("reset-failed")
    # One step, so that a crash can't leave a bot stopped. Not waited for: systemd would wait for a bot that crashes
    # until it is no longer restarted.
    systemctl("restart", "--no-block")
    if not ends(before["InvocationID"], STOP_LIMIT):
        kill()
        if not ends(before["InvocationID"], KILL_LIMIT):
            return NOT_STOPPED
    limit = NOTIFY_START_LIMIT if before["Type"] == "notify" else START_LIMIT
    return None if watch(before["InvocationID"], limit) else reason_not_running(limit)


def wait_for_stop() -> str | None:
    """Waits until a bot that is being stopped has ended, and kills it if it takes too long. Returns why it has not ended."""
    state = show("ActiveState", "InvocationID")
    if state["ActiveState"] != "deactivating" or ends(state["InvocationID"], STOP_LIMIT):
        return None
    kill()
    return None if ends(state["InvocationID"], KILL_LIMIT) else NOT_STOPPED


def ends(invocation: str, limit: int) -> bool:
    """Waits until this invocation of the bot has ended, which is being restarted."""
    for _ in range(limit):
        now = show("ActiveState", "InvocationID")
        if now["InvocationID"] != invocation or now["ActiveState"] not in ("active", "deactivating", "reloading"):
            return True
        time.sleep(1)
    return False


def check_key() -> None:
    """Lets the guard check the live pair. A check that runs already may be of the previous one, so it begins again."""
    if takes_key_pair() and paths.KEY_PAIR.exists():
        run("systemctl", "restart", paths.GUARD, timeout=CHECK_LIMIT)


def end_check() -> None:
    """Ends a check that runs, without a verdict. Waits for what root does about one that has just ended."""
    run("systemctl", "stop", paths.GUARD, timeout=CHECK_LIMIT)


def reason_not_to_stop() -> str | None:
    """Why a bot that runs could not be started again after a stop, as far as its key decides that."""
    if not takes_key_pair() or passes.is_without_check():
        return None
    why = passes.reason_to_refuse(passes.live_fingerprint())
    return why and f"it was not restarted, because it could not be started again: {why}"


def forget_refusal() -> None:
    files.remove(paths.REFUSED)


def restart_with_restored() -> str:
    """Restarts the bot after what it ran with was restored. Returns what it does now, as the rest of a sentence."""
    if why := restart():
        return f"but the bot doesn't run with it either: {why}"
    return f"and the bot {after_restart('runs with it again')}"


def watch(previous: str, limit: int) -> bool:
    """Whether the bot runs for SETTLE seconds. `previous` is the invocation that is being replaced."""
    ran = 0
    for _ in range(limit):
        time.sleep(1)
        now = show("ActiveState", "SubState", "Result", "NRestarts", "InvocationID", "Job")
        if now["ActiveState"] in ("inactive", "failed"):
            # With a job it still waits to start.
            if now["Job"] in ("", "0"):
                return now["InvocationID"] != previous and has_ended_by_itself()
        elif now["InvocationID"] != previous:
            if now["NRestarts"] != "0" or now["SubState"].startswith("auto-restart"):
                return False
            ran += now["ActiveState"] == "active"
            if ran == SETTLE:
                return True
    return False


def waits_for_clock() -> bool:
    """Whether the bot is about to start, and waits until the clock is right."""
    clock = run("systemctl", "show", "--property=ActiveState", paths.CLOCK, timeout=SHOW_LIMIT).output.strip()
    return clock == "ActiveState=activating" and show("Job")["Job"] not in ("", "0")


def reason_not_running(limit: int) -> str:
    """Why the bot doesn't run. Nothing that the bot has printed: bots print anything, keys included."""
    if why := reason_not_to_start():
        return why
    if waits_for_clock():
        return CLOCK_IS_WRONG
    state = show("ActiveState", "SubState", "Result", "ExecMainStatus", "NRestarts")
    if state["Result"] == "protocol":
        return "it ended before it reported that it had started (bot.watchdogSeconds): see `npm run logs`"
    if state["Result"] != "success":
        return f"it ended with {state['Result']}, exit status {state['ExecMainStatus']}: see `npm run logs`"
    if state["ActiveState"] == "inactive":
        return (
            "`systemctl stop` stopped it, or a unit that it needs has failed: "
            "see `npm run ssh -- sudo systemctl status trading-bot`"
        )
    if state["NRestarts"] != "0" or state["SubState"].startswith("auto-restart"):
        if state["ExecMainStatus"] != "0":
            return f"it ended with exit status {state['ExecMainStatus']} within {SETTLE} seconds: see `npm run logs`"
        return (
            f"it ended without an error within {SETTLE} seconds, and a bot that ends is restarted up to five times in "
            "half an hour; if it may end by itself, set bot.mayEnd to true: see `npm run logs`"
        )
    return f"it has not started within {limit} seconds: see `npm run logs`"


def start_unwatched() -> None:
    """Starts the bot and doesn't wait. Its earlier failures no longer count."""
    forget_retries()
    systemctl("reset-failed")
    systemctl("start", "--no-block")


def stop(limit: int = STOP_LIMIT, commands: str | None = paths.COMMAND_WITH_KEY) -> None:
    """The one way to stop the bot, whatever state it is in: asks it to end, and kills it if it doesn't in time.

    It also ends the commands whose units begin with `commands`: those with the key, all (paths.COMMAND) or none (None).
    Raises Failure if even that doesn't help.
    """
    units = [] if commands is None else [f"{commands}*.service"]
    if systemctl("stop", *units, timeout=limit).ok or show("LoadState")["LoadState"] == "not-found":
        return
    kill()
    if not systemctl("stop", *units, timeout=KILL_LIMIT).ok:
        raise Failure(NOT_STOPPED)
    # It was stopped, and has not failed.
    systemctl("reset-failed")


def begin_to_stop(commands: str) -> None:
    """Asks systemd to stop the bot and those commands, as `stop`, and doesn't wait."""
    systemctl("stop", "--no-block", f"{commands}*.service", timeout=SHOW_LIMIT)


def kill() -> None:
    """Kills every process of the bot, also if systemd doesn't answer."""
    run("pkill", "--signal=KILL", f"--euid={paths.BOT_USER}", timeout=KILL_LIMIT)
    systemctl("kill", "--signal=KILL", timeout=KILL_LIMIT)


def exchange_is_unavailable() -> None:
    """Called after a check of the guard for which the exchange was unavailable.

    A bot that fails while the exchange is unavailable is started again for as long as that lasts. systemd would end
    that after five starts in half an hour (StartLimitBurst=), so its count begins again before each of these starts. If
    the guard or this function doesn't work, systemd's limit applies.
    """
    if not paths.RETRIES.exists():
        memory.write(paths.RETRIES, "0")
    if show("SubState")["SubState"].startswith("auto-restart"):
        systemctl("reset-failed")


def forget_retries() -> None:
    """Called when the exchange is available again, and when somebody starts the bot."""
    files.remove(paths.RETRIES)


def systemctl(verb: str, *options: str, timeout: float | None = None) -> Result:
    return run("systemctl", verb, *options, paths.BOT, timeout=timeout)


def show(*names: str) -> dict[str, str]:
    """Properties of the bot's unit. What systemd doesn't say is an empty text."""
    lines = systemctl("show", f"--property={','.join(names)}", timeout=SHOW_LIMIT).output.splitlines()
    return dict.fromkeys(names, "") | dict(line.split("=", 1) for line in lines if "=" in line)
