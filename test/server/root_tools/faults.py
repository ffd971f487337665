"""Lets single system calls of a tool fail, or kills it there, with strace: every call by which it changes a file.

The tests that kill a tool at every step do this instead if FAULTS is set: "every" for each kind of fault at each call, "all"
for the same if the tool has few calls, and "sample" for a few of them. "steps" isn't a fault of a call, but a kill before each
step, also of a tool with so many that the tests leave some out.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO", "error=EROFS")
# An installation with a copy of the state has so many calls that all of their faults take an hour.
MOST = 300
CHANGING = (
    "chmod,chown,fchmod,fchmodat,fchown,fchownat,fdatasync,fsync,ftruncate,lchown,link,linkat,mkdir,mkdirat,mknodat,openat,"
    "pwrite64,rename,renameat,renameat2,rmdir,symlink,symlinkat,sync,syncfs,unlink,unlinkat,utimensat,write"
)
# As strace shows a call: 17 write(3</etc/one>, "…", 2) = 2
CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")


class Call(NamedTuple):
    """A system call: its name, which one of that name it is (the first is 1), and its arguments as strace shows them."""

    process: int
    name: str
    number: int
    args: str


def chosen() -> str:
    return os.environ.get("FAULTS", "")


def chosen_of(steps: Sequence[tuple[Call, str]]) -> Sequence[tuple[Call, str]]:
    """Those that are tried. Of a sample, each has another kind of fault than the one before it."""
    is_sample = chosen() == "sample" or (chosen() == "all" and len(steps) > MOST)
    return steps[::7] if is_sample else steps


def ever_fewer_steps() -> Iterator[int]:
    """Each of the first steps of a tool, and then one in two, one in three, and so on: a long tool has hundreds."""
    step = 1
    while step < 1000:
        yield step
        step += 1 + step // 12


def wait_for_strace() -> None:
    """In the tool's process, before it is traced: stops until `trace` lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def trace(process: int, log: Path, fault: str | None) -> "subprocess.Popen[bytes]":
    """Starts strace on a stopped process. `fault` is such as "fsync:error=EIO:when=2".

    Without a fault, what the process starts is traced as well: tar, for example, writes files that it renames later.
    """
    os.waitpid(process, os.WUNTRACED)
    inject = ["--follow-forks"] if fault is None else ["-e", f"inject={fault}"]
    options = ["-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={CHANGING}", "-e", "signal=none", *inject]
    strace = subprocess.Popen(["strace", *options, "-p", str(process)], stdin=subprocess.DEVNULL)
    while "TracerPid:\t0\n" in Path(f"/proc/{process}/status").read_text():
        if strace.poll() is not None:
            raise RuntimeError("strace doesn't run")
        time.sleep(0.001)
    os.kill(process, signal.SIGCONT)
    return strace


def calls_in(log: Path) -> list[Call]:
    counts: dict[tuple[int, str], int] = {}
    calls = []
    for line in log.read_text(errors="replace").splitlines():
        if found := CALL.match(line):
            process, name, args = int(found[1]), found[2], found[3]
            counts[process, name] = counts.get((process, name), 0) + 1
            calls.append(Call(process, name, counts[process, name], args))
    return calls


def changing(calls: list[Call], root: Path, ignored: list[str]) -> list[Call]:
    """The calls that change the server: not those by which a file is only read, nor those of stand-ins."""
    return [
        call
        for call in calls
        if (str(root) in call.args or call.name in ("sync", "syncfs"))
        and not any(path in call.args for path in ignored)
        and (call.name != "openat" or re.search("O_WRONLY|O_RDWR|O_CREAT", call.args))
    ]


def not_durable(calls: list[Call], in_memory: str) -> list[str]:
    """What a power cut could undo: a rename of what isn't synced, or a change of a folder that isn't synced afterwards.

    What is in memory, and what is only staged, needs none of that.
    """
    written: set[str] = set()
    found = []
    unsynced: dict[str, str] = {}
    for call in calls:
        paths = re.findall(r'"([^"]*)"', call.args)
        descriptor = re.search(r"^\d+<([^>]*)>", call.args)
        has_failed = ") = -1 " in call.args
        if has_failed or any(path.startswith(in_memory) for path in (*paths, descriptor[1] if descriptor else "")):
            continue
        if call.name in ("write", "pwrite64", "ftruncate") and descriptor:
            written.add(descriptor[1])
        elif call.name in ("fsync", "fdatasync") and descriptor:
            written.discard(descriptor[1])
            unsynced = {path: name for path, name in unsynced.items() if os.path.dirname(path) != descriptor[1]}
        elif call.name in ("sync", "syncfs"):
            written, unsynced = set(), {}
        elif call.name in ("rename", "link", "symlink", "unlink") and paths and "/.staged-" not in paths[-1]:
            if call.name == "rename" and any(f"{path}/".startswith(f"{paths[0]}/") for path in written):
                found.append(f"{paths[0]} is renamed before it is synced")
            unsynced[paths[-1]] = call.name
    return [*found, *(f"the folder of {path} isn't synced after {name}()" for path, name in unsynced.items())]
