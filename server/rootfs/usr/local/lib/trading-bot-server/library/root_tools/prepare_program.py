"""prepare-program: turns the archive of the bot's program into a folder that can run.

It runs as its own user, in the sandboxes of trading-bot-unpack@.service and trading-bot-prepare@.service, where it can
write nothing but that folder.
"""

import gzip
import hashlib
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from root_tools import paths
from root_tools.tool import Failure, report, run_tool

NAME = "prepare-program"

USAGE = """
Usage: prepare-program COMMAND

  unpack ARCHIVE ID FOLDER  Unpacks a gzipped tar whose content has a SHA-256 that starts with ID. Refuses one with a
                            name, a link or a device that leads out of FOLDER.
  prepare FOLDER            Installs what requirements.txt lists, if there is one, into FOLDER/.venv.
"""


def unpack(archive: str, release: str, folder: str) -> None:
    target = Path(folder).resolve()
    # A connection that breaks in the middle looks like the end of the input.
    digest = digest_of(archive)
    if digest is None:
        raise Failure("the program arrived incomplete: install it again")
    if digest[: paths.FINGERPRINT_LENGTH] != release:
        raise Failure(f"what arrived is not the program {release}: install it again")
    if any(leads_out(name) for name in names_in(archive)):
        raise Failure("the program's archive has a name that leads out of its folder")
    # tar itself follows no link that is in the archive while it unpacks.
    options = ["--extract", "--gzip", "--no-same-owner", "--no-same-permissions"]
    if subprocess.run(["tar", *options, "--file", archive, "--directory", target], check=False).returncode != 0:
        raise Failure("the program can't be unpacked")
    for path in below(target):
        if path.is_symlink():
            refuse_link_out(path, target)
        elif not path.is_file() and not path.is_dir():
            raise Failure("the program's archive has something that isn't a file, a folder or a link")


def digest_of(archive: str) -> str | None:
    """The SHA-256 of what a gzipped file contains. None if it isn't complete."""
    digest = hashlib.sha256()
    try:
        with gzip.open(archive) as content:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return digest.hexdigest()


def names_in(archive: str) -> list[str]:
    """The names in an archive. A line end in a name is escaped, so that each line is one name."""
    options = ["--list", "--gzip", "--quoting-style=escape"]
    listing = subprocess.run(["tar", *options, "--file", archive], stdout=subprocess.PIPE, check=False)
    if listing.returncode != 0:
        raise Failure("the program is not an archive that tar can read")
    return os.fsdecode(listing.stdout).splitlines()


def leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/")


def below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            yield Path(parent, name)


def refuse_link_out(link: Path, folder: Path) -> None:
    target = Path(os.path.realpath(link))
    if target != folder and folder not in target.parents:
        raise Failure(f"the program has a link that leads out of its folder: {str(link.relative_to(folder))!a}")


def prepare(folder: str) -> None:
    os.chdir(folder)
    if not os.path.exists("requirements.txt"):
        return
    report("Installing what requirements.txt lists")
    # Its files name the folder that they are in: the sandbox shows this one under its final name.
    if subprocess.run([sys.executable, "-m", "venv", "--clear", ".venv"], stdout=2, check=False).returncode != 0:
        raise Failure("no environment for Python could be created")
    # If a line of requirements.txt has a hash, pip itself checks it, and requires one for every line.
    options = ["--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]
    pip = [".venv/bin/python", "-m", "pip", "install", *options, "--requirement", "requirements.txt"]
    if subprocess.run(pip, stdout=2, check=False).returncode != 0:
        raise Failure("pip could not install what requirements.txt lists")


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, {"unpack": unpack, "prepare": prepare}, args)
