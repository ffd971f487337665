"""The copies of the bot's state that trading-bot-program makes and restores. test_program_faults.py interrupts it."""

import json
import shutil
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from programs import ProgramTest, program
from root_tools import copies, disk_space, paths, state_place
from root_tools.tool import Failure

OUT_OF_SPACE = mock.Mock(free=disk_space.RESERVE)


class Copies(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.patch("root_tools.copies.run", self.systemctl)
        self.patch("root_tools.copies.must_run", self.must_run)
        self.patch("root_tools.bot.check_key", mock.Mock())
        self.copied = 0
        self.notes: list[str] = []
        self.patch_passes()
        state_place.state().mkdir(parents=True)
        self.write("first")

    def patch_passes(self) -> None:
        self.why: str | None = None
        self.patch("root_tools.bot.reason_not_to_stop", lambda: self.why)

    def must_run(self, *args: str) -> None:
        self.commands.append(" ".join(args))
        # The machine of the tests has no user of the bot.
        if args[0] != "chown":
            subprocess.run(args, check=True)

    def write(self, trades: str) -> None:
        (state_place.state() / "trades").write_text(trades)

    def state(self) -> str:
        return (state_place.state() / "trades").read_text()

    def run_unit(self, unit: str, pipe: Path) -> bool:
        if not unit.startswith("trading-bot-copy@"):
            return super().run_unit(unit, pipe)
        self.copied += 1
        if unit in self.failing:
            return False
        # Only while the bot is off.
        self.assertNotEqual(self.systemd.state["ActiveState"], "active")
        self.assertTrue(paths.SWAPPING.exists())
        shutil.copytree(state_place.state(), copies.staged() / "state", dirs_exist_ok=True)
        (copies.staged() / "result/result.json").write_text(json.dumps({"entries": 1, "notes": self.notes}))
        return True

    def test_the_first_program_has_no_state_to_go_back_to(self) -> None:
        self.assertEqual(self.install("a")[0], 0)
        self.assertEqual((self.copied, copies.everything()), (0, []))

    def test_before_another_program_runs_the_state_is_copied_and_that_is_shown(self) -> None:
        self.install("a")
        self.notes = ["trades: a database that stayed locked, copied as it is"]
        status, _, stderr = self.install("b")
        self.assertEqual(status, 0)
        [copy] = copies.everything()
        self.assertEqual((copy.name, copy.release), (program("a")[0], program("a")[0]))
        self.assertRegex(stderr, rf"A copy of the state that {copy.name} has left is kept: .* KiB, of .* UTC\.")
        self.assertIn("a database that stayed locked", stderr)
        self.assertIn(f"state {copy.described()}", self.call("list")[1])
        self.assertFalse(paths.SWAPPING.exists())

    def test_the_same_program_again_needs_no_copy(self) -> None:
        for _ in range(2):
            self.install("a")
        self.assertEqual(self.copied, 0)

    def test_a_state_that_is_being_moved_to_this_server_is_not_copied(self) -> None:
        self.install("a")
        paths.MOVING.parent.mkdir(parents=True, exist_ok=True)
        paths.MOVING.touch()
        self.assertEqual(self.install("b")[0], 0)
        self.assertEqual(self.copied, 0)

    def test_program_and_state_are_restored_if_the_bot_doesnt_run(self) -> None:
        self.install("a")
        with mock.patch("root_tools.bot.restart", self.failing_migration):
            status, _, stderr = self.install("broken")
        self.assertEqual((status, self.current(), self.state()), (1, program("a")[0], "first"))
        self.assertRegex(stderr, r"is restored with its state \(the one that .* has left is kept for 30 days: replaced-.*\)")
        [kept] = copies.everything()
        self.assertEqual((kept.release, (kept.state / "trades").read_text()), (program("broken")[0], "migrated"))
        self.assertIn("A state that was replaced is kept until", self.call("list")[1])
        # What the bot has written last was not on the disk yet.
        self.assertIn(f"sync --file-system {state_place.state()}", self.commands)

    def failing_migration(self) -> str | None:
        if self.current() == program("a")[0]:
            return None
        self.write("migrated")
        return "it ended"

    def test_without_room_for_a_copy_nothing_changes_and_the_bot_isnt_stopped(self) -> None:
        self.install("a")
        self.systemd.calls.clear()
        with mock.patch("root_tools.copies.shutil.disk_usage", return_value=OUT_OF_SPACE):
            with mock.patch("root_tools.disk_space.free", return_value=1 << 40):
                status, _, stderr = self.install("b")
                self.assertEqual((status, self.current(), self.copied), (1, program("a")[0], 0))
                for text in ("there is no room for it", "1.0 GiB must stay free", "--without-copy"):
                    self.assertIn(text, stderr)
                self.assertFalse(any("restart" in call or "stop trading-bot.service" in call for call in self.systemd.calls))
                self.assertEqual(self.call("install", program("b")[0], "without-copy", stdin=program("b")[1])[0], 0)
        self.assertEqual((self.current(), self.copied), (program("b")[0], 0))

    def test_a_roll_back_after_an_installation_without_a_copy_restores_no_older_one(self) -> None:
        for file in ("a", "b", "a"):
            self.install(file)
        self.call("install", program("b")[0], "without-copy", stdin=program("b")[1])
        self.assertIsNone(copies.left_by(program("a")[0]))
        self.assertIn("there is no copy of the state", self.call("roll-back", "copy")[2])
        self.assertEqual(self.current(), program("b")[0])

    def test_a_copy_that_fails_changes_nothing_and_the_bot_runs_again(self) -> None:
        self.install("a")
        self.failing = {"trading-bot-copy@copy.service"}
        status, _, stderr = self.install("b")
        self.assertEqual((status, self.current()), (1, program("a")[0]))
        self.assertIn("the bot's state could not be copied, so the program was not changed", stderr)
        self.assertEqual(self.systemd.calls[-1], "systemctl start --no-block trading-bot.service")
        self.assertFalse(paths.SWAPPING.exists())

    def test_a_bot_that_could_not_be_started_again_is_not_stopped(self) -> None:
        self.install("a")
        self.why = "it was not restarted, because no check has passed"
        status, _, stderr = self.install("b")
        self.assertEqual((status, self.current(), self.copied), (1, program("a")[0], 0))
        self.assertIn("no check has passed. The program was not changed", stderr)
        self.assertEqual(self.systemd.state["ActiveState"], "active")

    def test_a_bot_that_is_off_is_copied_and_stays_off(self) -> None:
        self.install("a")
        self.systemd.run("systemctl", "stop", "trading-bot.service")
        self.assertIn("stays off until `npm run start`", self.install("b")[1])
        self.assertEqual((self.copied, self.systemd.state["ActiveState"]), (1, "inactive"))

    def plan(self) -> dict[str, object]:
        status, stdout, _ = self.call("plan-roll-back")
        self.assertEqual(status, 0)
        found = json.loads(stdout)
        assert isinstance(found, dict)
        return found

    def test_the_plan_of_a_roll_back_has_the_copy(self) -> None:
        self.assertEqual(self.plan(), {"current": None, "previous": None, "copy": None, "unfinished": False})
        for file in ("a", "b"):
            self.install(file)
        copy = copies.left_by(program("a")[0])
        assert copy is not None
        self.assertEqual(
            self.plan(),
            {
                "current": program("b")[0],
                "previous": program("a")[0],
                "copy": {"made": copy.made, "bytes": copy.bytes, "notes": []},
                "unfinished": False,
            },
        )

    def test_a_roll_back_with_the_copy_and_another_one_exchange_the_states(self) -> None:
        for file, state in (("a", "first"), ("b", "second")):
            self.install(file)
            self.write(state)
        self.assertEqual(self.call("roll-back", "copy")[0], 0)
        self.assertEqual((self.current(), self.state()), (program("a")[0], "first"))
        self.assertEqual(self.call("roll-back", "copy")[0], 0)
        self.assertEqual((self.current(), self.state()), (program("b")[0], "second"))

    def test_a_roll_back_with_the_current_state_copies_it_first(self) -> None:
        for file, state in (("a", "first"), ("b", "second")):
            self.install(file)
            self.write(state)
        for args in ([], ["current"]):
            self.assertEqual(self.call("roll-back", *args)[0], 0)
            self.assertEqual(self.state(), "second")
        self.assertEqual(self.copied, 3)

    def test_a_roll_back_with_the_current_state_needs_no_room(self) -> None:
        for file in ("a", "b"):
            self.install(file)
        with mock.patch("root_tools.copies.check_room", side_effect=Failure("no room")):
            status, _, stderr = self.call("roll-back")
        self.assertEqual((status, self.current()), (0, program("a")[0]))
        self.assertIn("The bot's state could not be copied before the roll-back: no room", stderr)

    def test_unknown_choices_are_refused(self) -> None:
        self.assertEqual(self.call("roll-back", "other")[0], 1)
        self.assertEqual(self.call("install", "0" * 12, "other")[0], 1)

    def test_a_copy_is_removed_together_with_its_release(self) -> None:
        for file in "abcdef":
            self.install(file)
        self.assertEqual(
            {copy.name for copy in copies.everything()}, {program(file)[0] for file in "de"}
        )


if __name__ == "__main__":
    unittest.main()
