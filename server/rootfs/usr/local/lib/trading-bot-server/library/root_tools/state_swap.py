"""Puts a copy in the place of the bot's state. The state that it replaces is kept aside.

The marker `swapping` keeps the bot off while its state is copied or replaced, and says what is being done. So whatever
interrupts that, it is finished later, and the bot never starts with a part of a state: `finish`.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from root_tools import copies, files, paths, state_place, state_tree
from root_tools.copies import Copy
from root_tools.tool import Failure


@dataclass(frozen=True)
class Swap:
    """What the marker says. `command` is "copy" while the state is only copied, and nothing has to be finished.

    It is "volume" while the state is moved to or from a volume: root_tools/state_volume.py.
    """

    command: str
    # The copy that becomes the state, and the name that the replaced state gets.
    copy: str = ""
    replaced: str = ""
    # When that was begun, and which release the replaced state is from.
    made: str = ""
    release: str | None = None
    # The links to releases that belong to the copy.
    current: str | None = None
    previous: str | None = None


def is_unfinished() -> bool:
    return paths.SWAPPING.exists()


def pending() -> Swap | None:
    if not is_unfinished():
        return None
    return Swap(**json.loads(paths.SWAPPING.read_text()))


def keep_bot_off() -> None:
    """While its state is being copied."""
    mark(Swap("copy"))


def mark(swap: Swap) -> None:
    files.write(paths.SWAPPING, json.dumps(asdict(swap)), 0o600)


def let_bot_start() -> None:
    files.remove(paths.SWAPPING)


def begin(command: str, copy: Copy, release: str | None, current: str | None = None, previous: str | None = None) -> Swap:
    """From here on, the copy replaces the state, whatever happens. The bot can't be started until then."""
    made = copies.now()
    name = name_of_replaced(made)
    swap = Swap(command, copy.name, name, made, release, current, previous)
    mark(swap)
    return swap


def name_of_replaced(made: str) -> str:
    name = f"{copies.REPLACED}{datetime.fromisoformat(made):%Y%m%dt%H%M%Sz}"
    while state_place.copy_folder(name).exists():
        name += "-2"
    return name


def finish(swap: Swap) -> None:
    """Can be done again from the start. The marker stays: more may belong to this."""
    new = state_place.copy_folder(swap.copy) / "state"
    state = state_place.state()
    if state_tree.is_folder(new):
        if state_tree.is_folder(state):
            keep_aside(swap)
        new = state_place.arrive(new)
        if os.path.lexists(state):
            raise Failure(f"{state} isn't a folder, so nothing can take its place")
        files.move(new, state)
    state_place.refresh()
    copies.remove(swap.copy)


def keep_aside(swap: Swap) -> None:
    replaced = Copy(swap.replaced, swap.release, swap.made)
    while state_tree.is_folder(replaced.state):
        # It was moved before this was interrupted. What is there now was made since then.
        replaced.name += "-2"
    put_aside(state_place.state(), state_place.copies(), replaced)


def put_aside(state: Path, place: Path, replaced: Copy) -> None:
    """Makes a state a copy, by a rename. The folder of copies is on the same disk."""
    try:
        size = state_tree.measure(state)
        replaced.bytes, replaced.entries = size.bytes, size.entries
    except Failure:
        # Too much to be counted. It is kept anyway.
        pass
    files.make_folder(place, 0o700)
    files.make_folder(place / replaced.name, 0o700)
    files.write(place / replaced.name / "copy.json", json.dumps(asdict(replaced)), 0o600)
    # What the bot has written last may not be on the disk yet.
    copies.sync(state)
    files.move(state, place / replaced.name / "state")
