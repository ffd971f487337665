"""trading-bot-program: installs releases of the bot's program (new_release.py), and makes the bot run with one of them
(program_switch.py)."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from root_tools import (
    bot,
    bot_packages,
    changed_upload,
    copies,
    disk_space,
    files,
    journal,
    paths,
    program_switch,
    state_place,
    state_swap,
)
from root_tools.copies import Copy
from root_tools.lock import exclusive
from root_tools.new_release import STAGING, empty_staging, receive, remove_old_releases, store_changed, store_whole
from root_tools.program_switch import NAME
from root_tools.releases import (
    KEPT,
    PREVIOUS,
    PROVEN,
    RELEASES,
    describe_space,
    hide_all_but,
    installed,
    size_of,
    target,
)
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

USAGE = f"""
Usage: sudo trading-bot-program COMMAND

  install ID [without-copy]
              Reads a program, a gzipped tar, from standard input, prepares it and makes it the current release. ID is
              the first {paths.FINGERPRINT_LENGTH} hex digits of the SHA-256 of the tar. The bot is stopped, its state is
              copied, and the bot is started with the release. If it doesn't run, the previous release is restored with
              its state, and the bot is started with that. With `without-copy`, the state isn't copied or restored.
  files       Lists the SHA-256 of files that an upload needn't contain, because the current or the previous release has
              them.
  install-changes ID [without-copy]
              As install, but standard input has only what has changed (root_tools/changed_upload.py).
  roll-back [copy | current]
              Makes the previous release the current one, and restarts the bot: with the copy of the state that this
              release had left, or with the current state. Without either, with the current one.
  plan-roll-back
              Prints what a roll-back would do, as JSON.
  list        Lists the releases, the latest installed first.

