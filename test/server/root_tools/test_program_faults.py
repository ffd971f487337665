"""trading-bot-program when it is interrupted. test_trading_bot_program.py has everything else."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import unittest

from environment import Bot, Result, ServerTest
from key_pairs import sealed

TOOL = "/usr/local/sbin/trading-bot-program"
PROGRAMS = "/opt/trading-bot"
OLD, OLDEST = "a" * 12, "c" * 12

# As systemd runs the units that install a program, with a package.
UNITS = """
cd {programs}/staging 2>/dev/null
case "$2" in
trading-bot-unpack@*)
  tar --extract --gzip --file=archive --directory=tree
  touch requirements/requirements.txt
  printf %s {key} >requirements/key ;;
trading-bot-fetch*) touch fetched/complete ;;
trading-bot-prepare@*) echo "a package" >packages/venv/package ;;
trading-bot-copy@*)
  cd {copies}/.making
  cp --archive {state}/. state
  echo '{{"entries": 1, "databases": 0, "notes": []}}' >result/result.json ;;
esac
"""
KEY = "1" * 64


# What a file of the old and of the new program contains. It is large enough not to be uploaded again.
WHEEL = "wheel" * 4000


def program(content: str) -> tuple[str, bytes]:
    """The ID and the tar of a program."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, text in (("bot.py", content), ("wheel", WHEEL)):
            file = tarfile.TarInfo(f"./{name}")
            file.size = len(text)
            archive.addfile(file, io.BytesIO(text.encode()))
    return hashlib.sha256(tar.getvalue()).hexdigest()[:12], tar.getvalue()


def changes(tar: bytes) -> bytes:
    """An upload with the SHA-256 of the wheel instead of its content."""
    before, _, after = tar.partition(WHEEL.encode())
    wheel = f"file {hashlib.sha256(WHEEL.encode()).hexdigest()} {len(WHEEL)}\n".encode()
    return gzip.compress(b"data %d\n%s%sdata %d\n%send\n" % (len(before), before, wheel, len(after), after))


NEW, TAR = program("new")
ARCHIVE = gzip.compress(TAR)
CONTENTS = {OLD: "old", OLDEST: "oldest", NEW: "new"}
STATE = "/var/lib/trading-bot"
COPIES = "/var/lib/trading-bot-server/copies"
SWAPPING = "/var/lib/trading-bot-server/swapping"


