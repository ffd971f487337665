"""The folders through which a program's packages come, and the pip that fetches and builds them.

Each step is a unit with its own sandbox, and sees no more than what this table says.

| step         | network | sees the program | runs code of packages | writes                          |
| ------------ | ------- | ---------------- | --------------------- | ------------------------------- |
| requirements | no      | yes              | no                    | REQUIREMENTS                    |
| fetch        | yes     | no               | no                    | FETCHED                         |
| build        | no      | no               | yes                   | BUILT                           |
| prepare      | no      | yes              | yes                   | the program, or its environment |

So nothing that could know a secret of the program decides what is fetched. Code that is built here can name packages,
which are then looked for in the index, but no address.
"""

import sys
from pathlib import Path

from root_tools import paths

# What requirements.txt asks for, without the program: see requirements.py.
REQUIREMENTS = paths.PROGRAMS / "requirements"
LINES = REQUIREMENTS / "requirements.txt"
CONSTRAINTS = REQUIREMENTS / "constraints.txt"
# Only the lines that say where and how to look for packages: they hold for what a build requires as well.
OPTIONS = REQUIREMENTS / "options.txt"
LOCAL = REQUIREMENTS / "local.json"
BUILD_REQUIREMENTS = REQUIREMENTS / "build.json"
# The hash of what decides which packages are installed. It isn't there if code of the program decides that as well: then
# the packages are the release's own.
KEY = REQUIREMENTS / "key"
# It is there if versions are looked for again, although the requirements haven't changed.
REFRESH = REQUIREMENTS / "refresh"
# npm run install-bot --refresh puts this file into the program, with the time. So it is another release.
REFRESHED = ".packages-refreshed"

FETCHED = paths.PROGRAMS / "fetched"
# The packages to be installed, one wheel for each.
WHEELS = FETCHED / "wheels"
# What the program's own folders require to be built.
TOOLS = FETCHED / "tools"
# Source archives, unpacked, that have to be built into wheels.
SOURCES = FETCHED / "sources"
# It is there when everything is fetched, and says how many bytes it takes when it is installed.
COMPLETE = FETCHED / "complete"

# Wheels that were built from sources.
BUILT = paths.PROGRAMS / "built"

# The environments that releases share (package_trees.py), and where a release has its own, or a link to one of them.
TREES = paths.PROGRAMS / "packages"
ENVIRONMENT = "venv"
VENV = ".venv"

PIP_OPTIONS = ["--quiet", "--no-input", "--disable-pip-version-check"]


def environment_of(release: str) -> Path:
    """The environment in a tree that was made for this release."""
    return TREES / release / ENVIRONMENT


def use_debian_pip() -> None:
    """Makes pip importable. Debian installs it only as a wheel, for virtual environments.

    Its internal modules may change with every version. Debian keeps one version for the life of a release.
    """
    for wheel in paths.at("/usr/share/python-wheels").glob("pip-*.whl"):
        sys.path.insert(0, str(wheel))
