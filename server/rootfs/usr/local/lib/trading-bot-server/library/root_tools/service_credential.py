"""service-credential: keeps one secret of a service on the server, such as the webhook's address, encrypted."""

import re
from collections.abc import Sequence
from pathlib import Path

from root_tools import credentials, files, paths
from root_tools.lock import exclusive
from root_tools.tool import Failure, require_root, run_tool, survive_hangup

NAME = "service-credential"

USAGE = """
Usage: sudo service-credential COMMAND

  install NAME  Reads a secret, one line, from standard input. A unit loads it with LoadCredentialEncrypted=NAME.
  remove NAME   Deletes it.

`pulumi up` calls this. The Binance key pair has its own tool: binance-credential.
"""


def install(name: str) -> None:
    path = allow_change(name)
    secret = credentials.read_line(f"the credential {name}")
    with exclusive(f"{NAME} install"):
        # One that can't be decrypted would keep its unit from starting.
        credentials.stage(name, path, secret + b"\n")
        files.commit(path)


def remove(name: str) -> None:
    path = allow_change(name)
    with exclusive(f"{NAME} remove"):
        files.remove(path)
        files.discard(path)


def allow_change(name: str) -> Path:
    require_root()
    survive_hangup()
    path = paths.CREDENTIALS / name
    if not re.fullmatch(r"[a-z][a-z-]*", name) or path == paths.KEY_PAIR:
        raise Failure(f"{name} can't be the name of a service's credential")
    return path


COMMANDS = {"install": install, "remove": remove}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
