"""state-copy, and what the copies of the state need. test_program_faults.py has what happens around a program."""

import json
import os
import shutil
import unittest
from datetime import UTC, datetime, timedelta

from environment import Bot, Result, ServerTest

TOOL = "/usr/local/sbin/state-copy"
STATE = "/var/lib/trading-bot"
MARKS = "/var/lib/trading-bot-server"
COPIES = f"{MARKS}/copies"
RELEASE = "a" * 12

# As systemd runs the unit that reads the state.
UNITS = """
case "$2" in
trading-bot-copy@copy*)
  cd {copies}/.making && cp --archive {state}/. state && {result} ;;
trading-bot-copy@trades*)
  echo '{{"trades": []}}' >{copies}/.making/result/result.json ;;
esac
"""
RESULT = """echo '{"entries": 1, "databases": 1, "notes": ["one: copied as it is"]}' >result/result.json"""


class StateCopy(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.prepare()

    def prepare(self, result: str = RESULT, moving: bool = True) -> None:
        for folder in ("var", "opt"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.bot = Bot(self.root, state="inactive" if moving else "active")
        self.functions["systemctl"] = self.bot
        self.program("systemctl", UNITS.format(copies=self.at(COPIES), state=self.at(STATE), result=result))
        self.write(f"{STATE}/trades", "now", 0o600)
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/etc/credstore.encrypted/binance", "sealed")
        if moving:
            self.write(f"{MARKS}/moving", "")

    def tool(self, *args: str) -> Result:
        return self.run_tool(TOOL, *args)

    def add_copy(self, name: str, made: datetime, release: str | None = None) -> None:
        self.write(f"{COPIES}/{name}/state/trades", name)
        self.write(f"{COPIES}/{name}/copy.json", json.dumps({"release": release, "made": made.isoformat(), "bytes": 4096}))

    def copies(self) -> list[str]:
        return sorted(os.listdir(self.at(COPIES)))

    def replaced(self) -> list[str]:
        return [self.at(f"{COPIES}/{name}/state/trades").read_text() for name in self.copies() if name.startswith("replaced-")]

    def test_a_copy_is_made_while_the_bot_runs_and_described_as_json(self) -> None:
        self.prepare(moving=False)
        ended = self.tool("make", "backup")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        described = json.loads(ended.stdout)
        self.assertEqual(described["path"], str(self.at(f"{COPIES}/backup/state")))
        self.assertEqual([described[name] for name in ("name", "entries", "databases", "notes")], ["backup", 1, 1, ["one: copied as it is"]])
        self.assertEqual(self.at(f"{COPIES}/backup/state/trades").read_text(), "now")
        self.assertEqual(self.copies(), ["backup"])
        self.assertEqual(self.at(COPIES).stat().st_mode & 0o777, 0o700)
        self.assertEqual(self.bot.get("state"), "active")

    def test_a_copy_killed_at_any_moment_leaves_the_previous_one_or_the_new_one(self) -> None:
        def prepare() -> None:
            self.prepare()
            self.add_copy("backup", datetime.now(UTC))

        prepare()
        for step in self.kill_everywhere(TOOL, "make", "backup"):
            with self.subTest(step=step):
                left = self.at(f"{COPIES}/backup/state/trades")
                self.assertIn(left.read_text() if left.exists() else "", ("", "backup", "now"))
                self.assertEqual(self.tool("make", "backup").returncode, 0)
                self.assertEqual((left.read_text(), self.copies()), ("now", ["backup"]))
                self.assertEqual(self.at(f"{STATE}/trades").read_text(), "now")
            prepare()

    def test_what_the_bots_user_reports_may_be_anything(self) -> None:
        for result in (
            "true",
            "ln -s /etc/passwd result/result.json",
            "mkfifo result/result.json",
            "echo '[]' >result/result.json",
            "echo nothing >result/result.json",
            "yes '[' | head -c 100000 >result/result.json",
        ):
            with self.subTest(result):
                self.prepare(result)
                ended = self.tool("make", "backup")
                self.assertEqual(ended.returncode, 1)
                self.assertIn("has reported nothing that can be read", ended.stderr)
                self.assertFalse(self.at(f"{COPIES}/backup").exists())
        self.prepare("""echo '{"entries": "x", "notes": ["\\u001b[2J", 1], "name": "other"}' >result/result.json""")
        described = json.loads(self.tool("make", "backup").stdout)
        self.assertEqual([described[name] for name in ("name", "entries", "notes")], ["backup", None, ["?[2J"]])

    def test_a_unit_that_fails_makes_no_copy(self) -> None:
        self.prepare("exit 1")
        ended = self.tool("make", "backup")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("journalctl --unit='trading-bot-copy@*'", ended.stderr)

    def test_a_state_that_could_not_be_restored_is_not_copied(self) -> None:
        self.at(f"{STATE}/{'d/' * 201}").mkdir(parents=True)
        ended = self.tool("make", "backup")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("200 levels", ended.stderr)

    def test_without_a_state_nothing_is_copied(self) -> None:
        shutil.rmtree(self.at(STATE))
        self.assertIn("the bot has no state yet", self.tool("make", "backup").stderr)

    def test_a_name_can_be_neither_a_path_nor_that_of_another_copy(self) -> None:
        for name in ("../x", "a/b", "", ".making", "replaced-1", RELEASE, "A"):
            with self.subTest(name):
                self.assertEqual([self.tool(verb, name).returncode for verb in ("make", "prepare")], [1, 1])

    def test_a_copy_takes_the_place_of_the_state_wherever_that_was_killed_and_the_replaced_state_is_kept(self) -> None:
        def prepare() -> None:
            self.prepare()
            self.add_copy("backup", datetime.now(UTC))

        prepare()
        for step in self.kill_everywhere(TOOL, "restore", "backup"):
            with self.subTest(step=step):
                self.assertEqual(self.tool("tidy").returncode, 0)
                restored = self.at(f"{STATE}/trades").read_text() == "backup"
                self.assertEqual((self.at(f"{STATE}/trades").read_text(), self.replaced()), ("backup", ["now"]) if restored else ("now", []))
                self.assertEqual(self.at(f"{COPIES}/backup").exists(), not restored)
                self.assertFalse(self.at(f"{MARKS}/swapping").exists())
                # It is held.
                self.assertEqual(self.bot.get("state"), "inactive")
            prepare()

    def test_what_comes_from_elsewhere_is_checked_and_takes_the_place_of_the_state(self) -> None:
        folder = self.tool("prepare", "restored").stdout.strip()
        self.assertEqual(folder, str(self.at(f"{COPIES}/restored/state")))
        self.write(f"{COPIES}/restored/state/trades", "elsewhere", 0o4755)
        self.at(f"{COPIES}/restored/state/link").symlink_to("/etc/passwd")
        self.calls()
        ended = self.tool("restore", "restored")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertIn(f"chown --recursive --no-dereference trading-bot:trading-bot {folder}", self.calls())
        self.assertEqual(self.at(f"{STATE}/trades").read_text(), "elsewhere")
        self.assertEqual(self.at(f"{STATE}/trades").stat().st_mode & 0o7777, 0o755)
        self.assertEqual(self.at(STATE).stat().st_mode & 0o7777, 0o700)
        self.assertEqual(self.replaced(), ["now"])

    def test_a_state_is_not_replaced_under_a_bot_that_may_run(self) -> None:
        self.add_copy("backup", datetime.now(UTC))
        self.at(f"{MARKS}/moving").unlink()
        self.assertIn("the bot isn't held", self.tool("restore", "backup").stderr)
        self.write(f"{MARKS}/moving", "")
        self.bot.set("state", "active")
        self.assertIn("the bot runs", self.tool("restore", "backup").stderr)
        self.assertEqual((self.at(f"{STATE}/trades").read_text(), self.replaced()), ("now", []))

    def test_a_copy_that_is_not_there_changes_nothing(self) -> None:
        ended = self.tool("restore", "backup")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("there is no copy with the name backup", ended.stderr)

    def test_replaced_states_are_kept_for_30_days_and_copies_as_long_as_their_release(self) -> None:
        now = datetime.now(UTC)
        self.add_copy("replaced-old", now - timedelta(days=31))
        self.add_copy("replaced-new", now - timedelta(days=29))
        self.add_copy("backup", now - timedelta(days=100))
        self.add_copy(RELEASE, now - timedelta(days=100), RELEASE)
        self.add_copy("b" * 12, now, "b" * 12)
        self.at(f"/opt/trading-bot/releases/{RELEASE}").mkdir(parents=True)
        self.assertEqual(self.tool("tidy").returncode, 0)
        self.assertEqual(self.copies(), [RELEASE, "backup", "replaced-new"])

    def test_what_an_interrupted_copy_has_left_is_removed(self) -> None:
        self.write(f"{COPIES}/.making/state/half", "")
        self.write(f"{COPIES}/.removed/state/half", "")
        self.assertEqual(self.tool("tidy").returncode, 0)
        self.assertEqual(self.copies(), [])

    def test_the_copies_are_listed_and_removed(self) -> None:
        self.assertEqual(self.tool("list").stdout, "There is no copy of the bot's state.\n")
        self.add_copy("backup", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), RELEASE)
        self.add_copy("replaced-1", datetime(2026, 1, 1, tzinfo=UTC))
        self.assertEqual(
            self.tool("list").stdout.splitlines(),
            [
                f"backup  4.0 KiB, of 2026-01-02 03:04:05 UTC, of the release {RELEASE}",
                "replaced-1  4.0 KiB, of 2026-01-01 00:00:00 UTC, kept until 2026-01-31",
            ],
        )
        self.assertEqual(self.tool("remove", "backup").returncode, 0)
        self.assertEqual(self.copies(), ["replaced-1"])

    def test_the_trades_of_freqtrade_are_printed(self) -> None:
        self.assertEqual(self.tool("trades"), Result(0, '{"trades": []}\n', ""))
        self.assertEqual(self.copies(), [])


if __name__ == "__main__":
    unittest.main()
