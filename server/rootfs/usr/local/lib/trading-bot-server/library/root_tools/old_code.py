"""Which units run code that an update has replaced.

An update gives a file a new copy. A program that runs keeps the old one, which the kernel then reports as deleted, until
it is restarted. needrestart would find the same, and old scripts. But for scripts it interprets what processes say about
themselves, which has let them make it run their code as root. This reads only what the kernel says.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from root_tools import paths

# A mapping of code: its permissions, its file, and what the kernel adds if that file was replaced or removed. Updates
# change nothing outside of /usr, and a bot can't have a file there.
REPLACED = re.compile(r"\S+ ..x. \S+ \S+ \d+ +(/usr/.*) \(deleted\)$")

# A process belongs to the outermost unit in the path of its control group.
UNIT = re.compile(r"/([^/]+\.(?:service|scope))(?:/|$)")


def units() -> dict[str, set[str]]:
    """The replaced files that each unit runs."""
    found: dict[str, set[str]] = {}
    for process in processes():
        try:
            replaced = replaced_files(process)
            unit = unit_in((process / "cgroup").read_text(errors="replace")) if replaced else None
        except OSError:
            # It has ended in the meantime.
            continue
        if unit is not None:
            found.setdefault(unit, set()).update(replaced)
    return found


def processes() -> Iterator[Path]:
    return (folder for folder in paths.PROCESSES.iterdir() if folder.name.isdigit())


def replaced_files(process: Path) -> set[str]:
    # Line by line: a hostile bot can have very many mappings.
    with (process / "maps").open(errors="replace") as maps:
        return {found[1] for line in maps if (found := REPLACED.match(line))}


def unit_in(cgroup: str) -> str | None:
    """The unit in a process's /proc/PID/cgroup. In a container, the hierarchy of systemd may be an older one."""
    for line in cgroup.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "name=systemd") and (unit := UNIT.search(path)):
            return unit[1]
    return None
