"""Whether the server is sound apart from the key: for the heartbeat."""

import os

from root_tools import bot, paths, state_place
from root_tools.commands import run

# Of the bytes and of the inodes of the disk.
LEAST_FREE = 0.05
# In seconds. Binance refuses requests whose time is a second ahead.
LARGEST_CLOCK_ERROR = 0.5


def problem() -> str | None:
    """What isn't sound. None if everything is."""
    if not bot.is_active() and not paths.STOPPED.exists():
        return "the bot doesn't run, and nobody stopped it"
    # One try, for which chronyd's estimate must be good enough.
    if not run("chronyc", "waitsync", "1", str(LARGEST_CLOCK_ERROR), timeout=10).ok:
        return "the clock isn't right, or nothing is known about it"
    disks = {"disk": paths.STATE, **({"volume with the bot's state": paths.VOLUME} if state_place.is_on_volume() else {})}
    for name, place in disks.items():
        if os.statvfs(place).f_flag & os.ST_RDONLY:
            return f"the {name} is read-only"
    if is_full(os.statvfs(paths.STATE)):
        return f"the disk is full: less than {LEAST_FREE:.0%} of its bytes or inodes are free"
    if state_place.is_on_volume() and is_full(os.statvfs(paths.VOLUME)):
        return f"the volume with the bot's state is full: less than {LEAST_FREE:.0%} of its bytes or inodes are free"
    return None


def is_full(disk: os.statvfs_result) -> bool:
    # Some file systems have no fixed number of inodes, and report 0.
    few_inodes = disk.f_files > 0 and disk.f_favail < disk.f_files * LEAST_FREE
    return few_inodes or disk.f_bavail < disk.f_blocks * LEAST_FREE
