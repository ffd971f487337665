"""What the tests of the root tools share: a server that is a folder, with stand-ins for the programs of the system."""

import base64
import ensurepip
import hashlib
import importlib.util
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import unittest
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn
from unittest import mock

import faults

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTFS = REPOSITORY / "server/rootfs"


def use_library() -> None:
    """Makes `root_tools` importable in this process."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOTFS / "usr/local/lib/trading-bot-server/library"))


def pip_folder() -> str:
    """Where pip can be imported from: this computer's own, or the one that Python has for virtual environments."""
    found = importlib.util.find_spec("pip")
    if found is not None and found.origin is not None:
        return str(Path(found.origin).parents[1])
    bundled = [*Path("/usr/share/python-wheels").glob("pip-*.whl"), *Path(ensurepip.__path__[0]).glob("_bundled/pip-*.whl")]
    return str(bundled[-1])


# Slow to import, so they are there before a tool is run by a fork of this process.
for module in ("dataclasses", "fcntl", "inspect", "json"):
    importlib.import_module(module)

# The exit status of a tool that a test has killed.
KILLED = 137
COMPILED = tempfile.TemporaryDirectory(prefix="root-tools-compiled-")


def succeed(*_: object) -> tuple[int, bytes, bytes]:
    return 0, b"", b""


# Stands in for a program: takes its arguments and its input, returns its exit status and both outputs.
StandIn = Callable[[Sequence[str], bytes], tuple[int, bytes, bytes]]


def systemd_creds(args: Sequence[str], given: bytes) -> tuple[int, bytes, bytes]:
    """Encrypts so that a credential which is used as another one is noticed."""
    name = next(arg.removeprefix("--name=") for arg in args if arg.startswith("--name="))
    if args[0] == "encrypt":
        return 0, f"sealed as {name}\n".encode() + base64.encodebytes(given), b""
    seal, _, content = Path(args[-2]).read_text().partition("\n")
    if seal != f"sealed as {name}":
        return 1, b"", b"Failed to decrypt."
    return 0, base64.decodebytes(content.encode()), b""


