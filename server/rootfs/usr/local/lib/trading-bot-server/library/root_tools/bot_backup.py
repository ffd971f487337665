"""bot-backup: makes a backup of the bot's state and program, and restores one into this server.

A backup is an archive of bot-state. Unlike there, the server stays and its bot goes on: it is off only while its state is
copied to another place on this server, or replaced. No marker keeps it off meanwhile when a backup is made, so a reboot
starts it. What a restore replaces is kept aside.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from root_tools import bot, bot_state, disk_space, files, journal, memory, paths, state_place
from root_tools.commands import must_run
from root_tools.lock import exclusive
from root_tools.program_switch import program_lock
from root_tools.tar_stream import CHUNK, checksum_in, pack, require_checksum, unpack
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "bot-backup"

USAGE = """
Usage: sudo bot-backup COMMAND

  make            Writes an archive of the bot's state and of the installed releases of its program to standard output.
                  The bot is off while its state is copied on this server, and then runs again if it ran before.
  checksum        Prints the SHA-256 of the last archive that was written completely.
  restore SHA256  Reads such an archive from standard input, replaces state and program by it, and starts the bot unless
                  it was stopped by hand. The replaced state is kept aside.
  adopt SHA256    Reads a gzipped tar of a folder from standard input, and replaces the state by what is in it. It then
                  belongs to the bot's user. The program stays. The rest is as with `restore`.
  undo            Restores the state that the last `restore` or `undo` has kept aside. The program stays.

