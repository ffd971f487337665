"""Makes a release of the bot's program from an archive. Its folder gets its name when all of it is on the disk.

What comes from outside is unpacked and prepared by another user, in the sandboxes of units: packages.py describes them.
Root only receives and seals.
"""

import gzip
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import IO

from root_tools import changed_upload, copies, disk_space, files, package_trees, packages, paths, sandboxed
from root_tools.commands import must_run, run
from root_tools.releases import RELEASES, move_old_away
from root_tools.tool import Failure, report

# On the same disk as the releases, and for root alone.
STAGING = paths.PROGRAMS / "staging"
ARCHIVE = STAGING / "archive"
TREE = STAGING / "tree"
# The units show these to each other, as the folders that packages.py describes.
REQUIREMENTS = STAGING / packages.REQUIREMENTS.name
FETCHED = STAGING / packages.FETCHED.name
BUILT = STAGING / packages.BUILT.name
# What becomes a tree of packages. The environment in it is the installer's until it is sealed.
PACKAGES = STAGING / packages.TREES.name
ENVIRONMENT = PACKAGES / packages.ENVIRONMENT
# Old releases and trees of packages, on their way out.
REMOVED = STAGING / "removed"
INSTALLER = "trading-bot-installer"
# Each source archive among a program's packages takes at least one.
MOST_TURNS = 50
CHUNK = 1 << 20


def empty_staging() -> None:
    """Removes what an interrupted installation has left, its processes first."""
    units = ("unpack@*", "fetch", "build", "prepare@*")
    run("systemctl", "stop", *(f"trading-bot-{unit}.service" for unit in units))
    shutil.rmtree(STAGING, ignore_errors=True)
    files.make_folder(RELEASES)
    files.make_folder(STAGING, 0o700)


def receive(release: str, store: Callable[[], None]) -> None:
    """Makes a release of what is on standard input. One that is there already only counts as installed again."""
    with timed("upload"):
        store()
    folder = RELEASES / release
    if folder.is_dir():
        os.utime(folder)
        return
    make_room(unpacked_size(ARCHIVE))
    PACKAGES.mkdir(mode=0o755)
    for writable in (TREE, REQUIREMENTS, FETCHED, BUILT, ENVIRONMENT):
        writable.mkdir(mode=0o755)
        shutil.chown(writable, INSTALLER, INSTALLER)
    report(f"Unpacking the release {release}")
    run_step(f"trading-bot-unpack@{release}", f"the release {release} can't be unpacked")
    if (REQUIREMENTS / packages.LINES.name).exists():
        add_packages(release)
    seal(TREE)
    files.move(TREE, folder)


def store_whole() -> None:
    """The upload is the archive."""
    with open(ARCHIVE, "wb") as archive:
        while chunk := sys.stdin.buffer.read(CHUNK):
            write_if_enough(archive, chunk)


def store_changed() -> None:
    """The upload is what has changed. The archive is stored as if it had come whole, but not compressed again."""
    with gzip.open(ARCHIVE, "wb", compresslevel=0) as archive:
        changed_upload.complete(sys.stdin.buffer, lambda chunk: write_if_enough(archive, chunk))


def write_if_enough(archive: IO[bytes], chunk: bytes) -> None:
    if not disk_space.is_enough_for(len(chunk)):
        raise Failure(too_small(0))
    archive.write(chunk)


def unpacked_size(archive: Path) -> int:
    """What the last bytes of a gzipped file say. Wrong for more than 4 GiB, or if somebody has written something else."""
    with open(archive, "rb") as file:
        file.seek(max(0, archive.stat().st_size - 4))
        return int.from_bytes(file.read(), "little")


def make_room(size: int) -> None:
    """Raises Failure if the disk is too small for what comes next. Before that, only two releases are kept."""
    if disk_space.is_enough_for(size):
        return
    remove_old_releases(kept=0)
    if not disk_space.is_enough_for(size):
        raise Failure(too_small(size))


