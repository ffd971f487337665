"""copy-state: copies the bot's state, as the bot's user, in the sandbox of a unit: trading-bot-copy@.service.

So root opens no file that a bot has made, and follows no link of it. Databases of SQLite are read as their other users do:
by its backup API, which gives one state of them while the bot writes. Everything else is copied as it is.
"""

import errno
import json
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from root_tools import disk_space, freqtrade_trades, paths, state_tree
from root_tools.tool import Failure, run_tool

NAME = "copy-state"

USAGE = """
Usage: copy-state COMMAND

  copy    Copies the bot's state, and writes what it has found to result/result.json.
  trades  Writes the trades that freqtrade has in its database, the latest first, to result/result.json.
"""

# What the unit shows: the state, and a folder that holds an empty `state` and `result`.
TARGET = paths.at("/var/copy")
# As the first bytes of each of its files.
SQLITE = b"SQLite format 3\0"
# What belongs to a database and is in its copy.
COMPANIONS = ("-wal", "-shm", "-journal")
CHUNK = 1 << 20
# How long to wait for a database that is locked, in seconds.
LOCKED_LIMIT = 10
# How many pages of a database without a write-ahead log are read before the bot may write to it, and how often such a copy
# begins again because the bot did. Then it is read at once.
PAGES = 4096
MOST_RESTARTS = 3
MOST_NOTES = 20
# The bot has removed a file meanwhile, or put something else in its place.
REPLACED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO)


class Restarted(Exception):
    """The bot has written to a database often enough that the copy never ends."""


class Copy:
    """One copy of a folder, with what was found in it."""

    def __init__(self, source: Path, target: Path) -> None:
        self.source = source
        self.target = target
        self.entries = 0
        self.databases = 0
        self.notes: list[str] = []
        # Where files are that have several names.
        self._names: dict[tuple[int, int], Path] = {}

    def note(self, path: Path, what: str) -> None:
        if len(self.notes) < MOST_NOTES:
            # A hostile bot chose the name.
            self.notes.append(f"{ascii(str(path.relative_to(self.source)))[1:-1][:200]}: {what}")

    def folder(self, source: Path, target: Path, levels: int = state_tree.MOST_LEVELS) -> None:
        if levels < 0:
            raise Failure(f"the state has more than {state_tree.MOST_LEVELS} levels of folders")
        found = os.lstat(source)
        copied: set[str] = set()
        for name in sorted(os.listdir(source)):
            if name in copied:
                continue
            try:
                if self.entry(source / name, target / name, levels):
                    copied.update(name + ending for ending in COMPANIONS)
            except PermissionError:
                self.note(source / name, "left out, because the bot's user may not read it")
            except OSError as error:
                if error.errno not in REPLACED:
                    raise
        finish(target, found)

    def entry(self, source: Path, target: Path, levels: int) -> bool:
        """Whether it is a database, and its companions are in its copy."""
        found = os.lstat(source)
        self.count()
        if stat.S_ISDIR(found.st_mode):
            # Read before the folder is made, so that one that can't be read isn't there.
            os.listdir(source)
            target.mkdir(mode=0o700)
            self.folder(source, target, levels - 1)
        elif stat.S_ISLNK(found.st_mode):
            os.symlink(os.readlink(source), target)
        elif stat.S_ISFIFO(found.st_mode):
            os.mkfifo(target, stat.S_IMODE(found.st_mode) & 0o777)
        elif stat.S_ISREG(found.st_mode):
            return self.file(source, target)
        # A program makes its sockets again. There are no devices.
        return False

    def file(self, source: Path, target: Path) -> bool:
        # Not blocked by a pipe that has just taken the file's place.
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return False
            is_database = os.pread(descriptor, len(SQLITE), 0) == SQLITE
            if found.st_nlink > 1 and (first := self._names.get((found.st_dev, found.st_ino))):
                os.link(first, target)
                return is_database
            if not is_database:
                copy_bytes(descriptor, target, found.st_size)
        finally:
            # Before the database is opened: a process that closes a file gives up all its locks of it.
            os.close(descriptor)
        copied = is_database and self.database(source, target)
        if is_database and not copied:
            self.file_as_it_is(source, target)
        if found.st_nlink > 1:
            self._names[found.st_dev, found.st_ino] = target
        finish(target, found)
        return copied

    def file_as_it_is(self, source: Path, target: Path) -> None:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            copy_bytes(descriptor, target, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)

    def database(self, source: Path, target: Path) -> bool:
        """Whether SQLite could read it."""
        try:
            back_up(source, target)
        except sqlite3.Error as error:
            for path in (target, *(Path(f"{target}{ending}") for ending in COMPANIONS)):
                path.unlink(missing_ok=True)
            self.note(source, f"{describe(error)} ({error}), copied as it is")
            return False
        self.databases += 1
        return True

    def count(self) -> None:
        self.entries += 1
        if self.entries > state_tree.MOST_ENTRIES:
            raise Failure(f"the state has more than {state_tree.MOST_ENTRIES} files and folders")
        if self.entries % 1000 == 0:
            check_room(0)


