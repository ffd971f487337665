"""The copies of the bot's state that move to a fresh system with it: what a roll-back, an undo or a person needs there.

They never keep the state itself from being restored: without room for them on the fresh system, they are left out.
"""

import io
import json
import shutil
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from root_tools import copies, disk_space, files, paths, state_place, state_tree
from root_tools.copies import Copy
from root_tools.releases import PREVIOUS, target
from root_tools.tar_stream import Part
from root_tools.tool import Failure, report

# Where they are in the archive.
FOLDER = "copies"


@dataclass(frozen=True)
class Carried:
    place: Path
    copy: Copy
    bytes: int

    @property
    def part(self) -> Part:
        return Part(self.place.parent, [f"{FOLDER}/{self.copy.name}"])


def choose(with_state: bool) -> list[Carried]:
    """What goes with the state. Copies on a volume stay there with it. Shows what is saved, and what is left behind."""
    places = state_place.copy_folders() if with_state else [paths.STATE / FOLDER]
    # A copy has its name once, also if an interrupted move has left it in both.
    found = {copy.name: (place, copy) for place in reversed(places) for copy in copies.complete_in(place)}
    wanted = needed([copy for _, copy in found.values()], target(PREVIOUS))
    carried = [measured(place, copy) for place, copy in found.values() if copy.name in wanted]
    return [one for one in carried if one is not None]


def measured(place: Path, copy: Copy) -> Carried | None:
    state = place / copy.name / "state"
    try:
        state_tree.refuse_too_deep(state)
        size = state_tree.measure(state).bytes
    except Failure as failure:
        report(f"The copy of the state {copy.name}, {copy.described()}, isn't saved: {failure}")
        return None
    report(f"With a copy of the state: {copy.name}, {copy.described()}")
    return Carried(place, copy, size)


def needed(found: Iterable[Copy], previous: str | None) -> set[str]:
    """The names of the copy for a roll-back, of the state that was replaced last, and of what a person has named."""
    latest_first = sorted(found, key=lambda copy: copy.made, reverse=True)
    named = [copy.name for copy in latest_first if copy.is_named]
    unnamed = [copy for copy in latest_first if not copy.is_named]
    of_previous = [copy.name for copy in unnamed if copy.release == previous and previous is not None]
    replaced = [copy.name for copy in unnamed if copy.is_replaced]
    return {*named, *of_previous[:1], *replaced[:1]}


def left_out(chunk: bytes) -> list[str]:
    """The folder of copies, if the disk has no room for it beside everything else in an archive that begins with this."""
    try:
        manifest = first_entry(chunk)
        size, rest = int(manifest["bytesOfCopies"]), int(manifest["bytes"])
    except (OSError, ValueError, LookupError, TypeError, zlib.error, tarfile.TarError):
        # Of an older version, or damaged, which its checksum will say.
        return []
    if size == 0 or shutil.disk_usage(paths.STATE).free - size - rest >= disk_space.RESERVE:
        return []
    report(
        f"The disk has no room for the copies of the state ({disk_space.shown(size)}), so they are left out. They stay in the "
        "saved state on your computer"
    )
    return [FOLDER]


def first_entry(chunk: bytes) -> Any:
    """The manifest at the beginning of a gzipped archive, which isn't verified yet."""
    beginning = zlib.decompressobj(wbits=31).decompress(chunk, 1 << 20)
    with tarfile.open(fileobj=io.BytesIO(beginning), mode="r|") as archive:
        entry = archive.next()
        content = archive.extractfile(entry) if entry else None
        return json.loads(content.read()) if content else None


def put_in_place(unpacked: Path) -> None:
    """On the server's own disk, from where they can become the state of a volume as well. Can be done again."""
    for arrived in copies.complete_in(unpacked):
        there = copies.read(arrived.name)
        if there is not None and there.made >= arrived.made:
            continue
        copies.remove(arrived.name)
        files.make_folder(paths.STATE / FOLDER, 0o700)
        files.move(unpacked / arrived.name, paths.STATE / FOLDER / arrived.name)
