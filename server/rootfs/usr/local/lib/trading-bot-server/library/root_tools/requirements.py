"""Writes down what a program's requirements.txt asks for, so that it can be fetched without seeing the program.

Included files become part of one file. A wheel or a folder of the program is replaced by a stub: a wheel with the same
name, version and dependencies, and without content. Source archives, and folders that `--find-links` names, are copied.
No code of a package runs here, so the dependencies of a folder are the ones that its pyproject.toml lists.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

from root_tools import packages
from root_tools.tool import Failure

packages.use_debian_pip()

from pip._internal.exceptions import PipError  # noqa: E402
from pip._internal.req.constructors import parse_req_from_editable, parse_req_from_line  # noqa: E402
from pip._internal.req.req_file import (  # noqa: E402
    OptionParsingError,
    get_file_content,
    get_line_parser,
    preprocess,
)
from pip._vendor.packaging.requirements import Requirement  # noqa: E402
from pip._vendor.packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename  # noqa: E402
from pip._vendor.packaging.version import Version  # noqa: E402

# What pip takes if a folder names no build system: PEP 517 and 518.
DEFAULT_BUILD_REQUIREMENTS = ["setuptools>=40.8.0"]
# What a build system may ask for when it runs. That is too late for a folder of the program: nothing that has seen the
# program decides what is fetched.
ASKED_LATER = {"setuptools": "wheel", "hatchling": "editables"}
PACKAGE_FILES = (".whl", ".tar.gz", ".zip")
# The metadata that decide what is installed besides a package.
KEPT_HEADERS = ("Name", "Version", "Requires-Python", "Requires-Dist", "Provides-Extra")


class Line(NamedTuple):
    """A line of a requirements file, as pip reads it."""

    file: str
    text: str
    requirement: str
    options: Any
    is_constraint: bool


class Collection:
    """What is written to packages.REQUIREMENTS."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constraints: list[str] = []
        self.options: list[str] = []
        # What is installed from the program itself: the line for pip, and the stub that stands for it.
        self.local: list[dict[str, str | int | None]] = []
        # What each folder of the program requires to be built.
        self.build_requirements: list[list[str]] = []
        # Files of the program that pip gets as they are.
        self.copied: list[Path] = []
        # The hash of each wheel that has a stub, and the stub's.
        self.hashes: dict[str, str] = {}

    def add(self, line: Line) -> None:
        if line.is_constraint and line.requirement:
            self.constraints.append(line.text)
        elif not line.requirement:
            self.add_option(line)
        else:
            self.add_requirement(line)

    def add_option(self, line: Line) -> None:
        text = line.text
        if line.options.find_links:
            value = line.options.find_links[0]
            folder = Path(line.file).parent / value
            if folder.is_dir():
                copied = self.add_folder_of_packages(folder)
                text = re.sub(rf"(--find-links|-f)([= ]+){re.escape(value)}", rf"\1\2{copied}", text)
        self.lines.append(text)
        if not line.options.require_hashes:
            self.options.append(text)

    def add_folder_of_packages(self, folder: Path) -> Path:
        """A place where pip looks for packages, such as those that others have made. They are copied as they are."""
        target = packages.REQUIREMENTS / f"links-{len(self.lines)}"
        target.mkdir()
        for file in folder.iterdir():
            if file.name.endswith(PACKAGE_FILES):
                self.copied.append(shutil.copyfile(file, target / file.name))
        return target

    def add_requirement(self, line: Line) -> None:
        text = line.requirement
        parts = parse_req_from_editable(text) if line.options.editables else parse_req_from_line(text, None)
        if parts.link is None or not parts.link.is_file:
            self.lines.append(line.text)
            return
        path = Path(parts.link.file_path)
        if path.is_dir():
            stub = self.add_folder(path)
            self.local.append({"line": without_hashes(line), "stub": stub and stub.name, "size": 0})
        elif path.suffix == ".whl":
            stub = self.add_stub_of_wheel(path)
            self.local.append({"line": str(path), "stub": stub.name, "size": installed_size(path)})
        else:
            stub = packages.REQUIREMENTS / path.name
            self.copied.append(shutil.copyfile(path, stub))
        if stub is not None:
            extras = f"[{','.join(sorted(parts.extras))}]" if parts.extras else ""
            marker = f" ; {parts.markers}" if parts.markers else ""
            hashes = (line.options.hashes or {}).items()
            options = "".join(f" --hash={name}:{value}" for name, values in hashes for value in values)
            # pip finds the wheel that is built from an archive by the name of the package.
            package = f"{name_of_archive(stub)}{extras} @ {stub.as_uri()}" if stub.suffix != ".whl" else f"{stub}{extras}"
            self.lines.append(f"{package}{marker}{options}")

    def add_folder(self, folder: Path) -> Path | None:
        """The stub of a folder of the program. None if its name is only known to the code that builds it."""
        file = folder / "pyproject.toml"
        pyproject = parse_toml(file) if file.exists() else {}
        requires = pyproject.get("build-system", {}).get("requires", DEFAULT_BUILD_REQUIREMENTS)
        names = {canonicalize_name(Requirement(line).name) for line in requires}
        self.build_requirements.append([*requires, *(ASKED_LATER[name] for name in sorted(names & ASKED_LATER.keys()))])
        project = pyproject.get("project")
        if project is None:
            return None
        metadata = metadata_of_project(project)
        name = canonicalize_name(metadata["Name"]).replace("-", "_")
        return write_stub(packages.REQUIREMENTS / f"{name}-{metadata['Version']}-py3-none-any.whl", metadata)

    def add_stub_of_wheel(self, wheel: Path) -> Path:
        stub = write_stub(packages.REQUIREMENTS / wheel.name, metadata_of_wheel(wheel))
        self.hashes[sha256_of(wheel)] = sha256_of(stub)
        return stub

    def key(self) -> str | None:
        """The hash of what decides which packages are installed. None if code of the program decides that as well."""
        if self.build_requirements:
            return None
        decides = {
            "python": f"{platform.python_version()} {platform.machine()}",
            "lines": self.lines,
            "constraints": self.constraints,
            "wheels": list(self.hashes),
            "copied": {str(file): sha256_of(file) for file in sorted(self.copied)},
        }
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()

    def write(self) -> None:
        key = self.key()
        if key is not None:
            packages.KEY.write_text(key, encoding="utf-8")
        packages.LINES.write_text(self.with_hashes_of_stubs(self.lines), encoding="utf-8")
        packages.CONSTRAINTS.write_text(self.with_hashes_of_stubs(self.constraints), encoding="utf-8")
        packages.OPTIONS.write_text("".join(f"{line}\n" for line in self.options), encoding="utf-8")
        packages.LOCAL.write_text(json.dumps(self.local), encoding="utf-8")
        packages.BUILD_REQUIREMENTS.write_text(json.dumps(self.build_requirements), encoding="utf-8")

    def with_hashes_of_stubs(self, lines: Iterable[str]) -> str:
        """pip compares with the stub what the program's owner wrote for the wheel."""
        text = "".join(f"{line}\n" for line in lines)
        for real, stub in self.hashes.items():
            text = text.replace(f"sha256:{real}", f"sha256:{stub}")
        return text


