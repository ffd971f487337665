"""trading-bot-program: installs releases of the bot's program (new_release.py), and makes the bot run with one of them."""

import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from root_tools import bot, bot_packages, changed_upload, disk_space, files, journal, paths
from root_tools.lock import exclusive
from root_tools.new_release import (
    STAGING,
    empty_staging,
    receive,
    remove_old_releases,
    store_changed,
    store_whole,
    timed,
)
from root_tools.releases import (
    KEPT,
    PREVIOUS,
    PROVEN,
    RELEASES,
    describe_space,
    hide_all_but,
    installed,
    point,
    show,
    size_of,
    target,
)
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "trading-bot-program"

USAGE = f"""
Usage: sudo trading-bot-program COMMAND

  install ID  Reads a program, a gzipped tar, from standard input, prepares it and makes it the current release. ID is
              the first {paths.FINGERPRINT_LENGTH} hex digits of the SHA-256 of the tar. The bot is restarted with it.
              If it doesn't run, the previous release is restored, and the bot is restarted with that.
  files       Lists the SHA-256 of files that an upload needn't contain, because the current or the previous release has
              them.
  install-changes ID
              As install, but standard input has only what has changed (root_tools/changed_upload.py).
  roll-back   Makes the previous release the current one, and restarts the bot.
  list        Lists the releases, the latest installed first.

The last three releases are kept, in /opt/trading-bot; if the disk is too small for another one, only the current and the
previous one. Releases with the same requirements share their packages. What was done is in the journal:
journalctl --identifier=trading-bot-program
"""

# How the links current and previous are being changed, and by which command. It is there until the change is complete.
SWITCHING = paths.PROGRAMS / "switching"


def install(release: str) -> None:
    install_from(release, store_whole)


def install_changes(release: str) -> None:
    install_from(release, store_changed)


def install_from(release: str, store: Callable[[], None]) -> None:
    if not re.fullmatch(f"[0-9a-f]{{{paths.FINGERPRINT_LENGTH}}}", release):
        raise Failure(f"a release is named by {paths.FINGERPRINT_LENGTH} hex digits")
    begin()
    # Not the lock of all tools: a download must not prevent a delivery from being undone.
    with exclusive(NAME, paths.PROGRAM_LOCK):
        empty_staging()
        # Before old releases are removed: one of them may be meant.
        with exclusive(NAME):
            finish_switch()
        try:
            receive(release, store)
            remove_old_releases(KEPT)
            with exclusive(NAME):
                failure = switch_to(release)
                files.remove(SWITCHING)
        finally:
            hide_all_but(target(paths.CURRENT_PROGRAM))
            shutil.rmtree(STAGING, ignore_errors=True)
    report(describe_space(release))
    if failure is not None:
        raise Failure(failure)


def begin() -> None:
    require_root()
    # A person who disconnects must not interrupt the switch or the roll-back.
    survive_hangup()


def switch_to(release: str) -> str | None:
    """Makes a release the current one. If the bot doesn't run with it, restores the previous one and returns the reason."""
    replaced = target(paths.CURRENT_PROGRAM)
    earlier = target(PREVIOUS)
    if earlier is not None and switching() == "install" and target(PROVEN) is None:
        # An installation was interrupted before it was known whether the bot runs with its release.
        replaced, earlier = earlier, None
    was_off = replaced is not None and bot.is_off()
    # From here on, the current release isn't installed completely.
    files.remove(PROVEN)
    switch_links("install", release, earlier if replaced in (None, release) else replaced)

    if was_off:
        keep(release, "The bot is off, and stays off until `npm run start`.")
        return None
    why = None
    waits_for = bot.reason_not_to_start()
    if waits_for is None:
        report("Starting the bot with it")
        with timed("start"):
            why = bot.restart()
        if why is None:
            point(PROVEN, release)
            result = bot.after_restart("runs with it")
            journal.record(NAME, f"installed {release}, the bot {result}")
            say(f"The release {release} is installed, and the bot {result}.")
            return None
        # The guard checks the key before each start, and may hold the bot.
        waits_for = bot.reason_not_to_start()
    if waits_for is not None:
        keep(release, f"The bot doesn't run: {waits_for}.")
        return None
    if replaced in (None, release):
        journal.record(NAME, f"installed {release}, the bot doesn't run with it: {why}")
        return f"the bot doesn't run with the release {release}, and there is no other to restore: {why}."
    restore(replaced, earlier)
    journal.record(NAME, f"rolled back to {replaced}: the bot did not run with {release}: {why}")
    now = bot.restart_with_restored()
    return f"the bot did not run with the release {release}: {why}. The previous release, {replaced}, is restored, {now}."


