"""bot-backup: makes a backup of the bot's state and program, and restores one into this server.

A backup is an archive of bot-state (bot_archive.py). Unlike there, the server stays and its bot goes on: it is off only while
its state is replaced. What a restore replaces is kept among the copies of the state.
"""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from root_tools import bot, bot_archive, bot_state, carried_copies, copies, files, journal, paths, program_switch, state_place
from root_tools.commands import must_run
from root_tools.lock import exclusive
from root_tools.program_switch import program_lock
from root_tools.releases import target
from root_tools.tar_stream import checksum_in, pack, require_checksum, unpack
from root_tools.tool import Failure, caller, require_root, run_tool, say, survive_hangup

NAME = "bot-backup"

USAGE = """
Usage: sudo bot-backup COMMAND

  make            Writes an archive of the bot's state and of the installed releases of its program to standard output.
                  The bot can run meanwhile, because a copy of its state is packed.
  checksum        Prints the SHA-256 of each archive that was written completely, the last one first. Two backups may be
                  made at once: the second one waits for the first.
  restore SHA256  Reads such an archive from standard input, replaces state and program by it, and starts the bot unless
                  it was stopped by hand. The replaced state is kept.
  adopt SHA256    Reads a gzipped tar of a folder from standard input, and replaces the state by what is in it. It then
                  belongs to the bot's user. The program stays. The rest is as with `restore`.
  undo            Restores the state that was replaced last. The program stays.

`npm run backup` and `npm run restore` call these. The exit code is 0, or 1 with the reason on standard error.
"""

# In memory: the archives have been sent then. One a line, because another backup may have been made before a caller asks.
CHECKSUMS = paths.at("/run/trading-bot-server/backup-checksum")
KEPT_CHECKSUMS = 20
# Which replaced state `undo` puts in place, until it has done so. If it is interrupted, it is done again with the same one.
UNDOING = paths.STATE / "undoing"


def make() -> None:
    require_root()
    survive_hangup()
    with program_lock(f"{NAME} make"):
        # An older version has copied the state here, and was killed.
        shutil.rmtree(paths.STATE / "backup", ignore_errors=True)
        with bot_archive.contents() as contents:
            checksum = pack(contents.parts, sys.stdout.buffer, contents.renamed)
        earlier = CHECKSUMS.read_text().splitlines() if CHECKSUMS.exists() else []
        files.write(CHECKSUMS, "\n".join([checksum, *earlier][:KEPT_CHECKSUMS]), 0o600)
    journal.record(NAME, f"made a backup {checksum} for {caller()}")


def print_checksums() -> None:
    require_root()
    say(checksum_in(CHECKSUMS))


def restore(checksum: str) -> None:
    with unpacked(checksum, "restore", bot_state.STAGING) as staging:
        put_archive(staging)


def put_archive(staging: Path) -> None:
    """Replaces state and program by those of an archive of bot-state that is unpacked there."""
    contents = bot_state.read_manifest(staging / bot_state.MANIFEST)
    if contents["state"]:
        state_place.require_room(bot_state.staged_state())
    replace(lambda: put_in_place(contents), f"Restored what was saved at {contents['saved']}.")


def adopt(checksum: str) -> None:
    with unpacked(checksum, "adopt", bot_state.STAGING / "folder") as folder:
        # Not as it was on the computer that it comes from.
        must_run("chown", "--recursive", "--no-dereference", f"{paths.BOT_USER}:{paths.BOT_USER}", str(folder))
        folder.chmod(0o700)
        state_place.require_room(folder)
        replace(lambda: put_state(folder), "The folder is the bot's state now.")


@contextmanager
def unpacked(checksum: str, command: str, folder: Path) -> Iterator[Path]:
    """Unpacks the archive on standard input. The bot still runs, because a broken archive must not stop it."""
    require_root()
    survive_hangup()
    require_checksum(checksum)
    with program_lock(f"{NAME} {command}"), staging_for_restore(folder):
        # A state that `npm run replace` has saved has copies with it.
        if unpack(sys.stdin.buffer, folder, carried_copies.left_out) != checksum:
            raise Failure("the archive arrived incomplete or changed, and nothing was restored: restore it again")
        must_run("sync", "--file-system", str(folder))
        yield folder