class Bot:
    """A stand-in for systemctl that knows the bot. Its state is in files, because tools are run in other processes."""

    def __init__(self, root: Path, enabled: bool = True, state: str = "active") -> None:
        self.folder = root / "systemd"
        self.folder.mkdir(exist_ok=True)
        self.pair = root / "etc/credstore.encrypted/binance"
        self.enabled = enabled
        # A bot that fails with one of these pairs, or with any.
        self.unusable: list[str] = []
        # A bot that fails with one of these releases of its program.
        self.unusable_programs: list[str] = []
        self.fails_always = False
        # What the bot does when it is started, with the release of its program.
        self.at_start: Callable[[str], None] = lambda _: None
        # Pairs of which the guard doesn't know what they may do.
        self.unknown_pairs: list[str] = []
        self.failing_verbs: set[str] = set()
        # The bot is stopped by hand while a tool watches its start.
        self.stopped_meanwhile = False
        self.set("state", state)
        self.set("invocation", "1" if state == "active" else "")
        self.set("job", "")
        self.set("runs-with", "")
        self.set("runs-program", "")

    def get(self, name: str) -> str:
        return (self.folder / name).read_text()

    def set(self, name: str, value: str) -> None:
        (self.folder / name).write_text(value)

    def __call__(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        verb, state = args[0], self.get("state")
        if args[-1] == "trading-bot-guard.service":
            self.check()
            return 0, b"", b""
        if args[-1] != "trading-bot.service":
            return 0, b"", b""
        if verb in self.failing_verbs:
            return 1, b"", b""
        if verb == "is-enabled":
            return 0 if self.enabled else 1, b"", b""
        if verb == "is-active":
            return 0 if state == "active" else 3, b"", b""
        if verb == "show":
            properties = {
                "Type": "exec",
                "LoadState": "loaded",
                "ActiveState": state,
                "SubState": state,
                "InvocationID": self.get("invocation"),
                "NRestarts": "0",
                "Job": self.get("job"),
                "ExecMainStatus": "3",
                "Result": "exit-code" if state == "failed" else "success",
            }
            return 0, "".join(f"{name}={value}\n" for name, value in properties.items()).encode(), b""
        if verb in ("start", "restart"):
            pair = self.pair.read_text() if self.pair.exists() else ""
            self.set("invocation", self.get("invocation") + "1")
            current = self.folder.parent / "opt/trading-bot/current"
            program = os.path.basename(os.readlink(current)) if current.is_symlink() else ""
            fails = self.fails_always or pair in self.unusable or program in self.unusable_programs
            self.set("state", "failed" if fails else "active")
            self.set("runs-with", pair)
            self.set("runs-program", program)
            self.at_start(program)
            if self.stopped_meanwhile:
                self.set("state", "inactive")
                marker = self.pair.parents[2] / "var/lib/trading-bot-server/stopped"
                marker.parent.mkdir(parents=True, exist_ok=True)
                marker.touch()
        if verb == "stop":
            self.set("state", "inactive")
            self.set("job", "")
        return 0, b"", b""

    def check(self) -> None:
        """The guard's check of the live pair, which passes."""
        content = self.pair.read_text() if self.pair.exists() else ""
        if content in self.unknown_pairs:
            return
        pair = base64.decodebytes(content.partition("\n")[2].encode())
        stored = json.loads(pair) if pair else {}
        if "publicKey" in stored:
            pair = json.dumps({"apiKey": stored["apiKey"], "publicKey": stored["publicKey"]}, separators=(",", ":")).encode()
        record = self.folder.parent / "var/lib/trading-bot-server/passed"
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(hashlib.sha256(pair).hexdigest()[:12])


class Result(NamedTuple):
    """How a tool ended."""

    returncode: int
    stdout: str
    stderr: str


class ServerTest(unittest.TestCase):
    """Each test gets a new, empty server, with stand-ins for the programs that the tools call."""

    # Files that stand-ins write in the tool's process: no fault of the tool.
    written_by_stand_ins: Sequence[str] = ()

    def setUp(self) -> None:
        # In bytes, on each disk of the server.
        self.free = 1 << 40
        # In memory, where a sync takes no time.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = Path(tempfile.mkdtemp(prefix="root-tools-", dir=memory))
        self.addCleanup(shutil.rmtree, self.root)
        self.bin = self.root / "stand-ins"
        self.bin.mkdir()
        self.log = self.root / "calls"
        for name in ("logger", "systemctl", "systemd-run"):
            self.program(name)
        self.functions: dict[str, StandIn] = {"systemd-creds": systemd_creds, "logger": succeed, "nft": succeed, "pkill": succeed, "chown": succeed}

    def program(self, name: str, script: str = "") -> None:
        """Installs a stand-in that is a shell script. It notes how it is called first."""
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
        self,
        tool: str,
        *args: str,
        stdin: str | bytes = "",
        kill_at: int | None = None,
        variables: dict[str, str] | None = None,
        trace: tuple[Path, str | None] | None = None,
        at_step: Callable[[], None] | None = None,
    ) -> Result:
        """Runs an installed tool.

        With `kill_at`, it is killed before that step of its changes (1 is the first). With `at_step` as well, this is done
        before that step instead. With `trace`, its system calls are written to that file, and one of them has a fault.
        """
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin.encode() if isinstance(stdin, str) else stdin)
            given.seek(0)
            status = self.run_with_streams(tool, args, (given, out, err), kill_at, variables, trace, at_step)
            out.seek(0)
            err.seek(0)
            return Result(status, out.read().decode(errors="replace"), err.read().decode(errors="replace"))

    def run_with_streams(
        self,
        tool: str,
        args: Sequence[str],
        streams: tuple[IO[Any], IO[Any], IO[Any]],
        kill_at: int | None = None,
        variables: dict[str, str] | None = None,
        trace: tuple[Path, str | None] | None = None,
        at_step: Callable[[], None] | None = None,
    ) -> int:
        """Runs a tool with these files as its standard input, output and error. Returns its exit code."""
        # A fork of this process is many times faster than a new Python.
        child = os.fork()
        if child == 0:
            for number, stream in enumerate(streams):
                os.dup2(stream.fileno(), number)
            os.environ.update({"PATH": f"{self.bin}:{os.environ['PATH']}", "TRADING_BOT_ROOT": str(self.root)})
            os.environ.update(variables or {})
            subprocess.run = self.with_stand_ins(subprocess.run)
            if trace is None:
                # Only strace sees whether a tool syncs its files; for the others, a busy disk would take minutes.
                os.sync = os.fsync = lambda *_: None
            else:
                faults.wait_for_strace()
            FREE[0] = self.free
            become(ROOTFS / tool.lstrip("/"), args, kill_at, at_step or die)
        if trace is not None:
            strace = faults.trace(child, *trace)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            strace.wait()
            return KILLED if status == -signal.SIGKILL else status
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def with_stand_ins(self, run: Any) -> Any:
        """subprocess.run, which calls a function in place of a program that has one: no process has to be started."""

        def running(args: Sequence[str], **options: Any) -> Any:
            function = self.functions.get(args[0])
            if function is None:
                return run(args, **options)
            # What a stand-in does isn't a step of the tool.
            left, STEPS_LEFT[0] = STEPS_LEFT[0], 0
            with self.log.open("a") as log:
                log.write(" ".join(args) + "\n")
            status, stdout, stderr = function(args[1:], options.get("input") or b"")
            STEPS_LEFT[0] = left
            return subprocess.CompletedProcess(args, status, stdout, stderr)

        return running

    def kill_everywhere(
        self,
        tool: str,
        *args: str,
        stdin: str | bytes = "",
        variables: dict[str, str] | None = None,
        least: int = 5,
    ) -> Iterator[int]:
        """Kills a tool before its first step, its second, and so on, until it isn't killed any more.

        Yields after each kill; `interrupted` is how the tool has ended. The caller prepares the server again each time.
        There must be more than `least` steps. With `FAULTS=steps` it leaves none out, and faults.py has more than kills.
        """
        if faults.chosen() not in ("", "steps"):
            yield from self.fail_everywhere(tool, *args, stdin=stdin, variables=variables, least=least)
            return
        for step in range(1, 1000) if faults.chosen() == "steps" else faults.ever_fewer_steps():
            self.interrupted = self.run_tool(tool, *args, stdin=stdin, variables=variables, kill_at=step)
            if self.interrupted.returncode != KILLED:
                self.assertGreater(step, least, "hardly any step was found")
                return
            yield step
        self.fail("the tool never ends")

    def fail_everywhere(
        self, tool: str, *args: str, stdin: str | bytes, variables: dict[str, str] | None, least: int
    ) -> Iterator[int]:
        """Runs a tool once for each system call that changes a file, and for each fault of it."""
        log = self.root / "trace"
        # The first run of a tool also writes compiled copies of its modules, and then its calls have other numbers. So there
        # is one that changes nothing.
        self.run_tool(tool, *args, stdin=stdin, variables=variables, kill_at=1)
        self.interrupted = self.run_tool(tool, *args, stdin=stdin, variables=variables, trace=(log, None))
        calls = faults.calls_in(log)
        others = [str(self.at(path)) for path in self.written_by_stand_ins]
        found = faults.changing(calls, self.root, [str(self.log), f"{self.root}/systemd", COMPILED.name, *others])
        self.assertEqual(faults.not_durable(found, f"{self.root}/run/"), [])
        own = [call for call in found if call.process == calls[0].process]
        self.assertGreater(len(own), least, "hardly any call was found")
        yield 0
        # The call sync() can't fail.
        steps = [(call, fault) for call in own for fault in faults.FAULTS[: 1 if call.name == "sync" else None]]
        for call, fault in faults.chosen_of(steps):
            injected = f"{call.name}:{fault}:when={call.number}"
            with self.subTest(fault=injected):
                self.interrupted = self.run_tool(
                    tool, *args, stdin=stdin, variables=variables, trace=(log, injected)
                )
                yield call.number


