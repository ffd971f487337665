"""bot-packages: the Debian packages of the setting bot.packages.

They are for the bot to use, and change nothing else of the server: nothing in them is started, and what would run as root
or change how the server is protected is refused. What is installed here, with the packages that it requires, is written
down first, so that exactly that is removed again.
"""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from root_tools import debian_packages, files, journal, package_contents, paths
from root_tools.commands import run
from root_tools.debian_packages import Change, must, must_apt, simulate
from root_tools.tool import Failure, report, require_root, run_tool, say, survive_hangup

NAME = "bot-packages"

USAGE = """
Usage: sudo bot-packages COMMAND

The Debian packages that the setting bot.packages lists.

  set [NAME …]  Installs the packages that are missing, and removes those that are no longer listed, with what they have
                required. Only what this tool has installed is removed.
  list          Lists the packages with their versions.

The exit code is 0, or 1 with the reason on standard error.
"""

RECORD = paths.STATE / "bot-packages.json"
# Packages are fetched here, so that they can be looked at before they are installed.
ARCHIVES = paths.at("/var/cache/trading-bot-server/packages")
UNIT_FOLDER = paths.at("/etc/systemd/system")
# Debian Policy, 5.6.1.
VALID_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
FROM_DEBIAN = re.compile(r"Debian(-Security)?:")
NO_RECOMMENDS = "--no-install-recommends"


def set_packages(*names: str) -> None:
    require_root()
    survive_hangup()
    for name in names:
        if not VALID_NAME.fullmatch(name):
            raise Failure(f"{name!a} can't be the name of a Debian package")
    record = read_record()
    missing = [name for name in names if debian_packages.status(name) != "installed"]
    gone = sorted(set(record["listed"]) - set(names))
    if missing or gone:
        # Finishes an installation that was interrupted.
        must("dpkg", "--configure", "-a")
    if missing:
        install(missing, record)
    # A package that was there because another one requires it stays, also without that one.
    kept = [name for name in names if name not in record["listed"] and is_automatic(name)]
    if kept:
        must("apt-mark", "manual", *kept)
    record["listed"] = sorted({*record["listed"], *missing, *kept})
    write_record(record)
    if gone:
        remove(gone, record)


def install(names: Sequence[str], record: dict[str, Any]) -> None:
    must_apt("update", "--error-on=any")
    changes = plan(names)
    new = [change.name for change in changes if change.is_new]
    shutil.rmtree(ARCHIVES, ignore_errors=True)
    (ARCHIVES / "partial").mkdir(parents=True)
    try:
        fetched = ("--option", f"Dir::Cache::archives={ARCHIVES}", "--yes", NO_RECOMMENDS, "--no-remove")
        must_apt("install", *fetched, "--download-only", *names)
        units = look_into(sorted(ARCHIVES.glob("*.deb")), {*record["installed"], *new})
        # Before anything changes: what is interrupted now is known to the next run. A name counts as listed, so that the
        # next run removes it if it isn't wanted any more.
        record["installed"] = sorted({*record["installed"], *new})
        record["listed"] = sorted({*record["listed"], *names})
        record["masked"] = sorted({*record["masked"], *units})
        write_record(record)
        # A unit that is masked isn't started, neither now nor at the next boot.
        for unit in units:
            files.point(UNIT_FOLDER / unit, "/dev/null")
        if units:
            must("systemctl", "daemon-reload")
        must_apt("install", *fetched, *names)
    finally:
        shutil.rmtree(ARCHIVES, ignore_errors=True)
    journal.record(NAME, f"Installed for the bot: {', '.join(new)}.")
    report(f"Installed: {', '.join(new)}")


def plan(names: Sequence[str]) -> list[Change]:
    """What apt would do. Raises Failure if that is more than adding packages of Debian's."""
    try:
        changes = simulate("install", NO_RECOMMENDS, *names)
    except Failure as failure:
        raise Failure(for_person(str(failure), names)) from failure
    if removed := [change.name for change in changes if change.removes]:
        raise Failure(
            f"bot.packages: {', '.join(names)} can't be installed beside {', '.join(removed)}, which the server needs"
        )
    if foreign := [change.name for change in changes if not FROM_DEBIAN.match(change.source)]:
        raise Failure(f"bot.packages: {', '.join(foreign)} would not come from Debian's own archive")
    return changes


