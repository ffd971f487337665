"""guard-verdict and bot-control when they are interrupted. Their other tests are in test_guard_verdict.py and test_bot.py."""

import os
import shutil
import time
import unittest

from environment import KILLED, Bot, Result, ServerTest
from key_pairs import fingerprint, sealed

VERDICT = "/usr/local/lib/trading-bot-server/guard-verdict"
CONTROL = "/usr/local/sbin/bot-control"
MARKS = "/var/lib/trading-bot-server"
MEMORY = "/run/trading-bot-server"
HELD, STOPPED, PASSED = (f"{MARKS}/{name}" for name in ("held", "stopped", "passed"))
WITHOUT_CHECK = f"{MEMORY}/without-check"
PAIR = "/etc/credstore.encrypted/binance"
ONE = fingerprint("one")
FAIL, PASS, QUOTA = ({"EXIT_CODE": "exited", "EXIT_STATUS": status} for status in ("3", "0", "5"))


class StopFaults(ServerTest):
    def prepare(self, state: str = "active") -> None:
        """A bot with a pair that has passed a check, and the prepared markers of `bot-control apply`."""
        for folder in ("etc", "run", "var", "systemd"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.write(PAIR, sealed("one"))
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/run/trading-bot-guard/checked", ONE)
        self.write("/run/trading-bot-guard/message.json", "{}")
        self.write(PASSED, ONE)
        for marker in ("held", "stopped"):
            self.write(f"{MARKS}/.unset-{marker}", "\n" * 16)
        self.bot = Bot(self.root, state=state)
        self.bot.set("runs-with", sealed("one"))
        self.functions["systemctl"] = self.bot

    def verdict(self, variables: dict[str, str]) -> Result:
        return self.run_tool(VERDICT, variables=variables)

    def marks(self) -> list[str]:
        """Without the empty folders that a kill leaves until the same file is written again."""
        return sorted(name for name in os.listdir(self.at(MARKS)) if not name.startswith(".staged-"))

    def is_held(self) -> bool:
        return self.at(HELD).exists() or self.at(f"{MEMORY}/held").exists()

    def may_start(self) -> bool:
        return self.run_tool(CONTROL, "may-start").returncode == 0

    def reboot(self) -> None:
        shutil.rmtree(self.at(MEMORY), ignore_errors=True)

    def test_a_verdict_that_fails_and_is_killed_at_any_moment_is_carried_out_by_the_next_check(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(VERDICT, variables=FAIL):
            with self.subTest(step=step):
                if self.interrupted.returncode != KILLED:
                    # Whatever the disk refuses, the bot is off and stays off, also after a boot.
                    self.assertEqual(self.bot.get("state"), "inactive")
                    self.assertFalse(self.may_start())
                self.assertEqual(self.verdict(FAIL).returncode, 0)
                self.assertEqual((self.bot.get("state"), self.at(HELD).exists()), ("inactive", True))
                self.reboot()
                self.assertFalse(self.may_start())
                self.assertEqual(self.at(HELD).read_text().strip(), "yes")
            self.prepare()

    def test_after_a_fault_of_a_verdict_that_fails_a_boot_starts_nothing(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(VERDICT, variables=FAIL):
            with self.subTest(step=step):
                if self.interrupted.returncode != KILLED:
                    self.reboot()
                    self.assertFalse(self.may_start())
            self.prepare()

    def test_a_verdict_that_passes_and_is_killed_at_any_moment_is_carried_out_by_the_next_check(self) -> None:
        def prepare() -> None:
            self.prepare()
            self.verdict(FAIL)
            self.assertEqual((self.bot.get("state"), self.is_held()), ("inactive", True))

        prepare()
        for step in self.kill_everywhere(VERDICT, variables=PASS):
            with self.subTest(step=step):
                self.assertEqual(self.at(PASSED).read_text(), ONE)
                self.assertEqual(self.verdict(PASS).returncode, 0)
                self.assertFalse(self.is_held())
                self.assertEqual(self.bot.get("state"), "active")
                self.assertLess(time.time() - self.at(PASSED).stat().st_mtime, 60)
            prepare()

    def test_a_pass_of_a_new_pair_that_is_killed_at_any_moment_leaves_a_whole_record(self) -> None:
        def prepare() -> None:
            self.prepare()
            self.write(PAIR, sealed("other"))
            self.write("/run/trading-bot-guard/checked", fingerprint("other"))

        prepare()
        for step in self.kill_everywhere(VERDICT, variables=PASS):
            with self.subTest(step=step):
                self.assertIn(self.at(PASSED).read_text(), (ONE, fingerprint("other")))
                self.assertEqual(self.verdict(PASS).returncode, 0)
                self.assertEqual(self.at(PASSED).read_text(), fingerprint("other"))
                self.assertEqual(self.marks(), [".unset-held", ".unset-stopped", "passed"])
            prepare()

    def test_a_check_that_is_refused_for_too_many_requests_is_killed_at_any_moment(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(VERDICT, variables=QUOTA):
            with self.subTest(step=step):
                self.assertEqual(self.bot.get("state"), "active")
                self.assertEqual(self.verdict(QUOTA).returncode, 0)
                self.assertTrue(self.at(f"{MEMORY}/retries").exists())
            self.prepare()

    def test_a_stop_by_hand_that_is_killed_at_any_moment_is_done_by_the_next_one(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(CONTROL, "stop", least=3):
            with self.subTest(step=step):
                if self.interrupted.returncode != KILLED:
                    self.assertEqual(self.bot.get("state"), "inactive")
                if self.interrupted.returncode == 0:
                    self.assertTrue(self.at(STOPPED).exists())
                self.assertEqual(self.run_tool(CONTROL, "stop").returncode, 0)
                self.assertEqual((self.bot.get("state"), self.at(STOPPED).exists()), ("inactive", True))
            self.prepare()

    def test_a_start_by_hand_that_is_killed_at_any_moment_is_done_by_the_next_one(self) -> None:
        def prepare() -> None:
            self.prepare(state="inactive")
            self.write(STOPPED, "\n" * 16)
            self.at(f"{MARKS}/.unset-stopped").unlink()

        prepare()
        for step in self.kill_everywhere(CONTROL, "start"):
            with self.subTest(step=step):
                if self.interrupted.returncode == 0:
                    self.assertEqual(self.bot.get("state"), "active")
                self.assertEqual(self.run_tool(CONTROL, "start").returncode, 0)
                self.assertEqual((self.bot.get("state"), self.at(STOPPED).exists()), ("active", False))
            prepare()

    def test_a_start_without_a_check_that_is_killed_at_any_moment_lets_no_later_start_pass(self) -> None:
        def prepare() -> None:
            self.prepare(state="inactive")
            os.utime(self.at(PASSED), (0, 0))
            self.bot.unknown_pairs = [sealed("one")]

        prepare()
        for step in self.kill_everywhere(CONTROL, "start-without-check"):
            with self.subTest(step=step):
                self.assertFalse(self.may_start())
                self.assertEqual(self.run_tool(CONTROL, "start-without-check").returncode, 0)
                self.assertFalse(self.may_start())
            prepare()

    def test_settings_that_take_effect_are_killed_at_any_moment_and_the_next_run_makes_them_take_effect(self) -> None:
        def prepare() -> None:
            self.prepare()
            for name in (".unset-held", ".unset-stopped", "passed"):
                self.at(f"{MARKS}/{name}").unlink()
            # For the history: written once per change of the mode.
            self.at(f"{MARKS}/mode").unlink(missing_ok=True)

        prepare()
        for step in self.kill_everywhere(CONTROL, "apply"):
            with self.subTest(step=step):
                self.assertEqual(self.run_tool(CONTROL, "apply").returncode, 0)
                self.assertEqual((self.bot.get("state"), self.at(PASSED).read_text()), ("active", ONE))
                self.assertEqual(self.marks(), [".unset-held", ".unset-stopped", "mode", "passed"])
            prepare()

    def test_a_start_that_is_refused_and_killed_at_any_moment_stays_refused(self) -> None:
        def prepare() -> None:
            self.prepare(state="inactive")
            os.utime(self.at(PASSED), (0, 0))

        prepare()
        for step in self.kill_everywhere(CONTROL, "may-start"):
            with self.subTest(step=step):
                self.assertNotEqual(self.interrupted.returncode, 0)
                self.assertFalse(self.may_start())
            prepare()


if __name__ == "__main__":
    unittest.main()
