"""stored-backup: stores backups of the bot off the server, and restores them.

Root makes the archive (bot_archive.py) and unpacks it, and restic exchanges it with the storage: another user, in a unit that
reaches nothing else (restic.py). What became of a backup is written down for watch-backups, which reports if there is none.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

from root_tools import bot_archive, bot_backup, bot_state, files, journal, memory, paths, restic, sandboxed
from root_tools.commands import must_run, run
from root_tools.lock import exclusive
from root_tools.program_switch import program_lock
from root_tools.tar_stream import packed, unpacker
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "stored-backup"

USAGE = """
Usage: sudo stored-backup COMMAND

  make           Stores a backup of the bot's state and program now, and checks what is stored. The bot can run meanwhile.
  list           Prints what is stored, as restic's JSON.
  restore ID     Replaces state and program by those of a stored backup, or of the last one with `latest`, and starts the
                 bot unless it was stopped by hand. The replaced state is kept.
  status         Prints as JSON when a backup was stored last, and why the last one failed.

`npm run backup` and `npm run restore` call these. The exit code is 0, or 1 with the reason on standard error.
"""

UNIT = "trading-bot-backup@{}.service"
PIPES = (paths.RUN / "storage-input", paths.RUN / "storage-output")
# What restic-unit reports.
UNIT_RESULT = paths.at("/run/trading-bot-backup/result.json")
# One exchange at a time.
LOCK = paths.RUN / "storage.lock"
# How much a list of backups may take: thousands of them.
LONGEST_LIST = 16 << 20
# How often a part of what is stored is read again, in seconds.
DATA_CHECK = 7 * 24 * 3600
SNAPSHOT_DIGITS = set("0123456789abcdef")


def make() -> None:
    require_root()
    survive_hangup()
    require_storage()
    with exclusive(f"{NAME} make", LOCK):
        known = read_record()
        try:
            stored = store()
            report("Checking what is stored")
            known.update(checked(known))
        except (Failure, OSError) as error:
            why = str(error) if isinstance(error, Failure) else f"{error.filename or 'a file'}: {error.strerror}"
            write_record({**known, "problem": why, "failedAt": time.time()})
            raise Failure(f"no backup was stored: {why}") from error
        write_record({**known, "problem": None, "storedAt": time.time(), "snapshot": stored.get("snapshot")})
    journal.record(NAME, f"stored {stored.get('snapshot')} for {caller()}")
    say(json.dumps(stored))


def store() -> dict[str, Any]:
    with program_lock(f"{NAME} make"):
        report("Copying the bot's state")
        with bot_archive.contents() as contents:
            report("Storing the copy and the bot's program")
            with closing(packed(contents.parts, zipped=False, renamed=contents.renamed)) as archive:
                return run_unit("store", archive)


def checked(known: dict[str, Any]) -> dict[str, Any]:
    """Checks what is stored. Once a week, a part of the data is read again. Returns what to remember of that."""
    now = time.time()
    if now - number(known.get("dataCheckedAt")) < DATA_CHECK:
        run_unit("check")
        return {}
    part = int(number(known.get("dataPart"))) % restic.PARTS + 1
    run_unit(f"data-{part}")
    return {"dataCheckedAt": now, "dataPart": part}


def list_stored() -> None:
    require_root()
    require_storage()
    found = bytearray()

    def take(data: bytes) -> None:
        found.extend(data)
        if len(found) > LONGEST_LIST:
            raise Failure("the storage has sent a list that has no end")

    with exclusive(f"{NAME} list", LOCK):
        run_unit("snapshots", take=take)
    say(found.decode(errors="replace").strip())


def restore(snapshot: str) -> None:
    require_root()
    survive_hangup()
    require_storage()
    if snapshot != "latest" and not (8 <= len(snapshot) <= 64 and set(snapshot) <= SNAPSHOT_DIGITS):
        raise Failure("the id of a backup has 8 to 64 hex digits. To list them: npm run backup -- --list")
    staging = bot_state.STAGING
    with exclusive(f"{NAME} restore", LOCK), program_lock(f"{NAME} restore"), bot_backup.staging_for_restore(staging):
        report("Fetching the backup. The bot goes on until all of it is here")
        with unpacker(staging, zipped=False) as take:
            run_unit(f"dump-{snapshot}", take=take)
        must_run("sync", "--file-system", str(staging))
        bot_backup.put_archive(staging)


def print_status() -> None:
    require_root()
    require_storage()
    say(json.dumps(read_record()))


def run_unit(
    command: str, given: Iterator[bytes] = iter(()), take: Callable[[bytes], object] = lambda _: None
) -> dict[str, Any]:
    """Runs restic. Returns what it has found."""
    memory.make_folder()
    # What a run has left that was killed: a start would only wait for its end, and take its result.
    run("systemctl", "stop", UNIT.format("*"))
    UNIT_RESULT.unlink(missing_ok=True)
    succeeded = sandboxed.exchange(UNIT.format(command), PIPES, given, take)
    result = sandboxed.read_result(UNIT_RESULT, "restic-unit") if UNIT_RESULT.exists() else {}
    if not succeeded:
        why = result.get("problem")
        raise Failure(
            why if isinstance(why, str) else "see npm run ssh -- sudo journalctl --unit='trading-bot-backup@*' --lines=20"
        )
    return result


def require_storage() -> None:
    if not paths.STORAGE.exists():
        raise Failure(
            "no storage for backups is set. docs/backup.md says how to set one, and that `npm run backup -- FILE` writes "
            "a backup to your computer"
        )


def read_record() -> dict[str, Any]:
    try:
        content = json.loads(paths.STORED_BACKUPS.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_record(content: dict[str, Any]) -> None:
    """For the guard's user, which may not see our own state."""
    files.make_folder(paths.STORED_BACKUPS.parent)
    files.write(paths.STORED_BACKUPS, json.dumps(content))


def number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


COMMANDS = {"make": make, "list": list_stored, "restore": restore, "status": print_status}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
