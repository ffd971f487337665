"""Fetches a program's packages, without running any of their code.

pip resolves and fetches as usual. When it would run the code of a source archive to learn its name, version and
dependencies, the archive is put aside with what its build requires, and this run ends. build_packages.py makes a wheel
of it without a network, and the next run continues with that wheel, until everything is there.
"""

import hashlib
import json
import shutil
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from root_tools import packages
from root_tools.requirements import installed_size, metadata_of_wheel
from root_tools.tool import Failure, report

packages.use_debian_pip()

from pip._internal.cache import ORIGIN_JSON_NAME, WheelCache  # noqa: E402
from pip._internal.cli.status_codes import SUCCESS  # noqa: E402
from pip._internal.commands.wheel import WheelCommand  # noqa: E402
from pip._internal.distributions.sdist import SourceDistribution  # noqa: E402
from pip._internal.req.req_install import InstallRequirement  # noqa: E402
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement  # noqa: E402

# Between the runs of one installation. pip looks here for a wheel that was built from an archive, before it builds it.
CACHE = packages.FETCHED / "cache"

# All events by which Python starts another program.
STARTS_A_PROGRAM = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "pty.spawn")


class Source:
    """A source archive that pip has found: a folder in packages.SOURCES."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = folder / "tree"
        self.wheels = folder / "wheels"
        # What is fetched for its build. It is there when all of it has been fetched.
        self.fetched = folder / "fetched.json"
        self.built = packages.BUILT / folder.name
        # What its build has asked for besides.
        self.asked = self.built / "asked.json"

    @property
    def title(self) -> str:
        return self.read("title")

    @property
    def requirements(self) -> list[str]:
        requirements: list[str] = json.loads(self.read("requires.json"))
        if is_plain_file(self.asked):
            requirements += parse_requirements(self.asked.read_text(encoding="utf-8"))
        return requirements

    @property
    def wheel(self) -> Path | None:
        """The wheel that was built from it."""
        return next(filter(is_plain_file, self.built.glob("*.whl")), None)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content, encoding="utf-8")


def is_plain_file(path: Path) -> bool:
    """Code of packages writes to packages.BUILT. A link there could lead to what only this step may see."""
    return path.is_file() and not path.is_symlink()


class SourceFound(Exception):
    """pip needs to know more about a source archive than its file name."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.title)
        self.source = source


class FetchWheels(WheelCommand):
    """`pip wheel`: fetches a wheel for each requirement, and for what those require."""

    # pip would report every exception as its own failure.
    interruption: SourceFound | Failure | None = None

    def run(self, options: Any, args: list[str]) -> int:
        try:
            return super().run(options, args)
        except (SourceFound, Failure) as interruption:
            self.interruption = interruption
            return SUCCESS


def fetch() -> None:
    """Fetches until everything is there, or until a source archive has to be built."""
    sys.addaudithook(refuse_to_start_a_program)
    SourceDistribution.prepare_distribution_metadata = put_aside
    offer_built_wheels()
    try:
        for requirements in json.loads(packages.BUILD_REQUIREMENTS.read_text(encoding="utf-8")):
            fetch_requirements(requirements, packages.TOOLS)
        fetch_wheels(packages.WHEELS, ["-r", str(packages.LINES), "-c", str(packages.CONSTRAINTS)])
    except SourceFound as found:
        fetch_for_build(found.source, ())
        return
    packages.COMPLETE.write_text(str(size_of_packages()))


def size_of_packages() -> int:
    """How many bytes the packages take when they are installed."""
    local = json.loads(packages.LOCAL.read_text(encoding="utf-8"))
    return sum(map(installed_size, packages.WHEELS.glob("*.whl"))) + sum(entry["size"] for entry in local)


def refuse_to_start_a_program(event: str, _: object) -> None:
    """Whatever pip tries: no program, and so no code of a package, is started where there is a network."""
    if event in STARTS_A_PROGRAM:
        raise PermissionError(f"{event} is refused while packages are fetched")


