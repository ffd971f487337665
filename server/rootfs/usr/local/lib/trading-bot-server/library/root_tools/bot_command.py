"""bot-command: runs a command as the bot: with its user, network, state, limits and sandbox, beside the bot.

systemd starts the command as a separate unit, and connects it to the input and output of this process. It ends with this
process, and when nobody reads its output any more. The guard's stop of the bot also ends it (bot.stop).
"""

import contextlib
import fcntl
import os
import re
import select
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from root_tools import bot, files, hold, journal, memory, passes, paths
from root_tools.commands import run
from root_tools.tool import Failure, caller, report, require_root, run_tool

NAME = "bot-command"

USAGE = """
Usage: sudo bot-command run COMMAND [ARGUMENT …]
       sudo bot-command run-with-secrets COMMAND [ARGUMENT …]
       sudo bot-command run-with-key COMMAND [ARGUMENT …]
       sudo bot-command ended UNIT

  run           Runs a command as the bot: with its user, network, state, limits and sandbox, in the current release of
                its program. It does not get the bot's key or other secrets.
  run-with-secrets
                The same, with the bot's other secrets, and not its live key. Refused while the guard holds the bot.
  run-with-key  The same, with the other secrets and the key. Refused while the guard holds the bot, or if no check of
                the key has passed lately. In paper mode, the key is the demo key pair.
  ended         Records how a command has ended. The command's unit calls it.

COMMAND is a program of the release (.venv/bin, node_modules/.bin), a program of Debian, or a path; {program} and {state}
are replaced as in bot.command. `npm run bot` calls this. The exit code is the command's, 128 and the number of the signal
that has ended it, or 1 with the reason on standard error.
"""

# How many commands may run at the same time.
LIMIT = 4
INIT = "/usr/local/lib/trading-bot-server/bot-init"
LAUNCHER = "/usr/local/lib/trading-bot-server/launch-bot"
# ssh uses 255 for a connection that failed.
HIGHEST_CODE = 254
# The signals of a stop. bot-init passes on what has ended the command by its exit code.
STOPS = (signal.SIGTERM, signal.SIGKILL)
# How long a command may take to end, in seconds. Its unit gives it 10.
STOP_LIMIT = 30
# systemd-run neither colors the terminal nor changes its title.
UNCHANGED_TERMINAL = {"SYSTEMD_TINT_BACKGROUND": "0", "SYSTEMD_ADJUST_TERMINAL_TITLE": "0"}
WARNING = (
    "The bot is running, and has the same state. If this command writes there, end it (Ctrl-C) and stop the bot before "
    "you run it again: npm run stop"
)


class Ended(Exception):
    """The connection has ended, or a signal wants this process to end."""


def run_without_secrets(*command: str) -> None:
    run_as_bot(command, paths.COMMAND)


def run_with_secrets(*command: str) -> None:
    run_as_bot(command, paths.COMMAND_WITH_SECRETS)


def run_with_key(*command: str) -> None:
    # The demo key pair is among the secrets of a unit that never gets the live one.
    run_as_bot(command, paths.COMMAND_WITH_SECRETS if paths.WITH_DEMO_KEY.exists() else paths.COMMAND_WITH_KEY)


def run_as_bot(command: Sequence[str], prefix: str) -> NoReturn:
    """Runs a command to its end. How the name of its unit begins decides what it gets."""
    require_root()
    if not command:
        raise Failure("no command is given")
    if why := reason_to_refuse(prefix):
        raise Failure(f"the command was not started: {why}")
    if bot.is_active():
        report(WARNING)
    with free_slot() as slot:
        unit = f"{prefix}{slot}"
        if prefix != paths.COMMAND:
            # Its arguments may hold a secret.
            what = "key" if prefix == paths.COMMAND_WITH_KEY else "secrets"
            journal.record(NAME, f"{caller()} runs {os.path.basename(command[0])} with the bot's {what}.")
        # Left over if an earlier process was killed.
        stop(*units(slot))
        files.remove(record(unit))
        code = run_unit(unit, command)
    raise SystemExit(min(code, HIGHEST_CODE))


def reason_to_refuse(prefix: str) -> str | None:
    if not paths.BOT_SETTINGS.exists():
        return "no bot is configured: set bot.command, and run `pulumi up`"
    if paths.MOVING.exists():
        return f"the bot must stay off, because {bot.reason_while_moving()}"
    if paths.SWAPPING.exists():
        return "the bot's state is being copied or replaced: try again in a few minutes"
    if prefix == paths.COMMAND:
        return None
    if hold.is_held():
        return "the guard holds the bot because of what Binance allows the key to do: run `npm run verify`"
    return reason_to_refuse_key() if prefix == paths.COMMAND_WITH_KEY else reason_to_refuse_secrets()


