"""The installed releases of the bot's program, each in a folder that is complete or not there, and the links to them."""

import os
from collections.abc import Iterable
from pathlib import Path

from root_tools import disk_space, files, package_trees, paths

KEPT = 3
RELEASES = paths.PROGRAMS / "releases"
PREVIOUS = paths.PROGRAMS / "previous"
# The last release whose installation is complete: the bot runs with it, or can't start yet for a known reason. If it is
# also the current one, npm run install-bot has nothing to do.
PROVEN = paths.PROGRAMS / "proven"


def installed() -> list[str]:
    """The latest installed first."""
    if not RELEASES.is_dir():
        return []
    folders = sorted(RELEASES.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    return [folder.name for folder in folders if folder.is_dir()]


def target(link: Path) -> str | None:
    """The release that a link names."""
    return os.path.basename(os.readlink(link)) if link.is_symlink() else None


def point(link: Path, release: str) -> None:
    """Makes a link name a release. The target is relative, because the sandboxes show the folder elsewhere."""
    files.point(link, f"releases/{release}")


def tree_of(release: str) -> str | None:
    """The tree of packages that a release uses. None if it has its own packages in it, or needs none."""
    return package_trees.linked(RELEASES / release)


def users_of(tree: str) -> list[str]:
    return [release for release in installed() if tree_of(release) == tree]


def size_of(some: Iterable[str]) -> int:
    """What releases take on the disk, with the packages that they use."""
    return sum(map(disk_space.size_of, folders_of(some)))


def describe_space(release: str) -> str:
    own = disk_space.size_of(RELEASES / release)
    all_releases = installed()
    text = f"On the disk: this release {disk_space.shown(own)}"
    if tree := tree_of(release):
        others = len(users_of(tree)) - 1
        shared = f", shared with {others} other{'s' if others > 1 else ''}" if others else ""
        text += f", its packages {disk_space.shown(size_of([release]) - own)}{shared}"
    return (
        f"{text}; all releases ({len(all_releases)}) with their packages {disk_space.shown(size_of(all_releases))}; "
        f"free {disk_space.shown(disk_space.free())}."
    )


def show(release: str) -> None:
    """The bot's group can read a release and its packages. Others have no access."""
    for folder in folders_of([release]):
        os.chmod(folder, 0o750)


def hide_all_but(current: str | None) -> None:
    """The bot sees its own program and no other one. Only when a switch is over: until then, the old bot may run."""
    shown = folders_of([current] if current else [])
    for folder in [*(RELEASES / release for release in installed()), *package_trees.folders()]:
        if folder not in shown:
            os.chmod(folder, 0o700)


def folders_of(some: Iterable[str]) -> set[Path]:
    """The folders of releases, and of the packages that they use."""
    return {folder for release in some for folder in (RELEASES / release, package_trees.folder(tree_of(release))) if folder}


def move_old_away(kept: int, to: Path) -> None:
    """Moves old releases away, and trees of packages that no release uses. The current and the previous one are kept.

    They are moved before they are removed, so that a release is complete as long as it has its name.
    """
    used = {target(paths.CURRENT_PROGRAM), target(PREVIOUS)}
    for release in installed()[kept:]:
        if release not in used:
            os.rename(RELEASES / release, to / release)
    needed = {tree_of(release) for release in installed()}
    for folder in package_trees.folders():
        if folder.name not in needed:
            os.rename(folder, to / f"packages-{folder.name}")
