"""Trees of packages: what the requirements of programs have installed. Releases with the same requirements share one.

A tree has the name of the release that it was made for. It holds a virtual environment, and a key: the hash of what
decides which packages are in it (requirements.py). A release uses a tree by a link, `.venv`.
"""

import os
import re
import shutil
from pathlib import Path

from root_tools import packages, paths

KEY = "key"
LINK = re.compile(rf"\.\./\.\./{packages.TREES.name}/([0-9a-f]{{{paths.FINGERPRINT_LENGTH}}})/{packages.ENVIRONMENT}")


def folders() -> list[Path]:
    """The latest first."""
    if not packages.TREES.is_dir():
        return []
    found = sorted(packages.TREES.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    return [folder for folder in found if folder.is_dir()]


def folder(tree: str | None) -> Path | None:
    """The folder of a tree. None if there is none."""
    found = packages.TREES / tree if tree else None
    return found if found and found.is_dir() else None


def with_key(key: str) -> list[str]:
    """The latest first."""
    return [folder.name for folder in folders() if read_key(folder / KEY) == key]


def read_key(file: Path) -> str | None:
    """None if there is none. The one of a program that is being installed was written by another user."""
    key = file.read_text(errors="replace") if file.is_file() and not file.is_symlink() else ""
    return key if re.fullmatch("[0-9a-f]{64}", key) else None


def linked(program: Path) -> str | None:
    """The tree that a program's folder links to. A program may come with another link of that name."""
    link = program / packages.VENV
    found = LINK.fullmatch(os.readlink(link)) if link.is_symlink() else None
    return found[1] if found else None


def link(program: Path, tree: str) -> None:
    """Makes a program's folder use a tree. The program may have come with something of that name."""
    path = program / packages.VENV
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    os.symlink(f"../../{packages.TREES.name}/{tree}/{packages.ENVIRONMENT}", path)
