"""What root may know of the bot's state without opening any file of it: its size, and whether it can be restored.

Each folder is opened from the one that it is in. So the time for an entry doesn't depend on how deep it is, no link is
followed, and no more folders are open at once than there may be levels.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from root_tools import paths
from root_tools.tool import Failure

# In bytes, without the first slash. The kernel takes 4095.
LONGEST_PATH = 4000
# Each of them is slower than the one above it, for tar and for whatever reads the state later.
MOST_LEVELS = 200
# A copy of so many files takes a few minutes.
MOST_ENTRIES = 1_000_000


@dataclass
class Size:
    """What a folder takes on the disk. A file with several names counts once."""

    entries: int = 0
    bytes: int = 0
    seen: set[tuple[int, int]] = field(default_factory=set, repr=False)

    def add(self, found: os.stat_result) -> None:
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise Failure(f"it has more than {MOST_ENTRIES} files and folders")
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            if (found.st_dev, found.st_ino) in self.seen:
                return
            self.seen.add((found.st_dev, found.st_ino))
        self.bytes += found.st_blocks * 512


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def measure(folder: Path) -> Size:
    """Raises Failure if a folder has too much in it to be copied."""
    size = Size()
    with opened(folder) as descriptor:
        size.add(os.fstat(descriptor))
        measure_within(descriptor, size, MOST_LEVELS)
    return size


def measure_within(folder: int, size: Size, levels: int) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                size.add(entry.stat(follow_symlinks=False))
                if levels > 0 and entry.is_dir(follow_symlinks=False):
                    with opened(entry.name, folder) as inner:
                        measure_within(inner, size, levels - 1)
            except (FileNotFoundError, NotADirectoryError):
                # The bot runs, and has removed or replaced it.
                continue


def refuse_too_deep(folder: Path) -> None:
    """A bot can make paths that are longer than what the kernel takes. They can be saved, and not restored."""
    where = folder.relative_to(paths.ROOT)
    with opened(folder) as descriptor:
        too_deep = first_too_deep(descriptor, LONGEST_PATH - len(os.fsencode(where)))
    if too_deep is not None:
        # By its number, because a hostile bot chose the name.
        find = f"npm run ssh -- sudo find /{where} -maxdepth 1 -inum {too_deep}"
        raise Failure(
            f"a path in /{where} has more than {LONGEST_PATH} bytes or {MOST_LEVELS} levels, so it could not be "
            f"restored. See what it is in, and remove that:\n{find}\n{find} -exec rm -rf {{}} +"
        )


def first_too_deep(folder: int, longest: int) -> int | None:
    """The inode of the first entry of a folder in which a path is too long or too deep."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_too_deep(entry, folder, longest, MOST_LEVELS):
                return entry.inode()
    return None


def is_too_deep(entry: os.DirEntry[str], parent: int, longest: int, levels: int) -> bool:
    left = longest - 1 - len(os.fsencode(entry.name))
    if left < 0 or levels == 0:
        return True
    if not entry.is_dir(follow_symlinks=False):
        return False
    try:
        with opened(entry.name, parent) as folder, os.scandir(folder) as entries:
            return any(is_too_deep(inner, folder, left, levels - 1) for inner in entries)
    except (FileNotFoundError, NotADirectoryError):
        # The bot runs, and has removed or replaced it.
        return False


@contextmanager
def opened(folder: Path | str, parent: int | None = None) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
