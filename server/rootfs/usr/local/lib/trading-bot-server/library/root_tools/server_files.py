"""server-files: installs the server's files. All of a delivery is installed, or none of it."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from root_tools import credentials, files, paths
from root_tools.commands import must_run, run
from root_tools.lock import exclusive
from root_tools.tool import Failure, report, require_root, run_tool, say, survive_hangup

NAME = "server-files"

USAGE = """
Usage: sudo server-files COMMAND

  install        Reads a delivery, one JSON object, from standard input:
                   files          a list of {path, mode, content, check, activate}. `content` null removes the file,
                                  and an object is written as JSON. `check` is a command that fails for a broken file,
                                  whose path is $1 in it. It runs before anything is changed. `credential` is a name:
                                  the content is encrypted as the systemd credential of this name, and is never on the
                                  disk in plaintext. `activate` is a list of commands that make a changed file take
                                  effect; each runs once, when all files are installed.
                   confirmWithin  seconds. The delivery is rolled back unless `confirm` follows in time. 0: it stays.
                 If a check fails, nothing is changed. If an activation fails, the previous files are restored.
                 Prints "unchanged", or the changed paths; before them "unconfirmed", if it waits to be confirmed.
  confirm        Keeps the last delivery.
  undo [NUMBER]  Rolls back the last delivery if it wasn't confirmed or was interrupted. With the number of a delivery,
                 rolls back that delivery only.
"""

# What an unfinished delivery has changed. The record exists from before the first change until the delivery is final.
# Beside it are copies of the previous files, named by their place in the record.
RECORD = paths.UNDO / "record.json"
TIMER = "server-files-unconfirmed"


@dataclass(frozen=True)
class File:
    """One file of a delivery."""

    # As it is on the server, without the root prefix.
    path: str
    # None removes the file.
    content: str | None
    mode: int
    check: str
    activate: list[str]
    # The name of the systemd credential that the content is encrypted as. Empty for a plain file.
    credential: str

    @property
    def place(self) -> Path:
        return paths.at(self.path)

    def is_content(self) -> bool:
        """Whether the file on the server has this content."""
        wanted = (self.content or "").encode()
        if self.credential:
            return credentials.decrypt(self.credential, self.place) == wanted
        return self.place.read_bytes() == wanted

    def stage(self) -> None:
        content = self.content or ""
        if self.credential:
            credentials.stage(self.credential, self.place, content.encode())
        else:
            files.stage(self.place, content, self.mode)


@dataclass(frozen=True)
class Delivery:
    files: list[File]
    # In seconds; 0 if it needs no confirmation.
    confirm_within: int


def install() -> None:
    require_root()
    survive_hangup()
    delivery = read_delivery(sys.stdin.read())
    with exclusive(f"{NAME} install"):
        # A delivery that was interrupted may have left half of its files, or files that were not activated.
        roll_back()
        changed = [file for file in delivery.files if is_changed(file)]
        if not changed:
            say("unchanged")
            return
        try:
            prepare(changed)
            put_in_place(changed, delivery.confirm_within)
        finally:
            for file in changed:
                files.discard(file.place)
    say("\n".join([*(["unconfirmed"] if delivery.confirm_within else []), *(file.path for file in changed)]))


def confirm() -> None:
    require_root()
    with exclusive(f"{NAME} confirm"):
        if not RECORD.exists():
            raise Failure("there is nothing to confirm: the delivery was rolled back, or it is final already")
        # The record first: if this is interrupted, the timer finds nothing to do.
        forget()
        stop_timer()


def undo(number: str | None = None) -> None:
    require_root()
    with exclusive(f"{NAME} undo"):
        roll_back(number)


def read_delivery(text: str) -> Delivery:
    """A connection that breaks in the middle looks like the end of the input. Half of the JSON can't be parsed."""
    try:
        delivery = json.loads(text)
        return Delivery([read_file(file) for file in delivery["files"]], int(delivery.get("confirmWithin", 0)))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Failure("the delivery arrived incomplete, and nothing was changed: run `pulumi up` again") from error


