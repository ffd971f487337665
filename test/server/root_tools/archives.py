"""What the tests of bot-state and bot-backup share: a bot with state and program, and archives of them."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence

from environment import Bot, Result, ServerTest

STATE = "/var/lib/trading-bot"
MARKS = "/var/lib/trading-bot-server"
MOVING = f"{MARKS}/moving"
STOPPED = f"{MARKS}/stopped"
STAGING = f"{MARKS}/restoring"
COPIES = f"{MARKS}/copies"
PROGRAMS = "/opt/trading-bot"
FIRST, SECOND = "a" * 12, "b" * 12
EMPTY = "0" * 64


class ArchiveTest(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.use_new_server()

    def use_new_server(self, state: str = "active") -> None:
        """Continues with an empty server on which a bot is configured."""
        for folder in ("etc", "var", "opt", "run", "systemd"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/etc/credstore.encrypted/binance", "sealed")
        self.bot = Bot(self.root, state=state)
        self.functions["systemctl"] = self.bot

    def add_state_and_program(self) -> None:
        self.write(f"{STATE}/orders", "one open order", 0o600)
        self.at(STATE).chmod(0o700)
        for release in (FIRST, SECOND):
            self.write(f"{PROGRAMS}/releases/{release}/bot.py", release)
        # Both use the packages that were installed for the first one.
        self.write(f"{PROGRAMS}/packages/{FIRST}/venv/package", "a package")
        for release in (FIRST, SECOND):
            self.at(f"{PROGRAMS}/releases/{release}/.venv").symlink_to(f"../../packages/{FIRST}/venv")
        for link, release in (("current", SECOND), ("previous", FIRST), ("proven", SECOND)):
            self.at(f"{PROGRAMS}/{link}").symlink_to(f"releases/{release}")

    def add_copy(self, name: str, release: str | None = None, made: str = "2026-11-01T00:00:00+00:00", folder: str = COPIES) -> None:
        self.write(f"{folder}/{name}/copy.json", json.dumps({"name": name, "release": release, "made": made}), 0o600)
        self.write(f"{folder}/{name}/state/orders", f"{name} of {made}", 0o600)
        self.at(f"{folder}/{name}/state").chmod(0o700)

    def copies(self, folder: str = COPIES) -> list[str]:
        place = self.at(folder)
        return sorted(name for name in os.listdir(place) if not name.startswith(".")) if place.is_dir() else []

    def run_with_archive(self, tool: str, args: Sequence[str], archive: bytes = b"") -> tuple[Result, bytes]:
        """Runs a tool with an archive as its input. Returns how it ended, and the archive that it wrote."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile("w+") as err:
            given.write(archive)
            given.seek(0)
            status = self.run_with_streams(tool, args, (given, out, err))
            for stream in (out, err):
                stream.seek(0)
            written = out.read()
            return Result(status, written.decode(errors="replace"), err.read()), written

    def contents(self) -> tuple[str, str | None, list[str], str]:
        """The state, the current program, all releases, and what the current program contains."""
        current = self.at(f"{PROGRAMS}/current")
        return (
            self.at(f"{STATE}/orders").read_text(),
            os.readlink(current),
            sorted(os.listdir(self.at(f"{PROGRAMS}/releases"))),
            (current / "bot.py").read_text(),
        )

    def assert_in_place(self) -> None:
        self.assertEqual(
            self.contents(), ("one open order", f"releases/{SECOND}", [FIRST, SECOND], SECOND)
        )
        for link in ("current", "previous"):
            self.assertEqual((self.at(f"{PROGRAMS}/{link}") / ".venv/package").read_text(), "a package")
        self.assertEqual(os.readlink(self.at(f"{PROGRAMS}/previous")), f"releases/{FIRST}")
        self.assertEqual(os.readlink(self.at(f"{PROGRAMS}/proven")), f"releases/{SECOND}")
        self.assertEqual(self.at(STATE).stat().st_mode & 0o7777, 0o700)
        self.assertEqual(self.at(f"{STATE}/orders").stat().st_mode & 0o7777, 0o600)