def for_person(message: str, names: Sequence[str]) -> str:
    unknown = re.findall(r"Unable to locate package (\S+)|Package '?([^\s']+)'? has no installation candidate", message)
    found = [one or other for one, other in unknown]
    if found:
        return (
            f"bot.packages has a name that Debian 13 doesn't have: {', '.join(found)}. https://packages.debian.org has all "
            "names. Correct it, such as: pulumi config set --path bot.packages NAME,NAME"
        )
    return f"bot.packages: {', '.join(names)} can't be installed. apt-get reported:\n{message}"


def look_into(archives: Sequence[Path], for_bot: set[str]) -> list[str]:
    """The units in the packages. Raises Failure for a package that has more than something to use."""
    units: set[str] = set()
    for archive in archives:
        name = package_name(archive)
        entries = debian_packages.contents(archive)
        # Others are updates of what the server has.
        if name in for_bot and (why := package_contents.reason_to_refuse(archive, entries, for_bot)):
            raise Failure(
                f"bot.packages: the package {name} {why}, which would run as root or change how the server is protected. "
                f"Nothing was installed. {instead(name)}"
            )
        units |= debian_packages.units_in(entries)
    # What is there already belongs to the server, such as a service that is only updated.
    return sorted(unit for unit in units if not is_there(unit))


def instead(name: str) -> str:
    """What to do about a package that is refused. The setting may have another one, which requires it."""
    return (
        f"Remove {name} from bot.packages, or the package there that requires it. Often the library alone is enough, such as "
        "libpq5 instead of postgresql. Or upload the program with the bot (docs/programs.md). Set it by: "
        "pulumi config set --path bot.packages NAME,NAME"
    )


def package_name(archive: Path) -> str:
    """apt names an archive NAME_VERSION_ARCHITECTURE.deb."""
    return archive.name.partition("_")[0]


def is_there(unit: str) -> bool:
    places = (UNIT_FOLDER, paths.at("/usr/lib/systemd/system"))
    return any(os.path.lexists(place / unit) for place in places) and not is_masked(unit)


def is_masked(unit: str) -> bool:
    path = UNIT_FOLDER / unit
    return path.is_symlink() and os.readlink(path) == "/dev/null"


def remove(gone: Sequence[str], record: dict[str, Any]) -> None:
    """Removes packages that are no longer listed, and what only they have required."""
    there = [name for name in gone if debian_packages.status(name) == "installed"]
    if there:
        must("apt-mark", "auto", *there)
    # What another package needs, or a person has installed since, isn't among them.
    unused = {change.name for change in simulate("autoremove") if change.removes}
    removed = sorted(unused & set(record["installed"]))
    if removed:
        must_apt("remove", "--yes", *removed)
        journal.record(NAME, f"Removed, because bot.packages doesn't need it any more: {', '.join(removed)}.")
        report(f"Removed: {', '.join(removed)}")
    record["listed"] = sorted(set(record["listed"]) - set(gone))
    record["installed"] = [name for name in record["installed"] if debian_packages.status(name) == "installed"]
    if not record["installed"]:
        unmask(record)
    write_record(record)


def unmask(record: dict[str, Any]) -> None:
    for unit in record["masked"]:
        if is_masked(unit):
            files.remove(UNIT_FOLDER / unit)
    if record["masked"]:
        must("systemctl", "daemon-reload")
    record["masked"] = []


def is_automatic(name: str) -> bool:
    return run("apt-mark", "showauto", name).output == name


def list_packages() -> None:
    for line in listed():
        say(line)


def listed() -> list[str]:
    """The packages of the setting, with their versions."""
    return [f"{name}  {debian_packages.version(name) or 'not installed'}" for name in read_record()["listed"]]


def read_record() -> dict[str, Any]:
    """The names that are listed, what was installed for them, and the units that are masked."""
    empty: dict[str, Any] = {"listed": [], "installed": [], "masked": []}
    return {**empty, **json.loads(RECORD.read_text(encoding="utf-8"))} if RECORD.exists() else empty


def write_record(record: dict[str, Any]) -> None:
    if any(record.values()):
        files.write(RECORD, json.dumps(record))
    else:
        files.remove(RECORD)


def main(args: Sequence[str]) -> int:
    os.environ.update(debian_packages.ENVIRONMENT)
    return run_tool(NAME, USAGE, {"set": set_packages, "list": list_packages}, args)
