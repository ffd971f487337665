"""Installs the library of the root tools, and server-files, the tool that installs everything else.

Reads one JSON object from standard input: {"version": …, "library": {path: content, …}, "tool": content}. The library is
written to a folder of its version. Then one rename of a link makes it the current one, so it changes whole or not at all.
It is Python because the first boot needs Python anyway, and it can't use the library that it installs.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("TRADING_BOT_ROOT", "/"))
LIBRARIES = ROOT / "usr/local/lib/trading-bot-server"
CURRENT = LIBRARIES / "library"
TOOL = ROOT / "usr/local/sbin/server-files"


def main() -> None:
    bundle = read_bundle(sys.stdin.read())
    os.umask(0o022)
    LIBRARIES.mkdir(parents=True, exist_ok=True)
    TOOL.parent.mkdir(parents=True, exist_ok=True)
    version = LIBRARIES / f"library-{bundle['version']}"
    previous = CURRENT.resolve()

    install_library(version, bundle["library"])
    link = clear(LIBRARIES / ".staged-link")
    link.symlink_to(version.name)
    os.replace(link, CURRENT)
    tool = clear(TOOL.with_name(".staged-server-files"))
    tool.write_text(bundle["tool"], encoding="utf-8")
    tool.chmod(0o755)
    os.sync()
    os.replace(tool, TOOL)
    os.sync()

    # A tool that has just started may still be reading the previous version.
    for folder in LIBRARIES.glob("library-*"):
        if folder not in (version, previous):
            shutil.rmtree(folder)


def read_bundle(text: str) -> dict[str, Any]:
    """A connection that breaks in the middle looks like the end of the input. Half of the JSON can't be parsed."""
    try:
        return json.loads(text)
    except ValueError:
        sys.exit("The root tools arrived incomplete and were not installed: run `pulumi up` again.")


def install_library(version: Path, files: dict[str, str]) -> None:
    """A folder with the name of a version is complete: it gets its name when all of it is on the disk."""
    if version.is_dir():
        return
    staged = clear(LIBRARIES / ".staged-library")
    for name, content in files.items():
        (staged / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).write_text(content, encoding="utf-8")
    os.sync()
    os.rename(staged, version)


def clear(path: Path) -> Path:
    """Removes what a killed run has left at a staging path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path


if __name__ == "__main__":
    main()