def fetch_requirements(requirements: Sequence[str], folder: Path) -> None:
    if requirements:
        fetch_wheels(folder, ["-r", str(packages.OPTIONS), "--", *requirements])


def fetch_wheels(folder: Path, args: Sequence[str]) -> None:
    """Fetches wheels into a folder. Raises SourceFound if there is a source archive to build first."""
    command = FetchWheels("wheel", "")
    status = command.main([*packages.PIP_OPTIONS, "--cache-dir", str(CACHE), "--wheel-dir", str(folder), *args])
    if command.interruption is not None:
        raise command.interruption
    if status != SUCCESS:
        raise Failure("pip could not fetch what requirements.txt lists")


def put_aside(distribution: SourceDistribution, *_: object) -> None:
    """Stands in for pip's function that runs a source archive's code."""
    requirement: InstallRequirement = distribution.req
    requirement.use_pep517 = True
    requirement.load_pyproject_toml()
    place = WheelCache(str(CACHE)).get_path_for_link(requirement.link)
    source = Source(packages.SOURCES / hashlib.sha256(place.encode()).hexdigest()[:16])
    if source.wheel is not None:
        raise Failure(f"the wheel that was built from {source.title} is not one of this archive")
    shutil.rmtree(source.folder, ignore_errors=True)
    shutil.copytree(requirement.unpacked_source_directory, source.tree, symlinks=True)
    source.write("title", requirement.link.filename)
    source.write("place", place)
    source.write(ORIGIN_JSON_NAME, requirement.download_info.to_json())
    source.write("requires.json", json.dumps(requirement.pyproject_requires))
    raise SourceFound(source)


def fetch_for_build(source: Source, needed_by: Sequence[str]) -> None:
    """Fetches what the build of a source archive requires. If that is a source archive itself, that one is first."""
    if source.folder.name in needed_by:
        raise Failure(f"{source.title} requires itself to be built: there is no wheel of it to begin with")
    report(f"{source.title} has no wheel, so one is built from its source")
    try:
        fetch_requirements(source.requirements, source.wheels)
    except SourceFound as found:
        fetch_for_build(found.source, (*needed_by, source.folder.name))
        return
    source.write(source.fetched.name, json.dumps(source.requirements))


def offer_built_wheels() -> None:
    """Puts each wheel that was built where pip looks for it, together with the hash of the archive that it is from."""
    for source in all_sources():
        if source.wheel is not None:
            refuse_addresses(source)
            place = Path(source.read("place"))
            place.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.wheel, place / source.wheel.name)
            shutil.copyfile(source.folder / ORIGIN_JSON_NAME, place / ORIGIN_JSON_NAME)


def refuse_addresses(source: Source) -> None:
    """The code that has built a wheel has written what it requires, and must not choose which host is called."""
    try:
        lines = metadata_of_wheel(source.wheel).get_all("Requires-Dist", []) if source.wheel else []
        requires_address = any(Requirement(line).url for line in lines)
    except (OSError, ValueError, zipfile.BadZipFile, InvalidRequirement) as error:
        raise Failure(f"the wheel that was built from {source.title} can't be read") from error
    if requires_address:
        raise Failure(
            f"{source.title} requires a package by its address, which only its code knows. If you trust it, list that "
            "package in requirements.txt, and a version of the first one that requires it by its name"
        )


def all_sources() -> list[Source]:
    return [Source(folder) for folder in sorted(packages.SOURCES.glob("*"))]


def parse_requirements(text: str) -> list[str]:
    """What a build has asked for: a list of names with versions. Code of packages has written it."""
    try:
        requirements = [Requirement(line) for line in json.loads(text)]
    except (ValueError, TypeError, InvalidRequirement) as error:
        raise Failure("a package's build has asked for something that isn't a requirement") from error
    if any(requirement.url for requirement in requirements):
        raise Failure("a package's build has asked for a package by its address")
    return [str(requirement) for requirement in requirements]
