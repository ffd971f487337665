"""restart-updated: restarts what runs code that an update has replaced.

Services are restarted right after the updates, the proxies included: a bot can reach its own, so it must not run with a
hole that is fixed. The bot and the server are restarted only in the window, which is the time of the setting rebootTime.
Without a window, the owner gets a report.
"""

from collections.abc import Sequence
from typing import Literal

from root_tools import bot, journal, memory, old_code, paths
from root_tools.commands import must_run, run
from root_tools.lock import exclusive
from root_tools.tool import Failure, require_root, run_tool, say, survive_hangup

NAME = "restart-updated"

USAGE = """
Usage: sudo restart-updated COMMAND

After an update, programs run their old code until they are restarted.

  list      Lists what runs old code, with the files that an update has replaced.
  services  Restarts the services that run old code, but not the bot. If rebootTime is `never`, the webhook reports what
            is left. Runs after each automatic update.
  window    Restarts the bot if it runs old code. Reboots the server if a program runs old code that only a reboot
            restarts. A timer runs it at rebootTime.

The exit code is 0, or 1 with the reason on standard error.
"""

# A restart of one of these would end the connections of people, of the network or of other services.
NEEDS_REBOOT = ("dbus.", "dbus-broker.", "getty@", "serial-getty@", "networking.", "ifup@", "dhcpcd", "NetworkManager.")
SYSTEMD = "init.scope"
# A mistake in the configuration would keep a service from starting again. These find it before the service is stopped.
CHECKS = {"ssh.service": ("sshd", "-t")}
# How long the restart of one service, or a report, may take, in seconds.
LIMIT = 120

# When a unit gets its new code.
Moment = Literal["now", "in the window", "at the next reboot", "when it ends"]


def moment(unit: str) -> Moment:
    if unit == paths.BOT:
        return "in the window"
    if unit.startswith(NEEDS_REBOOT):
        return "at the next reboot"
    if unit == SYSTEMD:
        return "now"
    # Other scopes are people's sessions, and a unit that only does one thing ends by itself.
    transient = unit.startswith(("run-", "user@", paths.COMMAND)) or unit.endswith(".scope")
    one_shot = show("Type", unit) == "oneshot"
    return "when it ends" if transient or one_shot else "now"


def moments() -> dict[str, Moment]:
    """The units that run old code."""
    return {unit: moment(unit) for unit in sorted(old_code.units())}


def list_units() -> None:
    require_root()
    for unit, replaced in sorted(old_code.units().items()):
        say(f"{unit} (restarted {shown_moment(unit)}): {', '.join(sorted(replaced))}")


def shown_moment(unit: str) -> str:
    match moment(unit):
        case "now":
            return "after the next automatic update, or now: sudo restart-updated services"
        case "when it ends":
            return "when it ends"
        case _ if has_window():
            return "at the time of rebootTime"
        case "in the window":
            return "by you: npm run restart"
        case "at the next reboot":
            return "when you reboot the server"


def services() -> None:
    require_root()
    survive_hangup()
    # Before the lock is taken: a bot with very many mappings can make this slow.
    found = moments()
    now = [unit for unit in found if found[unit] == "now"]
    # systemd is the last one, because it ends the connections of all programs that wait for a unit.
    with exclusive(NAME):
        failed = [unit for unit in sorted(now, key=lambda unit: unit == SYSTEMD) if not restart(unit)]
    if not has_window():
        report_what_waits([unit for unit in found if found[unit] in ("in the window", "at the next reboot")])
    if failed:
        raise Failure(f"these services run old code and could not be restarted: {', '.join(failed)}")


def restart(unit: str) -> bool:
    check = CHECKS.get(unit)
    result = run(*check) if check else None
    if result is None or result.ok:
        # systemd continues with new code in place.
        action = ("daemon-reexec",) if unit == SYSTEMD else ("restart", unit)
        result = run("systemctl", *action, timeout=LIMIT)
    if result.ok:
        journal.record(NAME, f"{unit} ran code that an update has replaced, and was restarted.")
    else:
        journal.record(NAME, f"{unit} runs code that an update has replaced, and could not be restarted.", "err")
    return result.ok


def report_what_waits(units: Sequence[str]) -> None:
    """Reports units that are not restarted without a window: once for each start of them."""
    waiting = {f"{unit} {show('InvocationID', unit)}" for unit in units}
    reported = set((memory.read(paths.OLD_CODE_REPORTED) or "").splitlines())
    # If the report can't be started, the next update tries again.
    if waiting - reported and run("systemctl", "start", "--no-block", "trading-bot-outdated.service").ok:
        memory.write(paths.OLD_CODE_REPORTED, "\n".join(sorted(waiting)))


def window() -> None:
    require_root()
    survive_hangup()
    found = moments()
    reboots = "at the next reboot" in found.values()
    # Not while a tool changes the server.
    with exclusive(NAME):
        # A person or the guard may have stopped it.
        runs = bot.is_active()
        if not reboots and not (runs and paths.BOT in found):
            return
        if runs and (why := bot.reason_not_to_stop()):
            raise Failure(f"the bot runs old code, or needs a reboot, but {why}")
        announce("the server is rebooted" if reboots else "the bot is restarted")
        if reboots:
            must_run("systemctl", "reboot")
        elif why := bot.restart():
            raise Failure(f"the bot doesn't run: {why}")


def announce(change: str) -> None:
    """Reports a change before it happens. It isn't delayed for long by a webhook that doesn't answer."""
    journal.record(NAME, f"For an update, {change}.")
    run("systemctl", "start", "trading-bot-updated.service", timeout=LIMIT)


def has_window() -> bool:
    return paths.UPDATE_WINDOW.exists()


def show(name: str, unit: str) -> str:
    return run("systemctl", "show", f"--property={name}", "--value", unit).output


COMMANDS = {"list": list_units, "services": services, "window": window}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
