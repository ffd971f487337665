"""Builds wheels from the source archives that fetch_packages.py has put aside, without a network."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from root_tools import packages
from root_tools.fetch_packages import Source, all_sources
from root_tools.tool import Failure, report

packages.use_debian_pip()

from pip._internal.build_env import BuildEnvironment  # noqa: E402
from pip._internal.cli.main import main as pip  # noqa: E402


def build() -> None:
    for source in all_sources():
        if source.fetched.exists() and source.wheel is None:
            build_wheel(source)


def build_wheel(source: Source) -> None:
    """Builds the wheel, or notes what else the build asks for, to be fetched in the next turn."""
    report(f"Building a wheel from {source.title}")
    shutil.rmtree(source.built, ignore_errors=True)
    source.built.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        # A build may write into its own tree.
        tree = shutil.copytree(source.tree, Path(folder, "tree"), symlinks=True)
        with note_requirements() as asked:
            options = [*packages.PIP_OPTIONS, "--no-cache-dir", "--no-deps", "--use-pep517"]
            offline = ["--no-index", "--find-links", str(source.wheels)]
            status = pip(["wheel", *options, *offline, "--wheel-dir", str(source.built), str(tree)])
    if status == 0:
        return
    missing = [line for line in asked if line not in json.loads(source.fetched.read_text(encoding="utf-8"))]
    if not missing:
        raise Failure(f"no wheel could be built from {source.title}")
    source.asked.write_text(json.dumps(asked), encoding="utf-8")


@contextmanager
def note_requirements() -> Iterator[list[str]]:
    """Lists what pip is about to install for a build, so that what isn't there yet is known."""
    asked: list[str] = []
    install = BuildEnvironment.install_requirements

    def note(environment: BuildEnvironment, finder: Any, requirements: Iterable[str], *args: Any, **kwargs: Any) -> None:
        asked.extend(requirements)
        install(environment, finder, requirements, *args, **kwargs)

    BuildEnvironment.install_requirements = note
    try:
        yield asked
    finally:
        BuildEnvironment.install_requirements = install
