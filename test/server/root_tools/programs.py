"""What the tests of trading-bot-program share: its server, and how it is called."""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import environment

environment.use_library()
os.environ["TRADING_BOT_ROOT"] = tempfile.mkdtemp(prefix="trading-bot-program-")

from root_tools import new_release, paths, prepare_program, releases, trading_bot_program  # noqa: E402
from systemd import FAILED, FINGERPRINT, RUNNING, Systemd  # noqa: E402


def program(file: str) -> tuple[str, bytes]:
    """The ID and the archive of a program with one file."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(f"./{file}"))
    return hashlib.sha256(content.getvalue()).hexdigest()[:12], gzip.compress(content.getvalue())


class ProgramTest(unittest.TestCase):
    def setUp(self) -> None:
        shutil.rmtree(paths.ROOT, ignore_errors=True)
        self.addCleanup(shutil.rmtree, paths.ROOT, ignore_errors=True)
        for path in (paths.KEY_PAIR, paths.BOT_SETTINGS):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        self.systemd = Systemd()
        self.journal: list[str] = []
        self.commands: list[str] = []
        self.builds = 0
        self.failing: set[str] = set()
        self.patch("root_tools.bot.run", self.systemctl)
        self.patch("root_tools.new_release.run", self.systemctl)
        self.patch("root_tools.new_release.must_run", self.change)
        self.patch("root_tools.journal.record", lambda _, message: self.journal.append(message))
        self.patch("root_tools.passes.live_fingerprint", lambda: FINGERPRINT)
        self.patch("root_tools.sandboxed.run_unit", self.run_unit)
        self.patch("time.sleep", self.systemd.sleep)
        # There is no such user on this computer.
        self.patch("shutil.chown", mock.Mock())

    def patch(self, target: str, replacement: object) -> None:
        patcher = mock.patch(target, replacement)
        patcher.start()
        self.addCleanup(patcher.stop)

    def systemctl(self, *args: str, **options: object) -> object:
        """The bot runs on every program but one that has a file "broken"."""
        self.systemd.after_start = [FAILED if (paths.CURRENT_PROGRAM / "broken").exists() else RUNNING]
        return self.systemd.run(*args, **options)

    def change(self, *args: str) -> None:
        self.commands.append(args[0])
        if args[0] == "chmod":
            subprocess.run(args, check=True)

    def run_unit(self, unit: str, pipe: Path) -> bool:
        """Runs the unit's command without its sandbox, which shows the staged folder under its final name."""
        self.commands.append(unit)
        if unit.startswith("trading-bot-unpack@"):
            release = unit.removeprefix("trading-bot-unpack@").removesuffix(".service")
            args = ["unpack", str(new_release.ARCHIVE), release, str(new_release.TREE)]
        elif unit.startswith("trading-bot-prepare@"):
            args = ["prepare", str(new_release.TREE)]
        else:
            return self.run_packages(unit)
        here = os.getcwd()
        try:
            return prepare_program.main(args) == 0
        finally:
            os.chdir(here)

    def run_packages(self, unit: str) -> bool:
        """Fetches and builds what a test wants: everything is there after so many builds."""
        if unit == "trading-bot-fetch.service":
            if self.builds == 0:
                (new_release.FETCHED / "complete").touch()
            self.builds -= 1
        return unit not in self.failing

    def call(self, *args: str, stdin: bytes = b"") -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin))):
                status = trading_bot_program.main(args)
        return status, stdout.getvalue().strip(), stderr.getvalue().strip()

    def install(self, file: str) -> tuple[int, str, str]:
        release, archive = program(file)
        return self.call("install", release, stdin=archive)

    def current(self) -> str | None:
        return releases.target(paths.CURRENT_PROGRAM)

    def releases(self) -> list[str]:
        return sorted(os.listdir(releases.RELEASES))