def become(program: Path, args: Sequence[str], step: int | None, at_step: Callable[[], None]) -> NoReturn:
    """Runs a Python program in this process, and ends the process with its exit code.

    Before that step, it calls `at_step`.
    """
    # A tool that is run by a stand-in inherits such files, whose end must not close these.
    streams = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)
    sys.stdin, sys.stdout, sys.stderr = streams
    sys.argv = [str(program), *args]
    # A stand-in's bot is at once what it will be.
    time.sleep = lambda _: None
    # The server's users aren't those of this computer.
    shutil.chown = lambda *_, **__: None
    # However small this computer's disk is.
    shutil.disk_usage = lambda _: mock.Mock(free=FREE[0])
    # The stubs are run with -B, but here compiled copies save much time. They are in this test run's own folder.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = COMPILED.name
    # Also if it is 0: a tool that was run by `at_step` of another one isn't interrupted.
    STEPS_LEFT[0] = step or 0
    if step is not None:
        call_before_last(at_step)
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


def changes_something(call: str, args: Sequence[Any]) -> bool:
    if call == "open":
        # Compiled copies are this test's.
        return bool(args[1] & (os.O_WRONLY | os.O_RDWR)) and COMPILED.name not in str(args[0])
    return call != "run" or not {"show", "is-active", "is-enabled", "decrypt"}.intersection(args[0][1:2])


def die() -> NoReturn:
    """Ends this process as SIGKILL does: not even a `finally` runs."""
    os._exit(KILLED)


STEPS_LEFT = [0]
# How many bytes are free on each disk of the server.
FREE = [1 << 40]


def call_before_last(at_step: Callable[[], None]) -> None:
    """From now on, this process counts its steps, and calls `at_step` before the last one of STEPS_LEFT.

    A step is a call that changes a file or runs another program.
    """

    def with_count(module: Any, name: str) -> None:
        call = getattr(module, name)

        def counting(*args: Any, **options: Any) -> Any:
            if changes_something(name, args):
                STEPS_LEFT[0] -= 1
                if STEPS_LEFT[0] == 0:
                    at_step()
            return call(*args, **options)

        setattr(module, name, counting)

    for name in ("chmod", "fsync", "link", "mkdir", "open", "rename", "replace", "rmdir", "symlink", "sync", "unlink"):
        with_count(os, name)
    with_count(subprocess, "run")


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
