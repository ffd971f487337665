"""Copies of the bot's state. A copy has its name when all of it is on the disk.

A copy is a folder: the state, and copy.json with what is known of it. The name says what it is for: a release, which has
left this state when another program replaced it; `replaced-TIME`, a state in whose place another one was restored; or the
name that a command has given it.
"""

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from root_tools import disk_space, files, memory, paths, sandboxed, state_place, state_tree
from root_tools.commands import must_run, run
from root_tools.releases import RELEASES, installed
from root_tools.tool import Failure, printable

RELEASE = re.compile(f"[0-9a-f]{{{paths.FINGERPRINT_LENGTH}}}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
REPLACED = "replaced-"
# What bot-backup packs, and what it puts in the place of the state. Both are there only meanwhile.
PACKED, TO_RESTORE = "being-packed", "being-restored"
KEPT_ASIDE = timedelta(days=30)
# The least part of the disk's inodes that a copy leaves.
FREE_INODES = 0.1
UNIT = "trading-bot-copy@{}.service"
OUTPUT = paths.RUN / "copy-output"


@dataclass
class Copy:
    name: str
    # The release of the bot's program that has left this state. None if there was none.
    release: str | None
    made: str
    bytes: int | None = None
    entries: int | None = None
    databases: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return state_place.copy_folder(self.name)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.made)

    @property
    def kept_until(self) -> datetime:
        return self.made_at + KEPT_ASIDE

    @property
    def is_replaced(self) -> bool:
        return self.name.startswith(REPLACED)

    @property
    def is_named(self) -> bool:
        """A person or another tool has made it, and it stays until it is removed."""
        return not (self.is_replaced or RELEASE.fullmatch(self.name) or self.name in (PACKED, TO_RESTORE))

    def described(self) -> str:
        size = "" if self.bytes is None else f"{disk_space.shown(self.bytes)}, "
        return f"{size}of {self.made_at:%Y-%m-%d %H:%M:%S UTC}"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def staged() -> Path:
    """What is being copied. The unit shows it to the bot's user, and nothing else of the folder that it is in."""
    return state_place.copies() / ".making"


def shown() -> Path:
    """Where the unit looks for it: a link to it, if the state is on a volume."""
    return paths.STATE / "copies/.making"


def removed() -> Path:
    return state_place.copies() / ".removed"


def everything() -> list[Copy]:
    """The latest first."""
    names = {name for folder in state_place.copy_folders() if folder.is_dir() for name in os.listdir(folder)}
    found = [copy for name in names if (copy := read(name))]
    return sorted(found, key=lambda copy: (copy.made, copy.name), reverse=True)


def read(name: str) -> Copy | None:
    """None if there is no complete copy of this name."""
    if not (RELEASE.fullmatch(name) or NAME.fullmatch(name)):
        return None
    return read_from(state_place.copy_folder(name))


def read_from(folder: Path) -> Copy | None:
    """None if there is no complete copy in this folder."""
    try:
        content = json.loads((folder / "copy.json").read_text())
        known = {entry.name: content[entry.name] for entry in fields(Copy) if entry.name in content}
        copy = Copy(**(known | {"name": folder.name}))
    except (OSError, ValueError, TypeError):
        return None
    return copy if state_tree.is_folder(folder / "state") else None


def complete_in(place: Path) -> list[Copy]:
    """The complete copies of one folder."""
    names = sorted(os.listdir(place)) if place.is_dir() else []
    found = [read_from(place / name) for name in names if RELEASE.fullmatch(name) or NAME.fullmatch(name)]
    return [copy for copy in found if copy is not None]


def of_release(release: str) -> Copy | None:
    """The copy that was made when another program replaced this one."""
    return read(release)


def left_by(release: str) -> Copy | None:
    """The state that a release has left last: it was copied then, or another one was restored in its place."""
    found = (copy for copy in everything() if copy.release == release)
    return next((copy for copy in found if copy.is_replaced or RELEASE.fullmatch(copy.name)), None)


def check_room() -> state_tree.Size:
    """Raises Failure if the state can't be copied: there is no room for it, or too much in it."""
    place = state_place.state()
    state_tree.refuse_too_deep(place)
    size = state_tree.measure(place)
    # The copies are on the same disk as the state.
    disk = os.statvfs(place)
    free = shutil.disk_usage(place).free
    if free - size.bytes < disk_space.RESERVE:
        raise Failure(
            f"there is no room for it. It takes {disk_space.shown(size.bytes)}, {disk_space.shown(disk_space.RESERVE)} must "
            f"stay free, and {disk_space.shown(free)} are free now. To see what takes the space: "
            "npm run ssh -- sudo du -xh --max-depth=3 / | sort -h"
        )
    if disk.f_files and disk.f_favail - size.entries < disk.f_files * FREE_INODES:
        raise Failure(f"it has {size.entries} files and folders, and the disk has no room for so many more")
    return size


