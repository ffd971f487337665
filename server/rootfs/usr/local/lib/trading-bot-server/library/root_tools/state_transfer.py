"""Copies the bot's state to another file system, and compares both. The bot is off, so nothing changes meanwhile.

A bot may have put anything into its state: links, pipes, files with holes or with several names. No link is followed, and
what isn't a regular file is never opened.
"""

import os
import shutil
import stat
from pathlib import Path

from root_tools import state_tree
from root_tools.commands import must_run
from root_tools.tool import Failure

CHUNK = 1 << 20
# What a file takes more on another file system, in bytes, and still has its holes.
MOST_MORE = 1 << 20


def copy(source: Path, target: Path) -> None:
    """Raises Failure unless the target is the same as the source, and on its disk. It replaces what is there."""
    shutil.rmtree(target, ignore_errors=True)
    must_run("cp", "--archive", "--one-file-system", "--no-target-directory", "--", str(source), str(target))
    must_run("sync", "--file-system", str(target))
    if difference := compare(source, target):
        raise Failure(f"the copy isn't the same as the bot's state ({difference}). The bot goes on with the state as it was")


def compare(source: Path, target: Path) -> str | None:
    """What is different. None if nothing is."""
    comparison = Comparison()
    with state_tree.opened(source) as one, state_tree.opened(target) as other:
        try:
            return comparison.entry(os.fstat(one), os.fstat(other)) or comparison.folders(one, other, state_tree.MOST_LEVELS)
        except (FileNotFoundError, NotADirectoryError):
            return "the state was changed while it was copied"


class Comparison:
    """Two folders that must be the same."""

    def __init__(self) -> None:
        # Which file of the target is which one of the source, for files with several names.
        self._same: dict[tuple[int, int], tuple[int, int]] = {}

    def folders(self, one: int, other: int, levels: int) -> str | None:
        names = sorted(os.listdir(one))
        if names != sorted(os.listdir(other)):
            return "names are missing or new"
        for name in names:
            if different := self.within(name, one, other, levels):
                return different
        return None

    def within(self, name: str, one: int, other: int, levels: int) -> str | None:
        found, copied = (os.stat(name, dir_fd=folder, follow_symlinks=False) for folder in (one, other))
        if different := self.entry(found, copied) or self.attributes(name, one, other):
            # By its number, because a hostile bot chose the name.
            return f"{different} of the file with the number {found.st_ino}"
        if stat.S_ISDIR(found.st_mode):
            if levels == 0:
                return f"more than {state_tree.MOST_LEVELS} levels of folders"
            with state_tree.opened(name, one) as inner, state_tree.opened(name, other) as copied_inner:
                return self.folders(inner, copied_inner, levels - 1)
        if stat.S_ISLNK(found.st_mode):
            same = os.readlink(name, dir_fd=one) == os.readlink(name, dir_fd=other)
            return None if same else f"the target of the link with the number {found.st_ino}"
        if stat.S_ISREG(found.st_mode) and not same_content(name, one, other):
            return f"the content of the file with the number {found.st_ino}"
        return None

    def entry(self, found: os.stat_result, copied: os.stat_result) -> str | None:
        is_folder = stat.S_ISDIR(found.st_mode)
        for what, differs in (
            ("kind or mode", found.st_mode != copied.st_mode),
            ("owner", (found.st_uid, found.st_gid) != (copied.st_uid, copied.st_gid)),
            ("time", found.st_mtime_ns != copied.st_mtime_ns),
            ("size", not is_folder and found.st_size != copied.st_size),
            ("number of names", not is_folder and found.st_nlink != copied.st_nlink),
        ):
            if differs:
                return f"the {what}"
        if stat.S_ISREG(found.st_mode):
            return self.file(found, copied)
        return None

    def file(self, found: os.stat_result, copied: os.stat_result) -> str | None:
        if (copied.st_blocks - found.st_blocks) * 512 > MOST_MORE:
            return "the holes"
        if found.st_nlink == 1:
            return None
        number = (copied.st_dev, copied.st_ino)
        same = self._same.setdefault((found.st_dev, found.st_ino), number)
        return None if same == number else "the other names"

    def attributes(self, name: str, one: int, other: int) -> str | None:
        both = [attributes_of(f"/proc/self/fd/{folder}/{name}") for folder in (one, other)]
        return None if both[0] == both[1] else "the extended attributes"


def attributes_of(path: str) -> dict[str, bytes]:
    names = os.listxattr(path, follow_symlinks=False)
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in names}


def same_content(name: str, one: int, other: int) -> bool:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with (
        open(os.open(name, flags, dir_fd=one), "rb", buffering=0) as source,
        open(os.open(name, flags, dir_fd=other), "rb", buffering=0) as target,
    ):
        while True:
            chunk = source.read(CHUNK)
            if chunk != target.read(CHUNK):
                return False
            if not chunk:
                return True
