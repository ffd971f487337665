"""The one way to change files: a crash at any moment leaves the old content or the new one, and nothing in between.

A new file is written to a staging folder beside it, synced, renamed, and then the folder is synced. A staging folder
that a crash leaves is removed by the next write of the same file.
"""

import os
import shutil
from pathlib import Path


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Creates or replaces a file."""
    stage(path, content, mode)
    commit(path)


def stage(path: Path, content: str | bytes, mode: int = 0o644) -> Path:
    """Writes what `commit` will put in place. It has the file's own name, because checkers go by the ending."""
    place = make_staging(path)
    data = content.encode() if isinstance(content, str) else content
    # Private until it is complete.
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())
    return place


def make_staging(path: Path) -> Path:
    """An empty folder on the same disk. Returns where in it the new file, folder or link has to be."""
    discard(path)
    make_folder(path.parent)
    staged(path).parent.mkdir(mode=0o700)
    return staged(path)


def commit(path: Path) -> None:
    """Puts what is staged in place, by one rename."""
    os.replace(staged(path), path)
    sync_folder(path.parent)
    discard(path)


def discard(path: Path) -> None:
    """Removes what is staged for this path."""
    shutil.rmtree(staged(path).parent, ignore_errors=True)


def staged(path: Path) -> Path:
    return path.parent / f".staged-{path.name}" / path.name


def move(source: Path, target: Path) -> None:
    """Renames, replacing a target file. Both are on the same disk."""
    if is_same(source, target):
        # A rename does nothing if both names are links to one file.
        os.unlink(source)
    else:
        os.replace(source, target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def copy(source: Path, target: Path) -> None:
    """Makes target the same file as source (a hard link), replacing what it was."""
    os.link(source, make_staging(target))
    commit(target)


def is_same(one: Path, other: Path) -> bool:
    """Whether both exist and are the same file, as after `copy`."""
    return one.exists() and other.exists() and one.samefile(other)


def point(link: Path, target: str) -> None:
    """Makes a symbolic link, or lets it name another target, by one rename."""
    os.symlink(target, make_staging(link))
    commit(link)


def remove(path: Path) -> None:
    """Removes a file or a link. There may be none."""
    try:
        path.unlink()
    except FileNotFoundError:
        return
    sync_folder(path.parent)


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Makes a folder, and the missing ones above it (0755). The mode of one that exists is kept."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=mode, exist_ok=True)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Makes a file that was written in another way durable."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """A rename or a removal is durable only when its folder has been synced."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
