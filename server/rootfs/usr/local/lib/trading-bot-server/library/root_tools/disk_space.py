"""How much of the disk the bot's programs take, and how much is left."""

import os
import shutil
from pathlib import Path

from root_tools import paths

# What an installation leaves to the bot and to the server, in bytes.
RESERVE = 1 << 30
UNITS = ("KiB", "MiB", "GiB")


def free() -> int:
    return shutil.disk_usage(paths.PROGRAMS).free


def is_enough_for(size: int) -> bool:
    return free() - size >= RESERVE


def size_of(folder: Path) -> int:
    """What a folder takes. No link is followed."""
    size = 0
    for parent, _, names in os.walk(folder):
        size += sum(os.lstat(os.path.join(parent, name)).st_blocks * 512 for name in (".", *names))
    return size


def shown(size: int) -> str:
    """A size for people, such as 1.5 GiB."""
    amount = size / 1024
    for unit in UNITS[:-1]:
        if amount < 1000:
            return f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} {UNITS[-1]}"