def collect(folder: str) -> None:
    """Reads requirements.txt of the program in `folder`, if there is one."""
    # pip reads paths in a requirements file from here.
    os.chdir(folder)
    if not os.path.exists("requirements.txt"):
        return
    if os.path.lexists(packages.REFRESHED):
        packages.REFRESH.touch()
    collection = Collection()
    try:
        for line in lines_of(os.path.abspath("requirements.txt"), is_constraint=False):
            collection.add(line)
    except OptionParsingError as error:
        raise Failure(f"requirements.txt can't be read: {error.msg}") from error
    except (PipError, OSError, ValueError, KeyError, zipfile.BadZipFile, RecursionError) as error:
        raise Failure(f"requirements.txt can't be read: {error}") from error
    collection.write()


def lines_of(file: str, is_constraint: bool) -> Iterator[Line]:
    """The lines of a file and of all files that it includes. One at an address stays: pip fetches it."""
    parse = get_line_parser(None)
    # It is a local file, so no session is needed.
    _, content = get_file_content(file, None)
    for _, text in preprocess(content):
        requirement, options = parse(text)
        requirement = requirement or (options.editables[0] if options.editables else "")
        included = [*(options.requirements or []), *(options.constraints or [])]
        if requirement or not included or "://" in included[0]:
            yield Line(file, text, requirement, options, is_constraint)
        else:
            path = os.path.join(os.path.dirname(file), included[0])
            yield from lines_of(path, is_constraint or bool(options.constraints))


def without_hashes(line: Line) -> str:
    return line.text.split(" --hash")[0]


def parse_toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def metadata_of_project(project: dict[str, Any]) -> Message:
    """The metadata that `[project]` of a pyproject.toml lists. A version that is computed is not known here."""
    metadata = Message()
    metadata["Name"] = project["name"]
    metadata["Version"] = str(Version(project.get("version", "0")))
    if "requires-python" in project:
        metadata["Requires-Python"] = project["requires-python"]
    for requirement in project.get("dependencies", []):
        metadata["Requires-Dist"] = requirement
    for extra, requirements in project.get("optional-dependencies", {}).items():
        metadata["Provides-Extra"] = extra
        for requirement in requirements:
            metadata["Requires-Dist"] = with_extra(requirement, extra)
    return metadata


def with_extra(requirement: str, extra: str) -> str:
    name, _, marker = requirement.partition(";")
    condition = f"extra == '{extra}'"
    return f"{name}; ({marker.strip()}) and {condition}" if marker else f"{name}; {condition}"


def metadata_of_wheel(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")]
        if len(names) != 1:
            raise ValueError(f"{wheel.name} isn't a wheel")
        full = HeaderParser().parsestr(archive.read(names[0]).decode())
    kept = Message()
    for header, value in full.items():
        if header in KEPT_HEADERS:
            kept[header] = value
    return kept


def write_stub(path: Path, metadata: Message) -> Path:
    """A wheel that has metadata and no content."""
    folder = f"{'-'.join(path.name.split('-')[:2])}.dist-info"
    tag = "-".join(path.stem.split("-")[-3:])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\n{metadata.as_string()}")
        archive.writestr(f"{folder}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{folder}/RECORD", "")
    return path


def installed_size(wheel: Path) -> int:
    """How many bytes a wheel takes when it is installed: a compiled copy is added to each module."""
    with zipfile.ZipFile(wheel) as archive:
        return sum(file.file_size * (2 if file.filename.endswith(".py") else 1) for file in archive.infolist())


def name_of_archive(archive: Path) -> str:
    try:
        return parse_sdist_filename(archive.name)[0]
    except InvalidSdistFilename as error:
        raise ValueError(f"the file name of a source archive is NAME-VERSION.tar.gz, and not {archive.name}") from error


def sha256_of(file: Path) -> str:
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