def read_file(file: dict[str, Any]) -> File:
    if not os.path.isabs(file["path"]):
        raise ValueError(file["path"])
    mode = int(file.get("mode", "0644"), 8)
    check, activations = file.get("check", ""), list(file.get("activate", []))
    return File(file["path"], text_of(file["content"]), mode, check, activations, file.get("credential", ""))


def text_of(content: str | dict[str, str] | None) -> str | None:
    """An object becomes the text that JavaScript makes of it: by that text, a file is recognized as unchanged."""
    if isinstance(content, dict):
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return content


def is_changed(file: File) -> bool:
    if file.content is None:
        return os.path.lexists(file.place)
    if not file.place.is_file() or file.place.is_symlink():
        return True
    status = file.place.stat()
    return (
        not file.is_content()
        or status.st_mode & 0o7777 != file.mode
        or (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid())
    )


def prepare(changed: list[File]) -> None:
    """Stages the new files and checks them. Nothing is changed yet."""
    for file in changed:
        if file.content is not None:
            file.stage()
    for file in changed:
        if file.content is not None and file.check:
            result = run("sh", "-c", file.check, "sh", str(files.staged(file.place)), merge=True)
            if not result.ok:
                raise Failure(
                    f"`{file.check}` refused {file.path}, and nothing was changed. Its output:\n{result.output}"
                )


def put_in_place(changed: list[File], confirm_within: int) -> None:
    activations = list(dict.fromkeys(command for file in changed for command in file.activate))
    number = remember(changed, activations)
    try:
        if confirm_within:
            start_timer(confirm_within, number)
        for file in changed:
            if file.content is None:
                files.remove(file.place)
            else:
                files.commit(file.place)
        for command in activations:
            activate(command)
    except (Failure, OSError) as error:
        roll_back()
        raise Failure(f"{error}\nThe previous files were restored.") from error
    if not confirm_within:
        forget()


def activate(command: str) -> None:
    result = run("sh", "-c", command, merge=True)
    if not result.ok:
        raise Failure(f"`{command}` failed. Its output:\n{result.output}")


def remember(changed: list[File], activations: list[str]) -> str:
    """Writes down what is needed to roll back. Returns the number of this delivery."""
    shutil.rmtree(paths.UNDO, ignore_errors=True)
    files.make_folder(paths.UNDO, 0o700)
    for index, file in enumerate(changed):
        if file.place.exists():
            files.write(paths.UNDO / str(index), file.place.read_bytes(), mode_of(file.place))
    number = os.urandom(4).hex()
    record = {"number": number, "paths": [file.path for file in changed], "activate": activations}
    files.write(RECORD, json.dumps(record))
    return number


def roll_back(number: str | None = None) -> None:
    """Restores the previous files from the copies, which stay, so that this can be interrupted and done again."""
    if not RECORD.exists():
        # A delivery that was killed at its end may have left copies.
        forget()
        return
    record = json.loads(RECORD.read_text())
    # The timer of an earlier delivery may wait for the lock while a later one is installed.
    if number not in (None, record["number"]):
        return
    for index, path in enumerate(record["paths"]):
        copy = paths.UNDO / str(index)
        if copy.exists():
            files.write(paths.at(path), copy.read_bytes(), mode_of(copy))
        else:
            files.remove(paths.at(path))
    for command in record["activate"]:
        run("sh", "-c", command)
    forget()
    stop_timer()
    report(f"Rolled back: {' '.join(record['paths'])}")


def forget() -> None:
    files.remove(RECORD)
    shutil.rmtree(paths.UNDO, ignore_errors=True)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def start_timer(seconds: int, number: str) -> None:
    stop_timer()
    timer = [f"--on-active={seconds}s", f"--unit={TIMER}", "--timer-property=AccuracySec=1s"]
    must_run("systemd-run", "--quiet", "--collect", *timer, "/usr/local/sbin/server-files", "undo", number)


def stop_timer() -> None:
    run("systemctl", "stop", f"{TIMER}.timer")


COMMANDS = {"install": install, "confirm": confirm, "undo": undo}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