def keep(release: str, message: str) -> None:
    point(PROVEN, release)
    journal.record(NAME, f"installed {release}")
    say(f"The release {release} is installed. {message}")


def make_current(release: str) -> None:
    show(release)
    point(paths.CURRENT_PROGRAM, release)


def restore(current: str, previous: str | None) -> None:
    switch_links("restore", current, previous)


def switch_links(command: str, current: str, previous: str | None) -> None:
    """Changes both links. If that is interrupted, the next command finishes it."""
    files.write(SWITCHING, f"{command} {current} {previous or ''}")
    set_links(current, previous)


def set_links(current: str, previous: str | None) -> None:
    make_current(current)
    if previous is None:
        files.remove(PREVIOUS)
    else:
        point(PREVIOUS, previous)


def finish_switch() -> str | None:
    """Finishes a change of the links that was interrupted. Returns the command that began it."""
    if SWITCHING.exists():
        _, current, previous = SWITCHING.read_text(encoding="utf-8").split(" ")
        set_links(current, previous or None)
    return switching()


def switching() -> str | None:
    """The command that changes the links, or was interrupted while it did that."""
    return SWITCHING.read_text(encoding="utf-8").split(" ")[0] if SWITCHING.exists() else None


def roll_back() -> None:
    begin()
    with exclusive(NAME, paths.PROGRAM_LOCK), exclusive(NAME):
        # One that was interrupted is finished: a second one would undo it.
        if finish_switch() != "roll-back":
            current, previous = target(paths.CURRENT_PROGRAM), target(PREVIOUS)
            if current is None or previous in (None, current):
                raise Failure("there is no previous release to roll back to")
            files.remove(PROVEN)
            switch_links("roll-back", previous, current)
        hide_all_but(target(paths.CURRENT_PROGRAM))
        release = target(paths.CURRENT_PROGRAM)
        journal.record(NAME, f"rolled back to {release}: by {caller()}")
        say(f"The release {release} is current again.")
        waits_for = bot.reason_not_to_start()
        why = None if waits_for else bot.restart()
        files.remove(SWITCHING)
        if waits_for:
            say(f"The bot doesn't run: {waits_for}.")
        elif why:
            raise Failure(f"the bot doesn't run with it: {why}.")
        else:
            say(f"The bot {bot.after_restart('runs with it')}.")


def list_releases() -> None:
    marks = {target(PREVIOUS): "  previous", target(paths.CURRENT_PROGRAM): "  current"}
    releases = installed()
    if not releases:
        say("No program is installed yet: run `npm run install-bot -- FOLDER`")
    for release in releases:
        date = datetime.fromtimestamp((RELEASES / release).stat().st_mtime, UTC)
        size = disk_space.shown(size_of([release]))
        say(f"{release}  {date:%Y-%m-%d %H:%M:%S UTC}  {size:>9}{marks.get(release, '')}")
    if releases:
        together = disk_space.shown(size_of(releases))
        say(f"Together, with packages that several of them use: {together}. Free: {disk_space.shown(disk_space.free())}.")
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
        "list": list_releases,
    }
    return run_tool(NAME, USAGE, commands, args)