def make(name: str, release: str | None) -> Copy:
    """Copies the state as the bot's user. The new copy takes the place of one with the same name."""
    size = check_room()
    clear()
    stage()
    result = run_unit("copy")
    made = Copy(name, release, now(), size.bytes, **checked(result))
    files.write(staged() / "copy.json", json.dumps(asdict(made)), 0o600)
    sync(staged())
    put(staged(), name)
    return made


def take_in(name: str, folder: Path, made: str | None = None) -> Copy:
    """Makes a folder that comes from elsewhere a copy, in place of one with the same name. It stays on its file system."""
    copy = Copy(name, None, made or now())
    remove(name)
    home = paths.VOLUME if folder.is_relative_to(paths.VOLUME) else paths.STATE
    files.make_folder(home / "copies", 0o700)
    files.make_folder(home / "copies" / name, 0o700)
    files.write(copy.folder / "copy.json", json.dumps(asdict(copy)), 0o600)
    sync(folder)
    files.move(folder, copy.state)
    return copy


def take_in_earlier() -> None:
    """Takes in the states that a restore of version 0.6.0 has replaced."""
    for folder in state_place.all_kept_aside():
        made = datetime.strptime(folder.name, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        take_in(f"{REPLACED}{made:%Y%m%dt%H%M%Sz}", folder, made.isoformat(timespec="seconds"))
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()


def stage() -> None:
    staged().mkdir(mode=0o755)
    if shown() != staged():
        files.make_folder(shown().parent, 0o700)
        files.point(shown(), str(staged()))
    folders = [staged() / name for name in ("state", "result")]
    for folder in folders:
        folder.mkdir(mode=0o700)
    must_run("chown", f"{paths.BOT_USER}:{paths.BOT_USER}", *map(str, folders))


def sync(folder: Path) -> None:
    must_run("sync", "--file-system", str(folder))


def put(folder: Path, name: str) -> None:
    """Gives a complete copy its name."""
    remove(name)
    files.move(folder, state_place.copies() / name)


def run_unit(command: str) -> dict[str, Any]:
    """Runs copy-state. Returns what it has found."""
    memory.make_folder()
    try:
        if not sandboxed.run_unit(UNIT.format(command), OUTPUT):
            raise Failure("the reason is above, or in: npm run ssh -- sudo journalctl --unit='trading-bot-copy@*' --lines=20")
        return sandboxed.read_result(staged() / "result/result.json", "copy-state")
    finally:
        OUTPUT.unlink(missing_ok=True)
        delete(staged() / "result")


def checked(result: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: result[name] for name in ("entries", "databases") if isinstance(result.get(name), int)}
    notes = result.get("notes")
    texts = [printable(note)[:500] for note in notes if isinstance(note, str)] if isinstance(notes, list) else []
    return {**numbers, "notes": texts}


def clear() -> None:
    """Removes what an interrupted copy has left, its processes first."""
    run("systemctl", "stop", UNIT.format("*"))
    files.make_folder(state_place.copies(), 0o700)
    if shown().is_symlink():
        files.remove(shown())
    delete(staged(), removed(), shown())


def remove(name: str) -> None:
    """It loses its name first, so that a copy is complete as long as it has one."""
    while (folder := state_place.copy_folder(name)).is_dir():
        nameless = folder.parent / removed().name
        delete(nameless)
        files.move(folder, nameless)
        delete(nameless)


def delete(*folders: Path) -> None:
    """Not in this process: a hostile bot decides how deep they are."""
    found = [str(folder) for folder in folders if folder.exists()]
    if found:
        must_run("rm", "--recursive", "--force", "--one-file-system", "--", *found)


def remove_old() -> None:
    """Removes the copies of releases that aren't there any more, states that were replaced long ago, and what a command has
    left that was killed.
    """
    for name in (PACKED, TO_RESTORE):
        remove(name)
    # On a fresh system, the program comes later than a volume with the copies of its state.
    is_program_here = any(installed())
    for copy in everything():
        is_for_release = RELEASE.fullmatch(copy.name) is not None
        if is_for_release and is_program_here and not (RELEASES / copy.name).is_dir():
            remove(copy.name)
        if copy.is_replaced and datetime.now(UTC) > copy.kept_until:
            remove(copy.name)