def describe(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "a database that stayed locked"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        # Its journal is copied as well. The next program that opens the database undoes the change.
        return "a database with an unfinished change"
    return "a damaged or unusual database"


def back_up(source: Path, target: Path) -> None:
    """Copies a database by SQLite. With a write-ahead log, the bot can write meanwhile.

    For reading only: a damaged database must stay as it is.
    """
    reader = sqlite3.connect(f"file:{quote(os.fsencode(source))}?mode=ro", uri=True, timeout=LOCKED_LIMIT)
    try:
        has_log = reader.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        check_room(os.lstat(source).st_size)
        if not has_log:
            try:
                read_pages(reader, target, PAGES)
                return
            except Restarted:
                target.unlink()
        read_pages(reader, target, -1)
    finally:
        reader.close()


def read_pages(reader: sqlite3.Connection, target: Path, pages: int) -> None:
    restarts, left = 0, sys.maxsize

    def progress(_: int, remaining: int, __: int) -> None:
        nonlocal restarts, left
        restarts += remaining > left
        left = remaining
        if restarts > MOST_RESTARTS:
            raise Restarted

    writer = sqlite3.connect(target)
    try:
        writer.execute("PRAGMA synchronous = off")
        writer.execute("PRAGMA journal_mode = off")
        reader.backup(writer, pages=pages, progress=progress, sleep=0.01)
    finally:
        writer.close()


def copy_bytes(source: int, target: Path, size: int) -> None:
    """Copies a file up to the size that it had. What is a hole stays one."""
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as copy:
        for start, end in data_in(source, size):
            copy_range(source, copy.fileno(), start, end)
        copy.truncate(size)


def data_in(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a file has data, and no hole."""
    end = 0
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
            end = min(size, os.lseek(file, start, os.SEEK_HOLE))
        except OSError as error:
            if error.errno == errno.ENXIO:
                # Nothing but a hole is left.
                return
            raise
        yield start, end


def copy_range(source: int, target: int, start: int, end: int) -> None:
    # Without data, the bot has shortened it meanwhile.
    while start < end and (data := os.pread(source, min(CHUNK, end - start), start)):
        check_room(len(data))
        start += os.pwrite(target, data, start)


def check_room(size: int) -> None:
    disk = os.statvfs(TARGET)
    if disk.f_bavail * disk.f_frsize - size < disk_space.RESERVE:
        raise Failure("the disk became too full while the state was copied")


def finish(target: Path, found: os.stat_result) -> None:
    os.chmod(target, stat.S_IMODE(found.st_mode) & 0o777)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def write_result(result: dict[str, Any]) -> None:
    (TARGET / "result/result.json").write_text(json.dumps(result), encoding="utf-8")


def copy() -> None:
    made = Copy(paths.BOT_STATE, TARGET / "state")
    made.folder(made.source, made.target)
    write_result({"entries": made.entries, "databases": made.databases, "notes": made.notes})


def trades() -> None:
    write_result(freqtrade_trades.read(paths.BOT_STATE))


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, {"copy": copy, "trades": trades}, args)
