"""What a backup of the bot holds: an archive like one of bot-state, with a copy of the state. The bot goes on meanwhile."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from root_tools import bot, bot_state, copies, files, paths
from root_tools.releases import target
from root_tools.tar_stream import Part
from root_tools.tool import Failure, report


@dataclass(frozen=True)
class Contents:
    parts: list[Part]
    # Where the copy of the state is, and what it is called in the archive.
    renamed: tuple[str, str]


@contextmanager
def contents() -> Iterator[Contents]:
    """What is to be packed. The caller holds the lock of the program, so that no release is removed meanwhile."""
    if paths.MOVING.exists():
        raise Failure(f"the bot doesn't run: {bot.reason_while_moving()}")
    bot_state.refuse_what_cannot_be_restored()
    manifest = bot_state.manifest(with_state=True)
    files.write(bot_state.STAGED_MANIFEST, json.dumps(manifest), 0o600)
    state = str(paths.BOT_STATE.relative_to(paths.ROOT))
    parts = [Part(bot_state.STAGED_MANIFEST.parent, [bot_state.MANIFEST])]
    try:
        if manifest["state"]:
            parts.append(Part(copy_of_state().folder, ["state"]))
        parts.append(Part(paths.ROOT, [path for path in bot_state.saved_paths(with_state=True) if path != state]))
        yield Contents(parts, ("state", state))
    finally:
        copies.remove(copies.PACKED)
        files.remove(bot_state.STAGED_MANIFEST)


def copy_of_state() -> copies.Copy:
    try:
        made = copies.make(copies.PACKED, target(paths.CURRENT_PROGRAM))
    except Failure as failure:
        raise Failure(f"the bot's state could not be copied: {failure}") from failure
    for note in made.notes:
        report(f"  {note}")
    return made