def reason_to_refuse_secrets() -> str | None:
    if paths.WITH_SECRETS.exists() or paths.WITH_DEMO_KEY.exists():
        return None
    return "the bot has no other secrets: `pulumi config set --secret --path bot.secrets.NAME`, and then `pulumi up`"


def reason_to_refuse_key() -> str | None:
    if paths.WITHOUT_KEY.exists():
        return (
            "the bot's settings give it no key (bot.key is none, or bot.mode is paper). For the bot's other secrets: "
            "--with-secrets"
        )
    if not paths.KEY_PAIR.exists():
        return (
            "there is no key yet: set binance:apiKey, and binance:apiSecret or binance:publicKey, and run `pulumi up`"
        )
    if passes.reason_to_refuse(passes.live_fingerprint()):
        return f"no check of the key has passed in the last {passes.valid_hours()} hours: run `npm run verify`"
    return None


@contextlib.contextmanager
def free_slot() -> Iterator[int]:
    """One of a few numbers that no other command has. A process that is killed gives it up."""
    memory.make_folder()
    for number in range(1, LIMIT + 1):
        file = os.open(paths.RUN / f"command-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield number
            return
        except BlockingIOError:
            continue
        finally:
            os.close(file)
    raise Failure(f"{LIMIT} commands run already, which is the limit: wait until one has ended")


def run_unit(unit: str, command: Sequence[str]) -> int:
    """Runs the command to its end, as a transient unit. Its drop-ins say how: trading-bot-command-.service.d."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    streams = "--pty" if os.isatty(0) and os.isatty(1) else "--pipe"
    options = ["--quiet", "--collect", "--wait", streams, "--service-type=exec", "--expand-environment=no"]
    launch = [INIT, LAUNCHER, str(paths.BOT_SETTINGS), str(paths.CURRENT_PROGRAM), *command]
    try:
        systemd_run = ["systemd-run", *options, f"--unit={unit}", "--", *launch]
        code = wait(subprocess.Popen(systemd_run, env=os.environ | UNCHANGED_TERMINAL))
    except Ended:
        code = 128 + signal.SIGHUP
    finally:
        stop(unit)
    how = memory.read(record(unit))
    if how is None:
        report(f"{NAME}: the command was not started. See why: npm run ssh -- sudo journalctl --unit={unit} --lines=5")
    return exit_code(how, code)


def end(_number: int, _frame: object) -> NoReturn:
    raise Ended


def wait(child: subprocess.Popen[bytes]) -> int:
    """Raises Ended if nobody reads the output any more, because the connection has ended."""
    poll = select.poll()
    poll.register(os.pidfd_open(child.pid), select.POLLIN)
    # Without events, it still reports that the other end is closed.
    poll.register(1, 0)
    while child.poll() is None:
        if any(descriptor == 1 for descriptor, _ in poll.poll()):
            raise Ended
    return child.returncode


def exit_code(ended: str | None, of_systemd_run: int) -> int:
    """The exit code of a command, by the record of `ended`. Without one, its unit has not started, and systemd-run may
    report success: so if an assertion of the unit isn't met.
    """
    how, _, status = (ended or "").partition(" ")
    if how == "exited" and status.isdecimal():
        code = int(status)
    elif how in ("killed", "dumped") and f"SIG{status}" in signal.Signals.__members__:
        code = 128 + signal.Signals[f"SIG{status}"]
    else:
        return of_systemd_run or 1
    if code - 128 in STOPS:
        name = signal.Signals(code - 128).name
        report(f"{NAME}: the command was ended by {name}. A stop of the bot, by you or by the guard, does that.")
    return code


def stop(*names: str) -> None:
    run("systemctl", "stop", *(f"{name}.service" for name in names), timeout=STOP_LIMIT)


def units(slot: int) -> list[str]:
    return [f"{prefix}{slot}" for prefix in (paths.COMMAND, paths.COMMAND_WITH_SECRETS, paths.COMMAND_WITH_KEY)]


def record(unit: str) -> Path:
    """How a command has ended. systemd forgets that with its unit."""
    return paths.RUN / f"{unit}.ended"


def ended(unit: str) -> None:
    """systemd runs this when a command has ended, and says how in the environment (ExecStopPost= of the unit)."""
    require_root()
    if not re.fullmatch(rf"{paths.COMMAND}(key-|secrets-)?\d", unit):
        raise Failure("this isn't the unit of a command")
    memory.write(record(unit), f"{os.environ.get('EXIT_CODE', '')} {os.environ.get('EXIT_STATUS', '')}")


COMMANDS = {
    "run": run_without_secrets,
    "run-with-secrets": run_with_secrets,
    "run-with-key": run_with_key,
    "ended": ended,
}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
