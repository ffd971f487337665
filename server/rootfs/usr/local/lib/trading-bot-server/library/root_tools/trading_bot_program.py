"""trading-bot-program: keeps the releases of the bot's program, each in a folder that is complete or not there.

What comes from outside is unpacked and prepared by another user, in the sandboxes of units: packages.py describes them.
Root only receives, seals and switches.
"""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from root_tools import bot, bot_packages, files, journal, packages, paths, sandboxed
from root_tools.commands import must_run, run
from root_tools.lock import exclusive
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "trading-bot-program"

USAGE = f"""
Usage: sudo trading-bot-program COMMAND

  install ID  Reads a program, a gzipped tar, from standard input, prepares it and makes it the current release. ID is
              the first {paths.FINGERPRINT_LENGTH} hex digits of the SHA-256 of the tar. The bot is restarted with it.
              If it doesn't run, the previous release is restored, and the bot is restarted with that.
  roll-back   Makes the previous release the current one, and restarts the bot.
  list        Lists the releases, the latest installed first.

The last three releases are kept, in /opt/trading-bot. What was done is in the journal:
journalctl --identifier=trading-bot-program
"""

KEPT = 3
RELEASES = paths.PROGRAMS / "releases"
PREVIOUS = paths.PROGRAMS / "previous"
# The last release whose installation is complete: the bot runs with it, or can't start yet for a known reason. If it is
# also the current one, npm run install-bot has nothing to do.
PROVEN = paths.PROGRAMS / "proven"
# How the links current and previous are being changed, and by which command. It is there until the change is complete.
SWITCHING = paths.PROGRAMS / "switching"
# On the same disk as the releases, and for root alone.
STAGING = paths.PROGRAMS / "staging"
ARCHIVE = STAGING / "archive"
TREE = STAGING / "tree"
# The units show these to each other, as the folders that packages.py describes.
REQUIREMENTS = STAGING / packages.REQUIREMENTS.name
FETCHED = STAGING / packages.FETCHED.name
BUILT = STAGING / packages.BUILT.name
INSTALLER = "trading-bot-installer"
# Each source archive among a program's packages takes at least one.
MOST_TURNS = 50


def install(release: str) -> None:
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
            receive(release)
            remove_old_releases()
            with exclusive(NAME):
                failure = switch_to(release)
                files.remove(SWITCHING)
        finally:
            hide_other_releases()
            shutil.rmtree(STAGING, ignore_errors=True)
    if failure is not None:
        raise Failure(failure)


def begin() -> None:
    require_root()
    # A person who disconnects must not interrupt the switch or the roll-back.
    survive_hangup()


def empty_staging() -> None:
    """Removes what an interrupted installation has left, its processes first."""
    units = ("unpack@*", "fetch", "build", "prepare@*")
    run("systemctl", "stop", *(f"trading-bot-{unit}.service" for unit in units))
    shutil.rmtree(STAGING, ignore_errors=True)
    files.make_folder(RELEASES)
    files.make_folder(STAGING, 0o700)


def receive(release: str) -> None:
    """Makes a release of what is on standard input. One that is there already only counts as installed again."""
    with open(ARCHIVE, "wb") as archive:
        shutil.copyfileobj(sys.stdin.buffer, archive)
    folder = RELEASES / release
    if folder.is_dir():
        os.utime(folder)
        return
    for writable in (TREE, REQUIREMENTS, FETCHED, BUILT):
        writable.mkdir(mode=0o755)
        shutil.chown(writable, INSTALLER, INSTALLER)
    report(f"Unpacking the release {release}")
    run_step(f"trading-bot-unpack@{release}", f"the release {release} can't be unpacked")
    if (REQUIREMENTS / packages.LINES.name).exists():
        fetch_packages(release)
    run_step(f"trading-bot-prepare@{release}", f"the release {release} can't be prepared")
    seal(TREE)
    files.move(TREE, folder)


def fetch_packages(release: str) -> None:
    """Fetches what the program requires, in turns: building a source archive may show that more has to be fetched."""
    report("Fetching what requirements.txt lists")
    for _ in range(MOST_TURNS):
        run_step("trading-bot-fetch", f"the packages of the release {release} can't be fetched")
        if (FETCHED / packages.COMPLETE.name).exists():
            return
        run_step("trading-bot-build", f"the packages of the release {release} can't be built")
    raise Failure(f"the packages of the release {release} need too many builds from source; nothing was changed")


def run_step(unit: str, failure: str) -> None:
    if not sandboxed.run_unit(f"{unit}.service", STAGING / "output"):
        raise Failure(f"{failure}; nothing was changed")


def seal(tree: Path) -> None:
    """The bot can read the release, and nobody but root can change it. Links are left as they are."""
    must_run("chown", "--recursive", "--no-dereference", "root:trading-bot", str(tree))
    must_run("chmod", "--recursive", "u=rwX,g=rX,o=,a-st", str(tree))
    os.utime(tree)
    must_run("sync", "--file-system", str(tree))


def remove_old_releases() -> None:
    """Moves them away first, so that a release is complete as long as it has its name."""
    used = {target(paths.CURRENT_PROGRAM), target(PREVIOUS)}
    for release in releases()[KEPT:]:
        if release not in used:
            os.rename(RELEASES / release, STAGING / release)


def releases() -> list[str]:
    """The latest installed first."""
    if not RELEASES.is_dir():
        return []
    folders = sorted(RELEASES.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    return [folder.name for folder in folders if folder.is_dir()]


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
    # The bot's group. Others have no access.
    os.chmod(RELEASES / release, 0o750)
    point(paths.CURRENT_PROGRAM, release)


def hide_other_releases() -> None:
    """The bot sees its own program and no other one. Only when a switch is over: until then, the old bot may run."""
    current = target(paths.CURRENT_PROGRAM)
    for release in releases():
        if release != current:
            os.chmod(RELEASES / release, 0o700)


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
        hide_other_releases()
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
    installed_releases = releases()
    if not installed_releases:
        say("No program is installed yet: run `npm run install-bot -- FOLDER`")
    for release in installed_releases:
        installed = datetime.fromtimestamp((RELEASES / release).stat().st_mtime, UTC)
        say(f"{release}  {installed:%Y-%m-%d %H:%M:%S UTC}{marks.get(release, '')}")
    if packages_of_bot := bot_packages.listed():
        say("\nDebian packages of the setting bot.packages:")
    for line in packages_of_bot:
        say(line)


def target(link: Path) -> str | None:
    """The release that a link names."""
    return os.path.basename(os.readlink(link)) if link.is_symlink() else None


def point(link: Path, release: str) -> None:
    """Makes a link name a release. The target is relative, because the sandboxes show the folder elsewhere."""
    files.point(link, f"releases/{release}")


def main(args: Sequence[str]) -> int:
    commands = {"install": install, "roll-back": roll_back, "list": list_releases}
    return run_tool(NAME, USAGE, commands, args)
