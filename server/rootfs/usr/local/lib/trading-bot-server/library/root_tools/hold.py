"""The guard's hold of the bot: the bot can't be started until a check passes.

It is marked in memory first, which needs no disk that answers, and then on the disk, for the next boot. Neither needs
free space (markers.py). If the disk takes nothing at all, the revoked record of the last pass (passes.py) still keeps the
bot from starting after a boot, because that is written first. A marker says whether the bot is wanted: "yes" if it ran or was starting.
"""

from root_tools import files, markers, memory, paths


def is_held() -> bool:
    return paths.HELD.exists() or paths.HELD_IN_MEMORY.exists()


def mark_in_memory(wanted: bool) -> str | None:
    """Returns why that failed: nothing of this may keep the bot from being stopped."""
    try:
        memory.write(paths.HELD_IN_MEMORY, "yes\n" if wanted else "no\n")
    except OSError as error:
        return f"{paths.HELD_IN_MEMORY} can't be written ({error.strerror})"
    return None


def mark_on_disk() -> str | None:
    """Makes the hold outlive a boot. Returns why that failed."""
    if paths.HELD.exists():
        return None
    try:
        markers.put(paths.HELD, (memory.read(paths.HELD_IN_MEMORY) or "yes").strip())
        files.sync(paths.HELD)
    except OSError as error:
        return f"{paths.HELD} can't be written ({error.strerror})"
    return None


def is_wanted() -> bool:
    """Whether the bot ran when it was held. An empty marker is from a version that could not write to a full disk."""
    content = memory.read(paths.HELD_IN_MEMORY) or memory.read(paths.HELD) or ""
    return content.strip() != "no"


def release() -> None:
    markers.take_away(paths.HELD)
    files.remove(paths.HELD_IN_MEMORY)
