"""The frame of every root tool: its commands, its messages and how it ends."""

import inspect
import os
import signal
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from root_tools import paths


class Failure(Exception):
    """Why a tool can't do what was asked, as sentences for the person who called it. It holds no secret."""


def run_tool(name: str, usage: str, commands: Mapping[str, Callable[..., None]], args: Sequence[str]) -> int:
    """Runs the command that args name, with the rest of args as its arguments. Returns the exit code.

    0: done. 1: it failed, and standard error says why. 2: there is no such command.
    """
    if list(args) in (["-h"], ["--help"]):
        say(usage.strip())
        return 0
    command = commands.get(args[0]) if args else None
    if command is None or not takes(command, args[1:]):
        report(usage.strip())
        return 2
    # Whatever the caller's is: files get the mode that the tool gives them.
    os.umask(0o022)
    try:
        command(*args[1:])
    except Failure as failure:
        report(f"{name}: {failure}")
        return 1
    except OSError as error:
        # Such as a full disk. What a tool has changed by then is finished, or rolled back, by its next run.
        report(f"{name}: {error.filename or 'a file'}: {error.strerror}")
        return 1
    return 0


def takes(command: Callable[..., None], args: Sequence[str]) -> bool:
    try:
        inspect.signature(command).bind(*args)
    except TypeError:
        return False
    return True


def require_root() -> None:
    """Raises Failure for a caller who can't change the server."""
    if os.geteuid() != 0 and str(paths.ROOT) == "/":
        raise Failure("only root may do that: put sudo before it")


def survive_hangup() -> None:
    """From now on, a person who disconnects doesn't interrupt a change or its roll-back."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def caller() -> str:
    """The person who called the tool by sudo, for the journal."""
    return os.environ.get("SUDO_USER") or "root"


def say(message: str) -> None:
    """Prints to standard output: what the caller asked for."""
    show(message, sys.stdout)


def report(message: str) -> None:
    """Prints to standard error: progress, and what went wrong."""
    show(message, sys.stderr)


def printable(text: str) -> str:
    """The text with "?" for each character that a terminal would obey, or that hides or reverses others.

    A message may quote what the bot has printed, and `pulumi up` shows it as it is.
    """
    unsafe = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join("?" if unicodedata.category(c) in unsafe and c not in "\n\t" else c for c in text)


def show(message: str, stream: IO[str]) -> None:
    try:
        print(printable(message), file=stream, flush=True)
    except OSError:
        # Nobody reads it any more. What is still in the buffer must not fail the tool when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
