"""What the tests of the root tools share: a server that is a folder, with stand-ins for the programs of the system."""

import importlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import traceback
import unittest
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from unittest import mock

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTFS = REPOSITORY / "server/rootfs"


def use_library() -> None:
    """Makes `root_tools` importable in this process."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOTFS / "usr/local/lib/trading-bot-server/library"))


# Slow to import, so they are there before a tool is run by a fork of this process.
for module in ("dataclasses", "fcntl", "inspect", "json"):
    importlib.import_module(module)

# The exit status of a tool that a test has killed.
KILLED = 137
COMPILED = tempfile.TemporaryDirectory(prefix="root-tools-compiled-")


class Result(NamedTuple):
    """How a tool ended."""

    returncode: int
    stdout: str
    stderr: str


class ServerTest(unittest.TestCase):
    """Each test gets a new, empty server."""

    def setUp(self) -> None:
        # In memory, where a sync takes no time.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = Path(tempfile.mkdtemp(prefix="root-tools-", dir=memory))
        self.addCleanup(shutil.rmtree, self.root)
        self.bin = self.root / "stand-ins"
        self.bin.mkdir()
        self.log = self.root / "calls"
        self.program("logger")
        self.program("systemctl")
        self.program("systemd-run")

    def program(self, name: str, script: str = "") -> None:
        """Installs a stand-in that notes how it is called, and then does what the script says."""
        file = self.bin / name
        file.write_text(f'#!/bin/sh\necho {name} "$@" >>"{self.log}"\n{script}\n')
        file.chmod(0o755)

    def calls(self) -> list[str]:
        """How stand-ins were called since the last time."""
        calls = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return calls

    def at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def write(self, path: str, content: str, mode: int = 0o644) -> None:
        self.at(path).parent.mkdir(parents=True, exist_ok=True)
        self.at(path).write_text(content)
        self.at(path).chmod(mode)

    def run_tool(
        self, tool: str, *args: str, stdin: str = "", kill_at: int | None = None, variables: dict[str, str] | None = None
    ) -> Result:
        """Runs an installed tool. With `kill_at`, it is killed before that step of its changes (1 is the first)."""
        with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            given.write(stdin)
            given.seek(0)
            # A fork of this process is many times faster than a new Python.
            child = os.fork()
            if child == 0:
                for number, stream in enumerate((given, out, err)):
                    os.dup2(stream.fileno(), number)
                os.environ.update({"PATH": f"{self.bin}:{os.environ['PATH']}", "TRADING_BOT_ROOT": str(self.root)})
                os.environ.update(variables or {})
                become(ROOTFS / tool.lstrip("/"), args, kill_at)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            return Result(status, out.read(), err.read())

    def kill_everywhere(self, tool: str, *args: str, stdin: str = "") -> Iterator[int]:
        """Kills a tool before its first step, its second, and so on, until it isn't killed any more.

        Yields after each kill. The caller prepares the server again each time.
        """
        for step in range(1, 1000):
            if self.run_tool(tool, *args, stdin=stdin, kill_at=step).returncode != KILLED:
                self.assertGreater(step, 5, "hardly any step was found")
                return
            yield step
        self.fail("the tool never ends")


def become(program: Path, args: Sequence[str], kill_at: int | None) -> NoReturn:
    """Runs a Python program in this process, and ends the process with its exit code."""
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
    sys.argv = [str(program), *args]
    # The stubs are run with -B, but here compiled copies save much time. They are in this test run's own folder.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = COMPILED.name
    if kill_at is not None:
        kill_before(kill_at)
    try:
        runpy.run_path(str(program), run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def kill_before(step: int) -> None:
    """From now on, this process ends before that step, as with SIGKILL: not even a `finally` runs.

    A step is a call that changes a file or runs another program.
    """
    remaining = step

    def with_kill(module: Any, name: str) -> None:
        call = getattr(module, name)

        def killing(*args: Any, **options: Any) -> Any:
            nonlocal remaining
            # Compiled copies are this test's, and reading changes nothing.
            if name != "open" or args[1] & os.O_WRONLY and COMPILED.name not in str(args[0]):
                remaining -= 1
                if remaining == 0:
                    os._exit(KILLED)
            return call(*args, **options)

        setattr(module, name, killing)

    for name in ("chmod", "fsync", "link", "mkdir", "open", "rename", "replace", "rmdir", "symlink", "sync", "unlink"):
        with_kill(os, name)
    with_kill(subprocess, "run")


@contextmanager
def recorded_calls() -> Iterator[list[tuple[str, ...]]]:
    """Records each sync with the path that it syncs, and each rename."""
    calls: list[tuple[str, ...]] = []
    fsync, replace = os.fsync, os.replace

    def recording_fsync(descriptor: int) -> None:
        calls.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def recording_replace(source: Path, target: Path) -> None:
        calls.append(("replace", str(source), str(target)))
        replace(source, target)

    with mock.patch("os.fsync", recording_fsync), mock.patch("os.replace", recording_replace):
        yield calls
