"""prepare-program: turns the archive of the bot's program into a folder that can run.

It runs as its own user, in the sandboxes of units: trading-bot-unpack@, -fetch, -build and -prepare@. packages.py says
what each of them sees.
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from root_tools import packages, paths
from root_tools.tool import Failure, run_tool

NAME = "prepare-program"

USAGE = """
Usage: prepare-program COMMAND

  unpack ARCHIVE ID FOLDER  Unpacks a gzipped tar whose content has a SHA-256 that starts with ID. Refuses one with a
                            name, a link or a device that leads out of FOLDER.
  requirements FOLDER       Notes what requirements.txt of the program asks for, if there is one.
  fetch                     Fetches that, without running any code of a package.
  build                     Builds wheels from the source archives that are among it.
  prepare FOLDER            Installs it: into FOLDER/.venv if the program's own code is part of it, and otherwise into
                            the environment that this program shares with others.
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


# The next three import pip, which takes a while, only if their step is run.


def collect_requirements(folder: str) -> None:
    from root_tools import requirements

    requirements.collect(folder)


def fetch() -> None:
    from root_tools import fetch_packages

    fetch_packages.fetch()


def build() -> None:
    from root_tools import build_packages

    build_packages.build()


def prepare(folder: str) -> None:
    """Installs the program's packages. There is no network, so nothing more can be fetched."""
    os.chdir(folder)
    if not packages.LINES.exists():
        return
    # Its files name the folder that they are in: the sandbox shows this one under its final name.
    environment = packages.environment_of(Path(folder).name) if packages.KEY.exists() else Path(packages.VENV)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", environment], stdout=2, check=False).returncode != 0:
        raise Failure("no environment for Python could be created")
    pip = [environment / "bin/python", "-m", "pip"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lines:
        lines.write("".join(f"{line}\n" for line in what_to_install()))
        lines.flush()
        offline = ["--no-index", "--find-links", str(packages.TOOLS), "--find-links", str(packages.WHEELS)]
        options = [*packages.PIP_OPTIONS, *offline, "--no-cache-dir", "--no-deps", "--requirement", lines.name]
        if subprocess.run([*pip, "install", *options], stdout=2, check=False).returncode != 0:
            raise Failure("pip could not install what requirements.txt lists")
    # What a folder of the program requires may only be known to the code that has built it.
    if json.loads(packages.BUILD_REQUIREMENTS.read_text(encoding="utf-8")):
        if subprocess.run([*pip, "check"], stdout=2, check=False).returncode != 0:
            raise Failure(
                "the program requires packages that were not fetched: list them in requirements.txt, or under "
                "dependencies of [project] in pyproject.toml"
            )


def what_to_install() -> list[str]:
    """Lines for pip: the wheels that were fetched, and what is in the program instead of its stubs."""
    local = json.loads(packages.LOCAL.read_text(encoding="utf-8"))
    lines = {entry["stub"]: entry["line"] for entry in local}
    wheels = [lines.get(wheel.name, str(wheel)) for wheel in sorted(packages.WHEELS.glob("*.whl"))]
    return [*wheels, *(entry["line"] for entry in local if entry["stub"] is None)]


def main(args: Sequence[str]) -> int:
    commands = {
        "unpack": unpack,
        "requirements": collect_requirements,
        "fetch": fetch,
        "build": build,
        "prepare": prepare,
    }
    return run_tool(NAME, USAGE, commands, args)
