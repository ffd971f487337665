"""bot-state: saves what a bot needs on another server or a fresh disk, and restores it there.

An archive is a gzipped tar. Its names are the server's own paths, and its first entry is the manifest, which has the
version of this format. The key pair isn't in it: `pulumi up` installs that.

The archive is made while the bot is held, so nothing changes meanwhile. It is restored to a staging folder that only
root can enter, and moved from there when it is known to be complete. So a link that a bot has left in its state is never
followed.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from root_tools import (
    bot,
    carried_copies,
    files,
    journal,
    packages,
    paths,
    state_place,
    state_transfer,
    state_tree,
    volume_switch,
)
from root_tools.commands import must_run
from root_tools.lock import exclusive
from root_tools.program_switch import finish_if_interrupted, program_lock
from root_tools.state_tree import is_folder, refuse_too_deep
from root_tools.tar_stream import Part, checksum_in, pack, require_checksum, unpack
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup
from root_tools.releases import PREVIOUS, PROVEN, RELEASES, hide_all_but, installed, point, show, target

NAME = "bot-state"

USAGE = """
Usage: sudo bot-state COMMAND

  hold            Stops the bot, and keeps it off until `release`, even after a reboot, a new key pair or a new program.
  save            Writes an archive of the bot's state, of the installed releases of its program, and of whether it was
                  stopped by hand, to standard output. The bot must be held. A state on a volume isn't in it: it stays
                  there, and the volume is unmounted. With it come the copy of the state for a roll-back, the state
                  that was replaced last, and the copies that a person has named.
  save-all        As `save`, also with a state that is on a volume: the next server is where the volume can't go.
  size            Prints how many bytes the bot's state takes. The bot may run meanwhile.
  checksum        Prints the SHA-256 of the last archive that was written completely.
  restore SHA256  Reads such an archive from standard input and puts it in place. The bot is held, and stays so.
  release         Ends the hold. Starts the bot unless there is another reason why it must be off, and reports whether
                  it runs.

`npm run replace`, `npm run rebuild` and `npm run failover` call these. The exit code is 0, or 1 with the reason on standard error.
"""

FORMAT = 1
MANIFEST = "manifest.json"
# In memory: the archive is sent right after.
STAGED_MANIFEST = paths.at("/run/trading-bot-server/saving") / MANIFEST
CHECKSUM = paths.at("/run/trading-bot-server/saved-checksum")
# On the same disk as what is restored, and for root alone.
STAGING = paths.STATE / "restoring"
FOLDERS = (paths.BOT_STATE, packages.TREES, RELEASES)
LINKS = (paths.CURRENT_PROGRAM, PREVIOUS, PROVEN)


def hold() -> None:
    allow_change()
    refuse_while_restored()
    hold_bot()
    say("The bot is held, and stays off until its state is moved, or until: sudo bot-state release")


def hold_bot() -> None:
    """The marker comes first, so that no start gets past it."""
    if not paths.MOVING.exists():
        files.write(paths.MOVING, "")
        journal.record(NAME, f"held by {caller()}")
    # A new server has no unit of the bot yet.
    if bot.is_enabled() or bot.is_active() or bot.is_starting():
        # A command could change the state meanwhile, with or without the key.
        bot.stop(commands=paths.COMMAND)


def save() -> None:
    write_archive("save", with_state=not state_place.is_on_volume())


def save_all() -> None:
    require_root()
    state_place.open_volume()
    write_archive("save-all", with_state=True)


def write_archive(command: str, with_state: bool) -> None:
    require_root()
    with program_lock(f"{NAME} {command}"):
        files.remove(CHECKSUM)
        if not paths.MOVING.exists():
            raise Failure("the bot isn't held, and could change its state meanwhile: sudo bot-state hold")
        if bot.is_active() or bot.is_starting():
            raise Failure("the bot runs although it is held: sudo bot-state hold")
        if with_state:
            refuse_what_cannot_be_restored()
        carried, sizes = copies_to_carry(with_state)
        files.write(STAGED_MANIFEST, json.dumps(manifest(with_state) | sizes), 0o600)
        parts = [Part(STAGED_MANIFEST.parent, [MANIFEST]), Part(paths.ROOT, saved_paths(with_state)), *carried]
        checksum = pack(parts, sys.stdout.buffer)
        files.write(CHECKSUM, checksum, 0o600)
        if not with_state:
            state_place.close()
    journal.record(NAME, f"saved {checksum} for {caller()}")


def refuse_what_cannot_be_restored() -> None:
    for folder in filter(is_folder, FOLDERS):
        refuse_too_deep(folder)


def manifest(with_state: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "stopped": paths.STOPPED.exists(),
        # What is compiled for one processor doesn't run on another.
        "machine": os.uname().machine,
        "state": with_state and is_folder(state_place.state()),
        "releases": installed(),
    }


def copies_to_carry(with_state: bool) -> tuple[list[Part], dict[str, int]]:
    """The copies of the state that go with it, and what they and everything else take, for the system that restores them."""
    folders = [path for path in FOLDERS if is_folder(path) and (with_state or path != paths.BOT_STATE)]
    try:
        rest = sum(state_tree.measure(folder).bytes for folder in folders)
    except Failure as failure:
        report(f"No copy of the state is saved: {failure}")
        return [], {}
    carried = carried_copies.choose(with_state)
    return [one.part for one in carried], {"bytes": rest, "bytesOfCopies": sum(one.bytes for one in carried)}


def saved_paths(with_state: bool) -> list[str]:
    found = [path for path in FOLDERS if is_folder(path) and (with_state or path != paths.BOT_STATE)]
    return [str(path.relative_to(paths.ROOT)) for path in [*found, *filter(os.path.islink, LINKS)]]


def print_size() -> None:
    require_root()
    state = state_place.state()
    say(str(state_tree.measure(state).bytes if is_folder(state) else 0))


def print_checksum() -> None:
    require_root()
    say(checksum_in(CHECKSUM))


def restore(checksum: str) -> None:
    allow_change()
    require_checksum(checksum)
    with exclusive(f"{NAME} restore", paths.PROGRAM_LOCK):
        refuse_while_restored()
        refuse_to_overwrite()
        hold_bot()
        finish_if_interrupted(f"{NAME} restore")
        clear_staging()
        files.make_folder(STAGING, 0o700)
        try:
            if unpack(sys.stdin.buffer, STAGING, carried_copies.left_out) != checksum:
                raise Failure("the archive arrived incomplete or changed, and nothing was restored: restore it again")
            contents = read_manifest(STAGING / MANIFEST)
            must_run("sync", "--file-system", str(STAGING))
            with exclusive(f"{NAME} restore"):
                put_in_place(contents)
        finally:
            clear_staging()
    journal.record(NAME, f"restored {checksum} for {caller()}")
    say(f"Restored what was saved at {contents['saved']}.")


def clear_staging() -> None:
    shutil.rmtree(STAGING, ignore_errors=True)
    state_place.clear()


def refuse_while_restored() -> None:
    """Until bot-backup has finished that, there may be no state."""
    if bot.is_being_restored():
        raise Failure(bot.reason_while_moving())


def refuse_to_overwrite() -> None:
    """A bot that was not held may have written its state here, which would be lost."""
    state = state_place.state()
    if not paths.MOVING.exists() and is_folder(state) and any(state.iterdir()):
        raise Failure(
            "the bot has its own state on this server already. To replace that by the saved one, run this first: "
            "npm run ssh -- sudo bot-state hold"
        )


def read_manifest(file: Path) -> dict[str, Any]:
    try:
        contents = json.loads(file.read_text())
        if contents["format"] == FORMAT:
            return contents
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Failure("this isn't an archive of bot-state") from error
    raise Failure(f"the archive has format {contents['format']}, and this server reads {FORMAT}: run `pulumi up`")


def staged_state() -> Path:
    return STAGING / paths.BOT_STATE.relative_to(paths.ROOT)


def put_in_place(contents: dict[str, Any]) -> None:
    """The state first and the program last: without its program, a bot can't start. Can be done again from the start."""
    carried_copies.put_in_place(STAGING / carried_copies.FOLDER)
    if contents["state"]:
        state_place.require_room(staged_state())
        new = state_place.arrive(staged_state())
        state = state_place.state()
        if is_folder(state):
            make_way(state, new)
        files.move(new, state)
        state_place.refresh()
    if contents["stopped"]:
        files.write(paths.STOPPED, "")
    if contents["machine"] == os.uname().machine:
        put_program_in_place()
    else:
        report(f"The program was made for {contents['machine']}. Install it again: npm run install-bot -- FOLDER")