@contextmanager
def staging_for_restore(folder: Path) -> Iterator[None]:
    """An empty folder for what is restored. The caller holds the lock of the program."""
    refuse_while_replaced()
    files.remove(UNDOING)
    bot_state.clear_staging()
    files.make_folder(bot_state.STAGING, 0o700)
    files.make_folder(folder, 0o700)
    try:
        yield
    finally:
        bot_state.clear_staging()


def put_in_place(contents: dict[str, Any]) -> None:
    # Whether this server's bot is stopped is known here, unless the server is new.
    is_new = not has_state()
    if contents["state"]:
        put_state(bot_state.staged_state())
    bot_state.put_in_place({**contents, "state": False, "stopped": contents["stopped"] and is_new})


def undo() -> None:
    require_root()
    survive_hangup()
    with program_lock(f"{NAME} undo"):
        refuse_while_replaced()
        copies.take_in_earlier()
        name = to_undo()
        kept = copies.read(name)
        if kept:
            state_place.require_room(kept.state)
        when = datetime.strptime(name[len(copies.REPLACED) :][:16], "%Y%m%dt%H%M%Sz")
        files.write(UNDOING, name)
        # Without the copy, an undo was interrupted after its swap.
        replace(lambda: kept and put_copy(kept), f"Restored the state that was replaced at {when.isoformat()} (UTC).")
        files.remove(UNDOING)


def to_undo() -> str:
    if bot.is_being_restored() and UNDOING.exists():
        return UNDOING.read_text()
    kept = next((copy for copy in copies.everything() if copy.is_replaced), None)
    if kept is None:
        raise Failure("no state that was replaced is kept on this server")
    return kept.name


def put_state(folder: Path) -> None:
    put_copy(copies.take_in(copies.TO_RESTORE, folder))


def put_copy(copy: copies.Copy) -> None:
    """The state that it replaces is kept, unless there is nothing in it."""
    state = state_place.state()
    if has_state():
        days = copies.KEPT_ASIDE.days
        say(f"The replaced state is kept on the server for {days} days. To restore it: npm run restore -- --undo")
    elif bot_state.is_folder(state):
        state.rmdir()
    program_switch.swap(copy, "state", target(paths.CURRENT_PROGRAM), None, None)


def replace(change: Callable[[], object], done: str) -> None:
    """Stops the bot, changes its state, and starts it unless a person wants it to be off."""
    with exclusive(f"{NAME} restore"):
        if bot.is_active() or bot.is_starting():
            refuse_to_stop_for_good()
        if bot.is_off():
            files.write(paths.STOPPED, "")
        # If this is interrupted, the bot stays off until another restore is complete.
        files.write(paths.MOVING, paths.RESTORING)
        bot_state.hold_bot()
        change()
        files.remove(paths.MOVING)
        journal.record(NAME, f"{done} For {caller()}")
        say(done)
        if why := bot.reason_not_to_start():
            say(f"The bot doesn't run: {why}.")
        elif why := bot.restart():
            raise Failure(f"the state is restored, but the bot doesn't run: {why}")
        else:
            say(f"The bot {bot.after_restart('is running')}.")


def refuse_to_stop_for_good() -> None:
    """A bot that runs keeps running if the guard would not let it start again."""
    bot.check_key()
    if bot.is_active() and (why := bot.reason_not_to_stop()):
        raise Failure(f"the bot runs, and {why}")


def has_state() -> bool:
    state = state_place.state()
    return bot_state.is_folder(state) and any(state.iterdir())


def refuse_while_replaced() -> None:
    if paths.MOVING.exists() and not bot.is_being_restored():
        raise Failure(f"nothing can be restored now: {bot.reason_while_moving()}")


COMMANDS = {"make": make, "checksum": print_checksums, "restore": restore, "adopt": adopt, "undo": undo}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