The last three releases are kept, in /opt/trading-bot; if the disk is too small for another one, only the current and the
previous one. Releases with the same requirements share their packages. `sudo state-copy list` lists the copies of the
state. What was done is in the journal: journalctl --identifier=trading-bot-program
"""


def install(release: str, copy: str = "with-copy") -> None:
    install_from(release, store_whole, copy)


def install_changes(release: str, copy: str = "with-copy") -> None:
    install_from(release, store_changed, copy)


def install_from(release: str, store: Callable[[], None], copy: str) -> None:
    if not re.fullmatch(f"[0-9a-f]{{{paths.FINGERPRINT_LENGTH}}}", release):
        raise Failure(f"a release is named by {paths.FINGERPRINT_LENGTH} hex digits")
    if copy not in ("with-copy", "without-copy"):
        raise Failure("a program is installed with-copy or without-copy")
    begin()
    # Not the lock of all tools: a download must not prevent a delivery from being undone.
    with exclusive(NAME, paths.PROGRAM_LOCK):
        empty_staging()
        # Before old releases are removed: one of them may be meant.
        with exclusive(NAME):
            program_switch.finish()
        try:
            receive(release, store)
            remove_old_releases(KEPT)
            with exclusive(NAME):
                failure = program_switch.install(release, with_copy=copy == "with-copy")
                files.remove(program_switch.SWITCHING)
        finally:
            hide_all_but(target(paths.CURRENT_PROGRAM))
            shutil.rmtree(STAGING, ignore_errors=True)
    report(describe_space(release))
    for line in describe_copies():
        report(line)
    if failure is not None:
        raise Failure(failure)


def begin() -> None:
    require_root()
    # A person who disconnects must not interrupt the switch or the roll-back.
    survive_hangup()


def describe_copies() -> list[str]:
    """What a roll-back could restore, and what is kept of earlier ones."""
    lines = []
    previous = target(PREVIOUS)
    if previous is not None and (copy := copies.left_by(previous)):
        lines.append(f"A copy of the state that {previous} has left is kept: {copy.described()}.")
    aside = [copy for copy in copies.everything() if copy.is_replaced]
    lines += [f"A state that was replaced is kept until {copy.kept_until:%Y-%m-%d}: {copy.described()}." for copy in aside]
    return lines


def plan_roll_back() -> None:
    require_root()
    current, previous = target(paths.CURRENT_PROGRAM), target(PREVIOUS)
    copy = copies.left_by(previous) if previous else None
    plan = {
        "current": current,
        "previous": None if previous == current else previous,
        "copy": copy and {"made": copy.made, "bytes": copy.bytes, "notes": copy.notes},
        "unfinished": program_switch.is_unfinished(),
    }
    say(json.dumps(plan))


def roll_back(state: str = "current") -> None:
    if state not in ("current", "copy"):
        raise Failure("a roll-back is with the state of the copy, or with the current one: copy, current")
    begin()
    with exclusive(NAME, paths.PROGRAM_LOCK), exclusive(NAME):
        # One that was interrupted is finished: a second one would undo it.
        finished = program_switch.finish()
        if finished not in ("roll-back", "restore"):
            switch_back(state)
        hide_all_but(target(paths.CURRENT_PROGRAM))
        release = target(paths.CURRENT_PROGRAM)
        journal.record(NAME, f"rolled back to {release}: by {caller()}, with the {state} state")
        say(f"The release {release} is current again.")
        waits_for = bot.reason_not_to_start()
        why = None if waits_for else bot.restart()
        files.remove(program_switch.SWITCHING)
        if waits_for:
            say(f"The bot doesn't run: {waits_for}.")
        elif why:
            raise Failure(f"the bot doesn't run with it: {why}.")
        else:
            say(f"The bot {bot.after_restart('runs with it')}.")


def switch_back(state: str) -> None:
    current, previous = target(paths.CURRENT_PROGRAM), target(PREVIOUS)
    if current is None or previous in (None, current):
        raise Failure("there is no previous release to roll back to")
    program_switch.refuse_if_it_could_not_start()
    if state == "copy":
        restore_copy(copies.left_by(previous), current, previous)
        return
    try:
        program_switch.keep_copy(current, stays_off=False)
    except Failure as failure:
        copies.remove(current)
        report(f"The bot's state could not be copied before the roll-back: {failure}")
    files.remove(PROVEN)
    program_switch.switch_links("roll-back", previous, current)
    state_swap.let_bot_start()


def restore_copy(copy: Copy | None, current: str, previous: str) -> None:
    if copy is None:
        raise Failure(f"there is no copy of the state that {previous} has left")
    state_place.require_room(copy.state)
    files.remove(PROVEN)
    replaced = program_switch.swap(copy, "roll-back", current, previous, current)
    say(f"The state is the one of {copy.made_at:%Y-%m-%d %H:%M:%S UTC}. The replaced one is kept for 30 days: {replaced}")


def list_releases() -> None:
    marks = {target(PREVIOUS): "  previous", target(paths.CURRENT_PROGRAM): "  current"}
    releases = installed()
    if not releases:
        say("No program is installed yet: run `npm run install-bot -- FOLDER`")
    for release in releases:
        date = datetime.fromtimestamp((RELEASES / release).stat().st_mtime, UTC)
        size = disk_space.shown(size_of([release]))
        copy = copies.left_by(release)
        state = f"  state {copy.described()}" if copy else ""
        say(f"{release}  {date:%Y-%m-%d %H:%M:%S UTC}  {size:>9}{marks.get(release, '')}{state}")
    if releases:
        together = disk_space.shown(size_of(releases))
        say(f"Together, with packages that several of them use: {together}. Free: {disk_space.shown(disk_space.free())}.")
    for copy in copies.everything():
        if copy.is_replaced:
            say(f"A state that was replaced is kept until {copy.kept_until:%Y-%m-%d}: {copy.described()} ({copy.name}).")
    if packages_of_bot := bot_packages.listed():
        say("\nDebian packages of the setting bot.packages:")
    for line in packages_of_bot:
        say(line)


def list_reusable_files() -> None:
    require_root()
    for digest in changed_upload.reusable_files():
        say(digest)


def main(args: Sequence[str]) -> int:
    commands = {
        "install": install,
        "install-changes": install_changes,
        "files": list_reusable_files,
        "roll-back": roll_back,
        "plan-roll-back": plan_roll_back,
        "list": list_releases,
    }
    return run_tool(NAME, USAGE, commands, args)
