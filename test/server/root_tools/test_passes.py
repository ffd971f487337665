import os
import time
import unittest

from test_bot import BotTest, create

from root_tools import bot, files, passes, paths
from systemd import FINGERPRINT, RUNNING


class Check(BotTest):
    def test_the_guard_checks_the_live_pair_before_a_restart(self) -> None:
        bot.restart()
        calls = self.systemd.calls
        self.assertLess(
            calls.index("systemctl restart trading-bot-guard.service"),
            calls.index("systemctl restart --no-block trading-bot.service"),
        )

    def test_a_bot_that_runs_and_could_not_be_started_again_is_left_running(self) -> None:
        self.systemd.passes = False
        self.systemd.state.update(RUNNING, InvocationID="old")
        self.assertIn("no check of its key has passed in the last 24 hours", bot.restart() or "")
        self.assertNotIn("systemctl restart --no-block trading-bot.service", self.systemd.calls)

    def test_a_bot_without_a_key_needs_no_check(self) -> None:
        create(paths.WITHOUT_KEY)
        self.systemd.passes = False
        self.systemd.state.update(RUNNING, InvocationID="old")
        self.assertIsNone(bot.restart())
        self.assertNotIn("systemctl restart trading-bot-guard.service", self.systemd.calls)


class MayStart(BotTest):
    def setUp(self) -> None:
        super().setUp()
        passes.record(FINGERPRINT)

    def age(self, hours: float) -> None:
        then = time.time() - hours * 3600
        os.utime(paths.PASSED, (then, then))

    def refused(self, *, reported: bool) -> str:
        self.systemd.calls.clear()
        status, _, stderr = self.call("may-start")
        self.assertEqual(status, 1)
        self.assertEqual("systemctl start --no-block trading-bot-refused.service" in self.systemd.calls, reported)
        return stderr

    def test_a_bot_may_start_with_a_pass_in_the_last_24_hours(self) -> None:
        for hours in (0, 23.9):
            self.age(hours)
            self.assertEqual(self.call("may-start"), (0, "", ""))

    def test_otherwise_the_start_is_refused_and_that_is_reported_once(self) -> None:
        self.age(24.1)
        self.assertIn("no check of its key has passed in the last 24 hours", self.refused(reported=True))
        self.refused(reported=False)
        self.assertIn("--without-check", bot.reason_not_to_start() or "")
        self.age(0)
        self.assertEqual(self.call("may-start")[0], 0)
        self.assertIsNone(bot.reason_not_to_start())

    def test_a_setting_says_how_many_hours(self) -> None:
        files.write(paths.GUARD_SETTINGS, '{"passHours": 2}')
        self.age(3)
        self.assertIn("in the last 2 hours", self.refused(reported=True))
        for broken in ("", "[]", '{"passHours": null}'):
            files.write(paths.GUARD_SETTINGS, broken)
            self.assertEqual(self.call("may-start")[0], 0)

    def test_no_pass_counts_that_is_missing_revoked_of_another_pair_or_of_the_future(self) -> None:
        def change(content: str) -> None:
            files.write(paths.PASSED, content)

        for prepare in (paths.PASSED.unlink, lambda: change("another"), lambda: self.age(-1)):
            passes.record(FINGERPRINT)
            prepare()
            self.assertEqual(self.call("may-start")[0], 1)
        passes.record(FINGERPRINT)
        self.assertIsNone(passes.revoke())
        self.assertEqual(self.call("may-start")[0], 1)

    def test_a_bot_without_a_key_may_start(self) -> None:
        create(paths.WITHOUT_KEY)
        self.age(1000)
        self.assertEqual(self.call("may-start")[0], 0)

    def test_a_damaged_pair_is_left_to_systemd_whose_failure_is_reported(self) -> None:
        files.write(paths.KEY_PAIR, "garbage")
        self.assertEqual(self.call("may-start"), (0, "", ""))
        self.assertFalse(paths.REFUSED.exists())

    def test_a_held_bot_may_not_whatever_a_person_asks_for(self) -> None:
        for marker in (paths.HELD, paths.HELD_IN_MEMORY):
            create(marker, paths.WITHOUT_CHECK)
            self.assertIn("the guard holds the bot", self.refused(reported=False))
            marker.unlink()

    def test_one_command_starts_it_once_without_a_pass(self) -> None:
        self.age(25)
        self.systemd.passes = False
        checks: list[int] = []

        def starting(*args: str, **options: object) -> object:
            if args[1] == "restart" and args[-1] == paths.BOT:
                checks.extend([self.call("may-start")[0], self.call("may-start")[0]])
            return self.systemd.run(*args, **options)

        self.patch("root_tools.bot.run", starting)
        self.assertEqual(self.call("start-without-check")[0], 0)
        self.assertEqual(checks, [0, 1])
        self.assertFalse(paths.WITHOUT_CHECK.exists())


if __name__ == "__main__":
    unittest.main()