def make_way(state: Path, new: Path) -> None:
    """What a bot has left on a volume before a failover is kept for 30 days: a backup may have less of it."""
    if state_place.is_on_volume() and any(state.iterdir()) and state_transfer.compare(new, state):
        volume_switch.put_aside(state, state_place.home())
    else:
        os.rename(state, state_place.leaving())


def put_program_in_place() -> None:
    """A release that is there already is the same one: its name is made from its content. Its packages come first."""
    for folder in (packages.TREES, RELEASES):
        saved = STAGING / folder.relative_to(paths.ROOT)
        if saved.is_dir():
            files.make_folder(folder)
            for entry in saved.iterdir():
                if not (folder / entry.name).exists():
                    files.move(entry, folder / entry.name)
    for link, release_name in links_to_restore():
        point(link, release_name)
    # The restored program was perhaps not the current one here, and hidden from the bot.
    if current := target(paths.CURRENT_PROGRAM):
        show(current)
    hide_all_but(current)


def links_to_restore() -> list[tuple[Path, str]]:
    """A roll-back restores the program that the restored one has replaced, if there was one on this server."""
    saved = {link: target(STAGING / link.relative_to(paths.ROOT)) for link in LINKS}
    if saved[paths.CURRENT_PROGRAM] is not None:
        here = (target(paths.CURRENT_PROGRAM), target(PREVIOUS))
        saved[PREVIOUS] = next((name for name in here if name and name != saved[paths.CURRENT_PROGRAM]), saved[PREVIOUS])
    # The previous one first: when it is known, the current one can change.
    return [(link, name) for link in (PREVIOUS, paths.CURRENT_PROGRAM, PROVEN) if (name := saved[link]) is not None]


def release() -> None:
    """Can be done again: an interrupted one may have removed the marker without starting the bot."""
    allow_change()
    with exclusive(f"{NAME} release"):
        if paths.MOVING.exists():
            files.remove(paths.MOVING)
            journal.record(NAME, f"released by {caller()}")
        clear_staging()
        if bot.is_active():
            say("The bot is running already.")
            return
        if waits_for := bot.reason_not_to_start():
            say(f"The bot doesn't run: {waits_for}.")
            return
        if why := bot.restart():
            raise Failure(f"the bot doesn't run: {why}")
    say(f"The bot {bot.after_restart('is running')}.")


def allow_change() -> None:
    require_root()
    survive_hangup()


COMMANDS = {
    "hold": hold,
    "save": save,
    "save-all": save_all,
    "size": print_size,
    "checksum": print_checksum,
    "restore": restore,
    "release": release,
}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
