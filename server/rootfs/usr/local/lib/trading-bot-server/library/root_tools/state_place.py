"""Where the bot's state is, and the copies of it. They are on the same file system, so that one can take the other's place.

That is the server's own disk, or a volume that outlives the server. The record says which: it is there as long as the state
is on a volume, and what a tool does to move the state is complete when it is written or removed (root_tools/state_volume.py).
On the volume, the state is a subfolder, which is mounted where the bot looks for it.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from root_tools import disk_space, files, paths, state_transfer, state_tree
from root_tools.commands import must_run, run
from root_tools.tool import Failure

# The names that systemd gives to the mount units of these folders.
VOLUME_UNIT = r"var-lib-trading\x2dbot\x2dserver-volume.mount"
STATE_UNIT = r"var-lib-trading\x2dbot.mount"

# What to do about a volume that is full.
LARGER = (
    "To make it larger: pulumi config set stateVolume GB, then pulumi up, and then this again. To see what is kept on it, which "
    "can be removed: npm run ssh -- sudo state-copy list"
)


@dataclass(frozen=True)
class Record:
    """The volume that the state is on."""

    # Hetzner's id of it.
    id: int
    # Of its file system.
    uuid: str
    # Whose state it is: the project and the stack.
    stack: str


def record() -> Record | None:
    try:
        return Record(**json.loads(paths.VOLUME_RECORD.read_text()))
    except FileNotFoundError:
        return None


def write_record(new: Record) -> None:
    files.write(paths.VOLUME_RECORD, json.dumps(asdict(new)), 0o600)


def is_on_volume() -> bool:
    return paths.VOLUME_RECORD.exists()


def problem() -> str | None:
    """Why the state can't be used now. None if it can, or if it is on the server's own disk."""
    wanted = record()
    if wanted is None:
        return None
    if not is_mounted(paths.VOLUME):
        return (
            f"its state is on the volume {wanted.id}, which isn't there. If it was detached, attach it to this server in "
            "Hetzner's Console, and then: npm run start. See what systemd says: npm run ssh -- sudo systemctl status "
            "trading-bot"
        )
    if stack_on_volume() != wanted.stack:
        return f"its state is on the volume {wanted.id}, and what is mounted there is of another stack"
    return None


def stack_on_volume() -> str | None:
    """Whose state the volume is for. None if nothing is written on it."""
    try:
        return paths.VOLUME_STACK.read_text().strip()
    except FileNotFoundError:
        return None


def is_mounted(folder: Path) -> bool:
    return run("mountpoint", "--quiet", str(folder)).ok


def home() -> Path:
    """The folder of the state's file system that is root's. Raises Failure if a volume should be there and isn't."""
    if not is_on_volume():
        return paths.STATE
    if why := problem():
        raise Failure(f"nothing can be done with the bot's state: {why}")
    return paths.VOLUME


def state() -> Path:
    """The folder that is renamed when the state is replaced."""
    return paths.BOT_STATE if home() == paths.STATE else paths.VOLUME / "state"


def copies() -> Path:
    """Where new copies are made. Its parents are root's, so nobody else gets to a copy."""
    return home() / "copies"


def copy_folders() -> list[Path]:
    """Where copies are: also on the server's own disk, if they were made before the state was moved to a volume."""
    return list(dict.fromkeys([copies(), paths.STATE / "copies"]))


def copy_folder(name: str) -> Path:
    """The folder of a copy. A new one gets it where the state is."""
    return next((place / name for place in copy_folders() if (place / name).is_dir()), copies() / name)


def kept_aside() -> Path:
    """Where bot-backup keeps the states that it has replaced."""
    return home() / "replaced-state"


def all_kept_aside() -> list[Path]:
    """The oldest first. Their names are times."""
    places = dict.fromkeys([kept_aside(), paths.STATE / "replaced-state"])
    return sorted((kept for place in places if place.is_dir() for kept in place.iterdir()), key=lambda kept: kept.name)


def require_room(folder: Path) -> None:
    """Raises Failure if the volume has no room for a folder that is to become the state. The present state is kept beside it."""
    if not must_be_copied(folder):
        return
    shutil.rmtree(arriving(), ignore_errors=True)
    size, free = state_tree.measure(folder).bytes, shutil.disk_usage(paths.VOLUME).free
    if free - size < disk_space.RESERVE:
        raise Failure(
            f"the volume has no room for the restored state beside what is on it. It takes {disk_space.shown(size)}, "
            f"{disk_space.shown(disk_space.RESERVE)} must stay free, and {disk_space.shown(free)} are free. {LARGER}"
        )


def must_be_copied(folder: Path) -> bool:
    return home() != paths.STATE and not folder.is_relative_to(paths.VOLUME)


def arrive(folder: Path) -> Path:
    """Copies a folder to the file system of the state, from where it can be renamed. It may be there already."""
    if not must_be_copied(folder):
        return folder
    arrived = arriving()
    state_transfer.copy(folder, arrived)
    return arrived


def arriving() -> Path:
    return home() / ".arriving"


def leaving() -> Path:
    """Where the replaced state is until it is removed."""
    return home() / ".leaving"


def clear() -> None:
    """Removes what a tool has left in both."""
    for place in (paths.VOLUME, paths.STATE):
        for name in (".arriving", ".leaving"):
            shutil.rmtree(place / name, ignore_errors=True)


def refresh() -> None:
    """Called after the state was replaced, while the bot is off. A plain folder needs nothing."""
    if is_on_volume():
        # What is mounted is the folder that was replaced.
        must_run("systemctl", "restart", STATE_UNIT)


def open_volume() -> None:
    """Mounts the volume, if the state is on one. Raises Failure if it can't be used: what is below the mount isn't the state."""
    if not is_on_volume():
        return
    must_run("systemctl", "start", VOLUME_UNIT, STATE_UNIT)
    if why := problem():
        raise Failure(f"nothing can be done with the bot's state: {why}")


def close() -> None:
    """Unmounts the volume, before its server is deleted or rebuilt. The next start of the bot mounts it again."""
    if is_on_volume():
        must_run("sync", "--file-system", str(paths.VOLUME))
        # If a person's shell is in one of them, what is written is on the volume anyway.
        run("systemctl", "stop", STATE_UNIT, VOLUME_UNIT)