class Interrupted(ServerTest):
    # The guard's record of its check, which runs when the bot is started, and what the bot writes then.
    written_by_stand_ins = ("/var/lib/trading-bot-server/passed", f"{STATE}/trades")

    def prepare(self, current: str, previous: str, unusable: str = "") -> None:
        """A bot runs with its current release. It would fail with an unusable one. Each one migrates the state."""
        for folder in (PROGRAMS, STATE, COPIES):
            shutil.rmtree(self.at(folder), ignore_errors=True)
        self.at(SWAPPING).unlink(missing_ok=True)
        self.bot = Bot(self.root)
        self.bot.unusable_programs = [unusable]
        self.bot.set("runs-program", current)
        self.functions["systemctl"] = self.bot
        self.bot.at_start = self.migrate
        places = {"programs": self.at(PROGRAMS), "copies": self.at(COPIES), "state": self.at(STATE)}
        self.program("systemctl", UNITS.format(key=KEY, **places))
        self.bot.set("wrong-start", "")
        self.write(f"{STATE}/trades", current, 0o600)
        for release in (current, previous):
            self.write(f"{PROGRAMS}/releases/{release}/bot.py", CONTENTS[release])
            self.write(f"{PROGRAMS}/releases/{release}/wheel", WHEEL)
        self.point(current, previous)
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/etc/credstore.encrypted/binance", sealed("one"))

    def migrate(self, release: str) -> None:
        """A release changes a state that another one has left."""
        if self.at(SWAPPING).exists() or not self.at(f"{STATE}/trades").exists():
            self.bot.set("wrong-start", "yes")
        elif not self.state().endswith(release):
            self.at(f"{STATE}/trades").write_text(f"{self.state()} {release}")

    def state(self) -> str:
        return self.at(f"{STATE}/trades").read_text()

    def left_states(self) -> set[str]:
        """What is in complete copies."""
        found = self.at(COPIES).glob("[!.]*/state/trades") if self.at(COPIES).is_dir() else []
        return {path.read_text() for path in found}

    def point(self, current: str, previous: str) -> None:
        for name, release in (("current", current), ("previous", previous), ("proven", current)):
            link = self.at(f"{PROGRAMS}/{name}")
            link.unlink(missing_ok=True)
            link.symlink_to(f"releases/{release}")

    def links(self) -> tuple[str, str]:
        current, previous = (os.readlink(self.at(f"{PROGRAMS}/{name}")) for name in ("current", "previous"))
        return os.path.basename(current), os.path.basename(previous)

    def tidy(self) -> None:
        """What a timer does after a tool was killed."""
        self.assertEqual(self.run_tool("/usr/local/sbin/state-copy", "tidy").returncode, 0)

    def assert_state(self, state: str) -> None:
        """This is the state, and the bot was never started without one, or while it was replaced."""
        self.assertEqual((self.state(), self.bot.get("wrong-start")), (state, ""))
        self.assertFalse(self.at(SWAPPING).exists())
        self.assertFalse(self.at(f"{COPIES}/.making").exists())

    def test_a_roll_back_killed_at_any_moment_is_finished_by_the_next_one(self) -> None:
        self.prepare(NEW, OLD)
        for step in self.kill_everywhere(TOOL, "roll-back"):
            with self.subTest(step=step):
                # A tool that was killed after its last change has nothing left to finish.
                if self.at(f"{PROGRAMS}/switching").exists() or self.links() == (NEW, OLD):
                    self.assertEqual(self.run_tool(TOOL, "roll-back").returncode, 0)
                self.assertEqual(self.links(), (OLD, NEW))
                self.assertFalse(self.at(f"{PROGRAMS}/switching").exists())
                self.tidy()
                self.assert_state(f"{NEW} {OLD}")
                self.assertEqual(self.left_states(), {NEW})
            self.prepare(NEW, OLD)

    def prepare_roll_back_with_copy(self) -> None:
        self.prepare(NEW, OLD)
        self.write(f"{STATE}/trades", f"{OLD} {NEW}")
        self.write(f"{COPIES}/{OLD}/state/trades", OLD)
        self.write(f"{COPIES}/{OLD}/copy.json", json.dumps({"release": OLD, "made": "2026-01-01T00:00:00+00:00"}))

    def test_a_roll_back_with_the_copy_killed_at_any_moment_ends_with_both_old_or_both_new(self) -> None:
        self.prepare_roll_back_with_copy()
        for step in self.kill_everywhere(TOOL, "roll-back", "copy"):
            with self.subTest(step=step):
                self.tidy()
                went_back = self.links() == (OLD, NEW)
                self.assert_state(OLD if went_back else f"{OLD} {NEW}")
                # No state is lost.
                self.assertEqual(self.left_states(), {f"{OLD} {NEW}"} if went_back else {OLD})
                self.assertTrue(went_back or self.links() == (NEW, OLD))
                self.assertEqual((self.bot.get("state"), self.bot.get("runs-program")), ("active", self.links()[0]))
                self.assertFalse(self.at(f"{PROGRAMS}/switching").exists())
            self.prepare_roll_back_with_copy()

    def assert_whole(self) -> None:
        """Each link leads to a complete release."""
        for name in ("current", "previous", "proven"):
            link = self.at(f"{PROGRAMS}/{name}")
            if link.is_symlink():
                release = os.path.basename(os.readlink(link))
                self.assertEqual((link / "bot.py").read_text(), CONTENTS[release])
                self.assertEqual((link / "wheel").read_text(), WHEEL)
                if release == NEW:
                    self.assertEqual((link / ".venv/package").read_text(), "a package\n")

    def assert_clean(self) -> None:
        for name in ("switching", "staging"):
            self.assertFalse(self.at(f"{PROGRAMS}/{name}").exists())
        # Packages that no release uses are removed.
        used = {path.parts[-2] for path in self.at(f"{PROGRAMS}/releases").glob("*/.venv") for path in [path.resolve()]}
        trees = self.at(f"{PROGRAMS}/packages")
        self.assertEqual(set(os.listdir(trees)) if trees.exists() else set(), used)

    def install(self) -> Result:
        return self.run_tool(TOOL, "install", NEW, stdin=ARCHIVE)

    def test_an_installation_killed_at_any_moment_leaves_whole_releases_and_is_finished_by_the_next_one(self) -> None:
        self.prepare(OLD, OLDEST)
        # The one that is killed takes the wheel from the old release. The next one is a whole upload.
        for step in self.kill_everywhere(TOOL, "install-changes", NEW, stdin=changes(TAR), least=20):
            with self.subTest(step=step):
                self.assert_whole()
                self.assertIn(self.links()[0], (OLD, NEW))
                if self.interrupted.returncode == 0:
                    self.assertEqual(self.links(), (NEW, OLD))
                self.assertEqual(self.install().returncode, 0)
                self.assertEqual((self.links(), os.readlink(self.at(f"{PROGRAMS}/proven"))), ((NEW, OLD), f"releases/{NEW}"))
                self.assertEqual((self.bot.get("state"), self.bot.get("runs-program")), ("active", NEW))
                self.assert_whole()
                self.assert_clean()
                self.assert_state(f"{OLD} {NEW}")
                self.assertEqual(self.left_states(), {OLD})
            self.prepare(OLD, OLDEST)

    def test_a_program_with_which_the_bot_fails_is_replaced_by_the_previous_one_wherever_that_was_killed(self) -> None:
        self.prepare(OLD, OLDEST, unusable=NEW)
        for step in self.kill_everywhere(TOOL, "install", NEW, stdin=ARCHIVE, least=20):
            self.assertNotEqual(self.interrupted.returncode, 0)
            # Until the release is the current one, this is the same as in the test above.
            if self.at(f"{PROGRAMS}/switching").exists() or self.at(SWAPPING).exists():
                with self.subTest(step=step):
                    self.assert_whole()
                    self.finish_failing_installation(by_timer=step % 2 == 0)
                    self.assertEqual(os.readlink(self.at(f"{PROGRAMS}/current")), f"releases/{OLD}")
                    self.assertEqual((self.bot.get("state"), self.bot.get("runs-program")), ("active", OLD))
                    self.assert_whole()
                    self.assert_state(OLD)
            self.prepare(OLD, OLDEST, unusable=NEW)

    def finish_failing_installation(self, by_timer: bool) -> None:
        if by_timer:
            self.tidy()
            return
        self.assertEqual(self.install().returncode, 1)
        self.assert_clean()
        self.assertIn(f"{OLD} {NEW}", self.left_states())

    def test_a_roll_back_after_an_installation_that_was_interrupted_goes_to_the_release_before_it(self) -> None:
        self.prepare(NEW, OLDEST)
        self.write(f"{PROGRAMS}/releases/{OLD}/bot.py", CONTENTS[OLD])
        self.write(f"{PROGRAMS}/switching", f"install {NEW} {OLD}")
        self.assertEqual(self.run_tool(TOOL, "roll-back").returncode, 0)
        self.assertEqual(self.links(), (OLD, NEW))


if __name__ == "__main__":
    unittest.main()
