"""How Debian's packages are looked at and changed: by apt-get, which waits for other programs that use it.

What it prints is read, so the caller sets ENVIRONMENT.
"""

import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from root_tools.commands import Result, run
from root_tools.tool import Failure, report

ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}

# dpkg names the program if it can: "was locked by /usr/bin/python3.13 process with pid 7".
LOCKED = ("locked by ", "Could not get lock", "Unable to lock")
# How often a lock is tried, and how long it is waited for between two tries, in seconds.
TRIES = 180
PAUSE = 5
# A line of `apt-get --simulate`: "Inst libgomp1 (14.2.0-19 Debian:13.1/stable [amd64])", "Remv chrony [4.6.1-3]".
CHANGE = re.compile(r"^(?P<kind>Inst|Remv) (?P<name>\S+)(?P<old> \[[^]]*\])?(?: \((?P<new>\S+) (?P<source>.*?) \[[^]]*\]\))?")
UNITS = re.compile(r"^/(?:usr/)?lib/systemd/system/(?P<name>[^/]+\.(?:service|socket|timer|path))$")
INIT_SCRIPTS = re.compile(r"^/etc/init\.d/(?P<name>[^/]+)$")


class Change(NamedTuple):
    """What apt would do with a package."""

    name: str
    removes: bool
    # Whether the package isn't there yet.
    is_new: bool
    # "Debian:13.1/stable", "Debian-Security:13/stable-security".
    source: str


class Entry(NamedTuple):
    """A file or a folder in a package."""

    mode: str
    path: str


def status(name: str) -> str:
    """ "installed", or another state of dpkg's. Empty for a package that dpkg doesn't know."""
    return run("dpkg-query", "--show", "--showformat=${db:Status-Status}", name).output


def version(name: str) -> str:
    return run("dpkg-query", "--show", "--showformat=${Version}", name).output


def simulate(*args: str) -> list[Change]:
    """What apt-get would do. Raises Failure with apt's reason."""
    result = apt("--simulate", *args)
    if not result.ok:
        raise Failure(result.errors or result.output)
    found = [CHANGE.match(line) for line in result.output.splitlines()]
    return [
        Change(line["name"], line["kind"] == "Remv", line["old"] is None, line["source"] or "") for line in found if line
    ]


def contents(archive: Path) -> list[Entry]:
    """What a package contains, before it is installed."""
    lines = must("dpkg-deb", "--contents", str(archive)).output.splitlines()
    entries = [line.split(maxsplit=5) for line in lines]
    return [Entry(entry[0], re.split(r" -> | link to ", entry[5])[0].removeprefix(".")) for entry in entries if len(entry) == 6]


def units_in(entries: Iterable[Entry]) -> set[str]:
    """The units that a package could start by itself, with those that systemd makes of old init scripts."""
    units = {found["name"] for entry in entries if (found := UNITS.match(entry.path))}
    return units | {f"{found['name']}.service" for entry in entries if (found := INIT_SCRIPTS.match(entry.path))}


def apt(*args: str) -> Result:
    return when_unlocked(("apt-get", "--quiet", "--quiet", "--option", "DPkg::Lock::Timeout=900", *args))


def must(*args: str) -> Result:
    result = when_unlocked(args)
    if not result.ok:
        raise Failure(result.errors or result.output)
    return result


def must_apt(*args: str) -> None:
    result = apt(*args)
    if not result.ok:
        raise Failure(f"Debian's packages could not be changed. apt-get reported:\n{result.errors or result.output}")


def when_unlocked(args: Sequence[str]) -> Result:
    """Runs a command, and again for 15 minutes while another one has a lock, such as an automatic update.

    dpkg waits for no lock, and apt for only some.
    """
    for attempt in range(TRIES):
        result = run(*args)
        if result.ok or not any(text in result.errors for text in LOCKED):
            return result
        if attempt == 0:
            report(
                "Another program changes packages now, such as Debian's daily updates. Waiting for it, "
                f"{TRIES * PAUSE // 60} minutes at most"
            )
        time.sleep(PAUSE)
    return result
