"""state-copy: makes copies of the bot's state, and puts one in the place of the state."""

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from root_tools import bot, copies, files, journal, paths, program_switch, state_place, state_tree
from root_tools.commands import must_run
from root_tools.copies import Copy
from root_tools.lock import exclusive, exclusive_if_free
from root_tools.program_switch import finish_if_interrupted, program_lock
from root_tools.releases import target
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "state-copy"

USAGE = """
Usage: sudo state-copy COMMAND

  make NAME     Makes a copy of the bot's state, which takes the place of one with the same name. The bot can run
                meanwhile. Prints where the copy is and what is in it, as JSON.
  list          Lists the copies, the latest first.
  remove NAME   Removes a copy.
  prepare NAME  Makes an empty folder for a state that comes from elsewhere, and prints its path.
  restore NAME  Puts this copy, or what is in that folder, in the place of the bot's state. The bot must be held
                (sudo bot-state hold) or stopped. The replaced state is kept for 30 days.
  trades        Prints the latest trades in the database of freqtrade, as JSON.
  tidy          Finishes an installation or a roll-back that was interrupted, and removes what is no longer needed. A
                timer calls it.

The copies are in /var/lib/trading-bot-server/copies. The exit code is 0, or 1 with the reason on standard error.
"""


def make(name: str) -> None:
    require_root()
    refuse_name(name)
    with program_lock(NAME):
        if not state_tree.is_folder(state_place.state()):
            raise Failure("the bot has no state yet")
        copy = copies.make(name, target(paths.CURRENT_PROGRAM))
        say(json.dumps({**asdict(copy), "path": str(copy.state)}))


def refuse_name(name: str) -> None:
    taken = name in (copies.PACKED, copies.TO_RESTORE) or copies.RELEASE.fullmatch(name)
    if not copies.NAME.fullmatch(name) or name.startswith(copies.REPLACED) or taken:
        raise Failure("a name has at most 40 small letters, digits and hyphens, and isn't the one of a release")


def list_copies() -> None:
    found = copies.everything()
    if not found:
        say("There is no copy of the bot's state.")
    for copy in found:
        until = f", kept until {copy.kept_until:%Y-%m-%d}" if copy.is_replaced else ""
        release = f", of the release {copy.release}" if copy.release else ""
        say(f"{copy.name}  {copy.described()}{release}{until}")


def remove(name: str) -> None:
    require_root()
    if not (copies.NAME.fullmatch(name) or copies.RELEASE.fullmatch(name)):
        raise Failure("there is no such copy")
    with program_lock(NAME):
        copies.remove(name)


def prepare(name: str) -> None:
    require_root()
    refuse_name(name)
    with program_lock(NAME):
        copies.remove(name)
        folder = state_place.copies() / name / "state"
        files.make_folder(state_place.copies(), 0o700)
        files.make_folder(folder.parent, 0o700)
        files.make_folder(folder, 0o700)
        say(str(folder))


def restore(name: str) -> None:
    require_root()
    survive_hangup()
    with program_lock(NAME), exclusive(NAME):
        refuse_if_bot_may_run()
        copy = copies.read(name) or prepared(name)
        replaced = program_switch.swap(copy, "state", target(paths.CURRENT_PROGRAM), None, None)
        journal.record(NAME, f"restored {name} for {caller()}")
        say(f"The bot's state is the one of {copy.made_at:%Y-%m-%d %H:%M:%S UTC}. The replaced one: {replaced}")


def refuse_if_bot_may_run() -> None:
    if not paths.MOVING.exists() and not paths.STOPPED.exists():
        raise Failure("the bot isn't held, and could change its state meanwhile: sudo bot-state hold")
    if bot.is_active() or bot.is_starting():
        raise Failure("the bot runs: sudo bot-state hold")


def prepared(name: str) -> Copy:
    """What a tool has put into an empty folder. Nobody but root could change it there."""
    copy = Copy(name, None, copies.now())
    if not copies.NAME.fullmatch(name) or not state_tree.is_folder(copy.state):
        raise Failure(f"there is no copy with the name {name}: see `sudo state-copy list`")
    refuse_devices(copy.state)
    state_tree.refuse_too_deep(copy.state)
    size = state_tree.measure(copy.state)
    owner = f"{paths.BOT_USER}:{paths.BOT_USER}"
    must_run("chown", "--recursive", "--no-dereference", owner, str(copy.state))
    must_run("chmod", "--recursive", "u-s,g-s,o-t", str(copy.state))
    os.chmod(copy.state, 0o700)
    copy.bytes, copy.entries = size.bytes, size.entries
    files.write(copy.folder / "copy.json", json.dumps(asdict(copy)), 0o600)
    copies.sync(copy.state)
    return copy


def refuse_devices(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        for name in names:
            mode = os.lstat(os.path.join(parent, name)).st_mode
            if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
                raise Failure("the saved state has a device in it, which a bot can't have made")


def trades() -> None:
    require_root()
    with program_lock(NAME):
        copies.clear()
        copies.stage()
        try:
            say(json.dumps(copies.run_unit("trades")))
        finally:
            copies.delete(copies.staged())


def tidy() -> None:
    require_root()
    survive_hangup()
    # A tool that holds it is at work, and nothing was interrupted.
    with exclusive_if_free(NAME, paths.PROGRAM_LOCK) as is_free:
        if not is_free:
            report("A program is being installed, or the state is being copied: nothing was done.")
            return
        finish_if_interrupted(NAME)
        if copies.staged().exists() or copies.removed().exists():
            copies.clear()
        copies.take_in_earlier()
        copies.remove_old()


COMMANDS = {
    "make": make,
    "list": list_copies,
    "remove": remove,
    "prepare": prepare,
    "restore": restore,
    "trades": trades,
    "tidy": tidy,
}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
