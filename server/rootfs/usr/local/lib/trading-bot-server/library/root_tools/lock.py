"""The one lock of all tools that change the server.

Who takes it: server-files, binance-credential, service-credential, trading-bot-program while it switches, bot-state
while it puts a restored state in place, restart-updated, and bot-control when a person starts or restarts the bot.
Who must not wait for it: the guard's verdict and `bot-control stop`, because stopping the bot is always urgent (a start
by the holder looks at what they leave, because the bot's unit does); and
what a holder waits for: `bot-control apply`, and what the units of the bot and the guard run.
Hold it for changes, not for downloads: a delivery that is not confirmed in time also needs it to undo itself. So
trading-bot-program has a second lock (PROGRAM_LOCK) for a whole installation, and takes this one inside of it. bot-state
holds that second lock while it saves or restores, and state-copy while it copies, so that no program is installed at the
same time.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from root_tools import memory, paths
from root_tools.tool import report


@contextmanager
def shared_if_free(tool: str, path: Path) -> Iterator[None]:
    """Holds the lock together with others, if that is possible within a second. If not, this goes on without it."""
    with ExitStack() as stack:
        with suppress(OSError):
            memory.make_folder()
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, lock)
            if share(lock):
                os.ftruncate(lock, 0)
                os.pwrite(lock, tool.encode(), 0)
        yield


def share(lock: int) -> bool:
    for _ in range(10):
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.1)
    return False


@contextmanager
def exclusive_if_free(tool: str, path: Path) -> Iterator[bool]:
    """Holds the lock if no other tool does, and says whether it is held."""
    memory.make_folder()
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        name_holder(lock, tool)
        yield True
    finally:
        os.close(lock)


@contextmanager
def exclusive(tool: str, path: Path = paths.LOCK) -> Iterator[None]:
    """Holds the lock, and waits for it if another tool does. A process that is killed gives it up."""
    memory.make_folder()
    # Children don't inherit it: Python closes it for them.
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 200, 0).decode(errors="replace") or "another tool"
            report(f"{tool}: waiting for {holder} to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        name_holder(lock, tool)
        yield
    finally:
        os.close(lock)


def name_holder(lock: int, tool: str) -> None:
    """Writes into the lock which tool holds it, for those that wait."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{tool} (process {os.getpid()})".encode(), 0)