`npm run backup` and `npm run restore` call these. The exit code is 0, or 1 with the reason on standard error.
"""

# On the same disk as the state, and for root alone.
COPY = paths.STATE / "backup"
ARCHIVE = COPY / "archive.tar.gz"
# In memory: the archive is sent right after.
CHECKSUM = paths.at("/run/trading-bot-server/backup-checksum")
# The bot was stopped for a backup and must be started again. In memory: a boot starts it anyway.
STOPPED_FOR_BACKUP = paths.RUN / "stopped-for-backup"
KEPT_DAYS = 30
TIME_FORMAT = "%Y%m%dT%H%M%S.%f"


def make() -> None:
    require_root()
    survive_hangup()
    with program_lock(f"{NAME} make"):
        files.remove(CHECKSUM)
        if paths.MOVING.exists():
            raise Failure(f"the bot doesn't run: {bot.reason_while_moving()}")
        bot_state.refuse_what_cannot_be_restored()
        shutil.rmtree(COPY, ignore_errors=True)
        files.make_folder(COPY, 0o700)
        try:
            refuse_if_too_large()
            checksum = copy_with_bot_off()
            send(ARCHIVE)
            files.write(CHECKSUM, checksum, 0o600)
        finally:
            shutil.rmtree(COPY, ignore_errors=True)
    journal.record(NAME, f"made a backup {checksum} for {caller()}")


def copy_with_bot_off() -> str:
    """Nothing changes the state meanwhile: all tools that start the bot wait for the lock. Returns the checksum."""
    with exclusive(f"{NAME} make"):
        files.write(COPY / bot_state.MANIFEST, json.dumps(bot_state.manifest(with_state=True)), 0o600)
        parts = [(COPY, [bot_state.MANIFEST]), (paths.ROOT, bot_state.saved_paths(with_state=True))]
        # A run that was killed may have left the bot stopped.
        must_start = STOPPED_FOR_BACKUP.exists()
        if bot.is_active() or bot.is_starting():
            refuse_to_stop_for_good()
            memory.write(STOPPED_FOR_BACKUP, "")
            must_start = True
            # A command could change the state meanwhile, with or without the key.
            bot.stop(commands=paths.COMMAND)
        try:
            with ARCHIVE.open("wb") as output:
                return pack(parts, output)
        finally:
            if must_start:
                start_again()


def refuse_to_stop_for_good() -> None:
    """A bot that runs keeps running if the guard would not let it start again."""
    bot.check_key()
    if bot.is_active() and (why := bot.reason_not_to_stop()):
        raise Failure(f"the bot runs, and {why}")


def start_again() -> None:
    if why := bot.reason_not_to_start():
        report(f"The bot doesn't run: {why}.")
    else:
        bot.start_unwatched()
    files.remove(STOPPED_FOR_BACKUP)


def refuse_if_too_large() -> None:
    """Compressed, the archive takes at most a little more than state and program."""
    size = sum(disk_space.size_of(folder) for folder in filter(bot_state.is_folder, bot_state.FOLDERS))
    free = shutil.disk_usage(COPY).free
    if free - size < disk_space.RESERVE:
        raise Failure(
            f"the disk has no room for a copy of the bot's state and program: they take {disk_space.shown(size)}, "
            f"{disk_space.shown(free)} are free, and {disk_space.shown(disk_space.RESERVE)} must stay free. "
            "See what takes so much: npm run ssh -- sudo du -h --max-depth=2 /var/lib/trading-bot"
        )


def send(archive: Path) -> None:
    with archive.open("rb") as source:
        try:
            shutil.copyfileobj(source, sys.stdout.buffer, CHUNK)
            sys.stdout.buffer.flush()
        except OSError as error:
            raise Failure(f"the archive could not be sent: {error.strerror}") from error


def print_checksum() -> None:
    require_root()
    say(checksum_in(CHECKSUM))


def restore(checksum: str) -> None:
    with unpacked(checksum, "restore", bot_state.STAGING) as staging:
        contents = bot_state.read_manifest(staging / bot_state.MANIFEST)
        replace(lambda: put_in_place(contents), f"Restored what was saved at {contents['saved']}.")


def adopt(checksum: str) -> None:
    with unpacked(checksum, "adopt", bot_state.STAGING / "folder") as folder:
        # Not as it was on the computer that it comes from.
        must_run("chown", "--recursive", "--no-dereference", f"{paths.BOT_USER}:{paths.BOT_USER}", str(folder))
        folder.chmod(0o700)
        replace(lambda: put_state(folder), "The folder is the bot's state now.")


@contextmanager
def unpacked(checksum: str, command: str, folder: Path) -> Iterator[Path]:
    """Unpacks the archive on standard input. The bot still runs, because a broken archive must not stop it."""
    require_root()
    survive_hangup()
    require_checksum(checksum)
    with program_lock(f"{NAME} {command}"):
        refuse_while_replaced()
        bot_state.clear_staging()
        files.make_folder(bot_state.STAGING, 0o700)
        files.make_folder(folder, 0o700)
        try:
            if unpack(sys.stdin.buffer, folder) != checksum:
                raise Failure("the archive arrived incomplete or changed, and nothing was restored: restore it again")
            must_run("sync", "--file-system", str(folder))
            yield folder
        finally:
            bot_state.clear_staging()


def put_in_place(contents: dict[str, Any]) -> None:
    # Whether this server's bot is stopped is known here, unless the server is new.
    is_new = not has_state()
    if contents["state"]:
        keep_aside()
    bot_state.put_in_place({**contents, "stopped": contents["stopped"] and is_new})


def undo() -> None:
    require_root()
    survive_hangup()
    with program_lock(f"{NAME} undo"):
        refuse_while_replaced()
        kept = state_place.all_kept_aside()
        if not kept:
            raise Failure("no restore has kept a state aside on this server")
        # An undo that was interrupted in the middle has put the state of that time aside already.
        wanted = kept[-1] if bot_state.is_folder(state_place.state()) or len(kept) == 1 else kept[-2]
        when = datetime.strptime(wanted.name, TIME_FORMAT).isoformat(timespec="seconds")
        replace(lambda: put_state(wanted), f"Restored the state that was replaced at {when} (UTC).")


def put_state(folder: Path) -> None:
    new = state_place.arrive(folder)
    keep_aside()
    if bot_state.is_folder(state_place.state()):
        state_place.state().rmdir()
    files.move(new, state_place.state())
    state_place.refresh()


def replace(change: Callable[[], None], done: str) -> None:
    """Stops the bot, changes its state, and starts it unless a person wants it to be off."""
    with exclusive(f"{NAME} restore"):
        remove_old()
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


def keep_aside() -> None:
    if has_state():
        files.make_folder(state_place.kept_aside(), 0o700)
        now = datetime.now(UTC)
        files.move(state_place.state(), state_place.kept_aside() / now.strftime(TIME_FORMAT))
        say(f"The replaced state is kept on the server for {KEPT_DAYS} days. To restore it: npm run restore -- --undo")


def remove_old() -> None:
    """Removes replaced states that have been kept long enough."""
    oldest = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=KEPT_DAYS)
    for kept in state_place.all_kept_aside():
        if datetime.strptime(kept.name, TIME_FORMAT) < oldest:
            shutil.rmtree(kept)


def has_state() -> bool:
    state = state_place.state()
    return bot_state.is_folder(state) and any(state.iterdir())


def refuse_while_replaced() -> None:
    if paths.MOVING.exists() and not bot.is_being_restored():
        raise Failure(f"nothing can be restored now: {bot.reason_while_moving()}")


COMMANDS = {"make": make, "checksum": print_checksum, "restore": restore, "adopt": adopt, "undo": undo}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