def too_small(size: int) -> str:
    more = f"It takes {disk_space.shown(size)} more. " if size else ""
    return (
        f"the disk is too small for this program. {more}{disk_space.shown(disk_space.RESERVE)} must stay free for the bot and "
        f"the server, and {disk_space.shown(disk_space.free())} are free now. The bot's program wasn't changed. To see what "
        "takes the space: npm run ssh -- sudo du -xh --max-depth=3 / | sort -h"
    )


def remove_old_releases(kept: int) -> None:
    REMOVED.mkdir(exist_ok=True)
    move_old_away(kept, REMOVED)
    shutil.rmtree(REMOVED, ignore_errors=True)
    copies.remove_old()


def add_packages(release: str) -> None:
    """Installs what requirements.txt lists, unless a tree with the same packages is there."""
    key = package_trees.read_key(REQUIREMENTS / packages.KEY.name)
    tree = tree_to_use(release, key)
    if tree is None and (packages.TREES / release).exists():
        # The name is taken: this release was installed before, with another Python. It gets its own packages.
        key = None
        files.remove(REQUIREMENTS / packages.KEY.name)
    if tree is None:
        install_packages(release)
    if tree is None and key is not None:
        tree = add_tree(release, key)
    if tree is not None:
        package_trees.link(TREE, tree)


def add_tree(release: str, key: str) -> str:
    """Makes a tree of the packages that were installed for a release. Returns its name."""
    files.write(PACKAGES / package_trees.KEY, key)
    seal(PACKAGES)
    files.make_folder(packages.TREES)
    files.move(PACKAGES, packages.TREES / release)
    return release


def tree_to_use(release: str, key: str | None) -> str | None:
    """The latest tree with the same packages. After `--refresh`, only one that was made for this release."""
    trees = package_trees.with_key(key) if key else []
    if (REQUIREMENTS / packages.REFRESH.name).exists():
        trees = [tree for tree in trees if tree == release]
    if not trees:
        return None
    made = datetime.fromtimestamp((packages.TREES / trees[0]).stat().st_mtime, UTC)
    report(f"requirements.txt is unchanged: the packages that were installed on {made:%Y-%m-%d} are used again")
    return trees[0]


def install_packages(release: str) -> None:
    fetch_packages(release)
    make_room(fetched_size())
    report("Installing what requirements.txt lists")
    run_step(f"trading-bot-prepare@{release}", f"the release {release} can't be prepared")


def fetch_packages(release: str) -> None:
    """Fetches what the program requires, in turns: building a source archive may show that more has to be fetched."""
    report("Fetching what requirements.txt lists")
    for _ in range(MOST_TURNS):
        run_step("trading-bot-fetch", f"the packages of the release {release} can't be fetched")
        if (FETCHED / packages.COMPLETE.name).exists():
            return
        run_step("trading-bot-build", f"the packages of the release {release} can't be built")
    raise Failure(f"the packages of the release {release} need too many builds from source; nothing was changed")


def fetched_size() -> int:
    """How many bytes the packages take when they are installed, as the fetch says."""
    size = (FETCHED / packages.COMPLETE.name).read_text()
    return int(size) if size.isdecimal() else 0


def run_step(unit: str, failure: str) -> None:
    with timed(unit.removeprefix("trading-bot-").partition("@")[0]):
        if not sandboxed.run_unit(f"{unit}.service", STAGING / "output"):
            raise Failure(f"{failure}; nothing was changed")


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Shows how long a step takes, so that its owner sees where the time goes."""
    began = monotonic()
    yield
    report(f"  ({step}: {monotonic() - began:.1f} s)")


def seal(tree: Path) -> None:
    """The bot can read what is in it, and nobody but root can change it. Links are left as they are."""
    must_run("chown", "--recursive", "--no-dereference", "root:trading-bot", str(tree))
    must_run("chmod", "--recursive", "u=rwX,g=rX,o=,a-st", str(tree))
    os.utime(tree)
    must_run("sync", "--file-system", str(tree))
