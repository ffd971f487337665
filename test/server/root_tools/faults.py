"""Lets single system calls of a tool fail, or kills it there, with strace: every call by which it changes a file.

The tests that kill a tool at every step do this instead if FAULTS is set: "all" for each kind of fault, "sample" for a few
of them.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO", "error=EROFS")
CHANGING = (
    "chmod,chown,fchmod,fchmodat,fchown,fchownat,fdatasync,fsync,ftruncate,lchown,link,linkat,mkdir,mkdirat,openat,"
    "pwrite64,rename,renameat,renameat2,rmdir,symlink,symlinkat,sync,unlink,unlinkat,utimensat,write"
)
# As strace shows a call: write(3</etc/one>, "…", 2) = 2
CALL = re.compile(r"^(\w+)\((.*)$")


class Call(NamedTuple):
    """A system call: its name, which one of that name it is (the first is 1), and its arguments as strace shows them."""

    name: str
    number: int
    args: str


def chosen() -> str:
    return os.environ.get("FAULTS", "")


def wait_for_strace() -> None:
    """In the tool's process, before it is traced: stops until `trace` lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def trace(process: int, log: Path, fault: str | None) -> "subprocess.Popen[bytes]":
    """Starts strace on a stopped process. `fault` is such as "fsync:error=EIO:when=2"."""
    os.waitpid(process, os.WUNTRACED)
    inject = [] if fault is None else ["-e", f"inject={fault}"]
    options = ["-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={CHANGING}", "-e", "signal=none", *inject]
    strace = subprocess.Popen(["strace", *options, "-p", str(process)], stdin=subprocess.DEVNULL)
    while "TracerPid:\t0\n" in Path(f"/proc/{process}/status").read_text():
        if strace.poll() is not None:
            raise RuntimeError("strace doesn't run")
        time.sleep(0.001)
    os.kill(process, signal.SIGCONT)
    return strace


def calls_in(log: Path) -> list[Call]:
    counts: dict[str, int] = {}
    calls = []
    for line in log.read_text(errors="replace").splitlines():
        if found := CALL.match(line):
            name, args = found.groups()
            counts[name] = counts.get(name, 0) + 1
            calls.append(Call(name, counts[name], args))
    return calls


def changing(calls: list[Call], root: Path, ignored: list[str]) -> list[Call]:
    """The calls that change the server: not those by which a file is only read, nor those of stand-ins."""
    return [
        call
        for call in calls
        if (str(root) in call.args or call.name == "sync")
        and not any(path in call.args for path in ignored)
        and (call.name != "openat" or re.search("O_WRONLY|O_RDWR|O_CREAT", call.args))
    ]


def not_durable(calls: list[Call]) -> list[str]:
    """What a power cut could undo: a rename of a file that isn't synced, or in a folder that isn't synced afterwards."""
    written: set[str] = set()
    found = []
    unsynced: list[tuple[str, str]] = []
    for call in calls:
        paths = re.findall(r'"([^"]*)"', call.args)
        descriptor = re.search(r"^\d+<([^>]*)>", call.args)
        if call.name in ("write", "pwrite64", "ftruncate") and descriptor:
            written.add(descriptor[1])
        elif call.name in ("fsync", "fdatasync") and descriptor:
            written.discard(descriptor[1])
            unsynced = [(folder, name) for folder, name in unsynced if folder != descriptor[1]]
        elif call.name == "sync":
            written, unsynced = set(), []
        elif call.name == "rename" and len(paths) == 2:
            if paths[0] in written:
                found.append(f"{paths[0]} is renamed before it is synced")
            unsynced.append((os.path.dirname(paths[1]), paths[1]))
    return [*found, *(f"the folder of {name} isn't synced after the rename" for _, name in unsynced)]
