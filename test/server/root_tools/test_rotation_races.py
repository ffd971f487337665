"""A check that runs while the key pair is replaced: a verdict on the old pair never counts for the new one.

Each test lets Binance's answer to a check of the old pair arrive before each step of a tool, one after the other.
"""

import os
import shutil
import unittest
from collections.abc import Callable

import faults
from checks import BOT_CONTROL, Checks
from environment import Result, ServerTest
from key_pairs import fingerprint, pair, sealed

TOOL = "/usr/local/sbin/binance-credential"
PAIR = "/etc/credstore.encrypted/binance"
PASSED = "/var/lib/trading-bot-server/passed"
OLD, NEW = "old", "new"
EVERY = 1 if faults.chosen() == "all" else 5


class Races(ServerTest):
    # The name of the previous pair, if there is one.
    previous: str | None = None
    first_step = 0

    def prepare(self, old: list[str], new: list[str]) -> None:
        """A bot runs with the old pair, whose check has begun."""
        for folder in ("etc", "run", "var", "systemd"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.write(PAIR, sealed(OLD), 0o600)
        if self.previous is not None:
            self.write(f"{PAIR}.previous", sealed(self.previous), 0o600)
        self.write(PASSED, fingerprint(OLD))
        self.systemd = Checks(self, {OLD: old, NEW: new}, live=OLD)
        self.functions["systemctl"] = self.systemd
        self.systemd.begin_check()

    def at_each_step(
        self,
        old: list[str],
        new: list[str],
        command: str,
        check: Callable[[Result], None],
        at_step: Callable[[], None] | None = None,
    ) -> None:
        """Runs the tool once for each of its steps, before which the answer arrives, and once with none.

        `check` gets how it ended. Without the campaign, a few steps are tried, others each time.
        """
        self.first_step = self.first_step % EVERY + 1
        for step in range(self.first_step, 1000, EVERY):
            self.prepare(old, new)
            happened = self.root / "systemd/happened"

            def happen() -> None:
                happened.touch()
                (at_step or self.systemd.end_check)()

            stdin = f"{pair(NEW)}\n" if command == "install" else ""
            with self.subTest(old=old, new=new, step=step):
                result = self.run_tool(TOOL, command, stdin=stdin, kill_at=step, at_step=happen)
                self.assertEqual(self.systemd.get("wrong-starts"), "")
                check(result)
            if not happened.exists():
                self.assertGreater(step, 15, "hardly any step was found")
                return
        self.fail("the tool never ends")

    def assert_runs(self, name: str) -> None:
        self.assertEqual(self.systemd.runs_with(), name)
        self.assertEqual(self.systemd.live(), name)
        self.assertEqual(self.at(PASSED).read_text(), fingerprint(name))
        self.assertGreater(self.at(PASSED).stat().st_mtime, 0)
        self.assertFalse(self.systemd.is_held())

    def converge(self) -> None:
        """From now on both pairs pass, and the guard checks again."""
        self.systemd.verdicts = {OLD: ["pass"], NEW: ["pass"]}
        self.functions["systemctl"] = self.systemd
        for _ in range(2):
            self.systemd.begin_check()
            self.systemd.end_check()
        self.assert_runs(self.systemd.live() or "")

    def test_a_new_pair_that_passes_is_used_whatever_the_check_of_the_old_one_finds_and_when(self) -> None:
        def check(result: Result) -> None:
            self.assertEqual(result.stdout, f"{fingerprint(NEW)}\n")
            self.assert_runs(NEW)
            self.assertEqual(self.systemd.get("refusals"), "")

        for old in ("pass", "fail", "unknown"):
            self.at_each_step([old], ["pass"], "install", check)

    def test_a_new_pair_that_fails_or_of_which_nothing_is_known_is_not_used_because_the_old_one_passes(self) -> None:
        def check(result: Result) -> None:
            self.assertEqual(result.returncode, 1)
            self.assert_runs(OLD)

        for new in ("fail", "unknown"):
            self.at_each_step(["pass"], [new], "install", check)

    def test_if_no_pair_passes_nothing_runs_until_one_does(self) -> None:
        def check(_: Result) -> None:
            self.assertIsNone(self.systemd.runs_with())
            self.converge()

        for new in ("fail", "unknown"):
            self.at_each_step(["fail"], [new], "install", check)

    def test_a_key_whose_permissions_change_while_it_is_activated_is_stopped_or_rolled_back(self) -> None:
        def check(_: Result) -> None:
            # At the latest, the next check finds it.
            self.systemd.begin_check()
            self.systemd.end_check()
            self.assertIn(self.systemd.runs_with(), (None, OLD))
            self.converge()

        for checks in (1, 2):
            self.at_each_step(["pass"], ["pass"] * checks + ["fail"], "install", check)

    def test_a_bot_that_crashes_meanwhile_is_started_with_the_new_pair_and_never_with_the_old_check(self) -> None:
        def check(_: Result) -> None:
            self.assert_runs(NEW)

        self.at_each_step(["pass"], ["pass"], "install", check, at_step=lambda: self.systemd.crash())

    def test_a_roll_back_waits_for_a_verdict_on_the_pair_that_it_makes_live(self) -> None:
        def check(result: Result) -> None:
            self.assertEqual(result.stdout, f"{fingerprint(NEW)}\n")
            self.assert_runs(NEW)

        self.previous = NEW
        for old in ("pass", "fail"):
            self.at_each_step([old], ["pass"], "roll-back", check)

    def test_after_the_key_was_removed_nothing_holds_a_bot_whatever_a_check_of_it_finds_and_when(self) -> None:
        def check(_: Result) -> None:
            # A check that has outlived the pair ends now.
            self.systemd.end_check()
            self.assertEqual((self.systemd.runs_with(), self.systemd.is_held()), (None, False))
            self.assertEqual(os.listdir(self.at(PAIR).parent), [])

        for old in ("pass", "fail", "unknown"):
            self.at_each_step([old], ["pass"], "remove", check)

    def test_a_start_by_hand_that_joins_a_check_of_the_old_pair_is_done_after_one_of_the_new_pair(self) -> None:
        self.prepare(["pass"], ["fail"])
        self.systemd.set("state", "inactive")
        # As after an interrupted rotation.
        self.write(PAIR, sealed(NEW), 0o600)
        self.systemd.start()
        self.assertEqual((self.systemd.runs_with(), self.systemd.is_held()), (None, True))
        self.prepare(["pass"], ["pass"])
        self.systemd.set("state", "inactive")
        self.write(PAIR, sealed(NEW), 0o600)
        self.systemd.start()
        self.assert_runs(NEW)
        self.assertEqual(self.systemd.get("refusals"), f" {NEW}")
        self.assertEqual(self.run_tool(BOT_CONTROL, "start").stdout, "The bot is running already.\n")


if __name__ == "__main__":
    unittest.main()
