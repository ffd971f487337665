import fcntl
import unittest

from environment import Bot, Result, ServerTest

TOOL = "/usr/local/lib/trading-bot-server/guard-verdict"
HELD = "/var/lib/trading-bot-server/held"
STOPPED = "/var/lib/trading-bot-server/stopped"
RETRIES = "/run/trading-bot-server/retries"
BEING_STOPPED = "The bot is being stopped, and stays off until a check passes."


class GuardVerdict(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("/etc/credstore.encrypted/binance", "sealed")
        self.set_bot("active")

    def set_bot(self, state: str, enabled: bool = True) -> None:
        self.bot = Bot(self.root, enabled, state)
        self.functions["systemctl"] = self.bot

    def verdict(self, status: str, code: str = "exited") -> Result:
        return self.run_tool(TOOL, variables={"EXIT_CODE": code, "EXIT_STATUS": status})

    def noted(self) -> list[str]:
        """What was done to the bot and what was recorded, in this order."""
        only_read = ("systemctl show", "systemctl is-")
        return [
            call.replace("logger --tag trading-bot-guard --priority daemon.", "").replace(" trading-bot.service", "")
            for call in self.calls()
            if not call.startswith(only_read)
        ]

    def test_a_check_that_fails_marks_the_bot_as_held_before_it_stops_it_and_reports_that_once(self) -> None:
        self.assertEqual(self.verdict("3"), Result(0, "", ""))
        self.assertEqual(self.noted(), [f"err {BEING_STOPPED}", "systemctl stop"])
        self.assertEqual(self.at(HELD).read_text(), "yes\n")
        self.verdict("3")
        self.assertEqual(self.noted(), ["systemctl stop"])
        self.assertEqual(self.at(HELD).read_text(), "yes\n")

    def test_a_check_that_passes_releases_a_held_bot_and_starts_it_without_waiting(self) -> None:
        self.verdict("3")
        self.noted()
        self.assertEqual(self.verdict("0").returncode, 0)
        self.assertEqual(
            self.noted(),
            [
                "notice A check has passed: the bot is started again.",
                "systemctl reset-failed",
                "systemctl start --no-block",
            ],
        )
        self.assertFalse(self.at(HELD).exists())
        self.verdict("0")
        self.assertEqual(self.noted(), [])

    def test_a_pass_starts_only_a_bot_that_was_wanted_when_it_was_held(self) -> None:
        for state, job, is_started in (
            # It waited for this check to start.
            ("inactive", "1234", True),
            ("activating", "", True),
            ("inactive", "", False),
            ("inactive", "0", False),
            ("failed", "", False),
        ):
            with self.subTest(state=state, job=job):
                self.set_bot(state)
                self.bot.set("job", job)
                self.verdict("3")
                self.noted()
                self.verdict("0")
                self.assertEqual("systemctl start --no-block" in self.noted(), is_started)
                self.assertFalse(self.at(HELD).exists())

    def test_a_pass_does_not_start_a_bot_that_a_person_stopped_or_removed_in_the_meantime(self) -> None:
        def stop() -> None:
            self.write(STOPPED, "")

        def disable() -> None:
            self.bot.enabled = False

        for change in (stop, disable):
            with self.subTest(change=change.__name__):
                self.set_bot("active")
                self.verdict("3")
                change()
                self.noted()
                self.verdict("0")
                self.assertEqual(self.noted(), ["notice A check has passed: the bot may be started again."])
                self.assertFalse(self.at(HELD).exists())

    def test_a_bot_that_does_not_stop_is_killed(self) -> None:
        stops = self.root / "stops"

        def stubborn(args: list[str], given: bytes) -> tuple[int, bytes, bytes]:
            if args[0] == "stop" and not stops.exists():
                stops.touch()
                return 1, b"", b""
            return self.bot(args, given)

        self.functions["systemctl"] = stubborn
        self.assertEqual(self.verdict("3").returncode, 0)
        self.assertEqual(self.noted()[1:], ["systemctl stop", "systemctl kill --signal=KILL", "systemctl stop"])

    def test_a_bot_that_can_not_be_stopped_is_held_anyway_and_that_is_reported(self) -> None:
        self.bot.failing_verbs = {"stop"}
        self.assertEqual(self.verdict("3").returncode, 1)
        self.assertRegex(self.noted()[-1], r"^crit The bot could not be stopped: .*systemctl status trading-bot")
        self.assertTrue(self.at(HELD).exists())

    def test_a_full_disk_does_not_keep_the_bot_from_being_stopped(self) -> None:
        # A file in the place of the folder: nothing can be written there either.
        self.at("/var/lib").mkdir(parents=True)
        self.write("/var/lib/trading-bot-server", "")
        self.assertEqual(self.verdict("3").returncode, 0)
        noted = self.noted()
        self.assertRegex(
            noted[0], r"^crit The bot is being stopped, but could be started again: .*held can't be written"
        )
        self.assertEqual(noted[1], "systemctl stop")
        self.assertEqual(self.bot.get("state"), "inactive")

    def test_other_results_change_nothing(self) -> None:
        for code, status in (
            ("exited", "2"),
            ("exited", "1"),
            ("exited", "203"),
            ("exited", "243"),
            ("killed", "TERM"),
            ("dumped", "ABRT"),
            ("killed", "3"),
            ("", ""),
        ):
            with self.subTest(code=code, status=status):
                self.at(HELD).unlink(missing_ok=True)
                self.assertEqual(self.verdict(status, code), Result(0, "", ""))
                self.assertEqual(self.noted(), [])
                self.write(HELD, "yes\n")
                self.verdict(status, code)
                self.assertEqual(self.noted(), [])
                self.assertTrue(self.at(HELD).exists())

    def test_remembers_whether_the_exchange_is_unavailable(self) -> None:
        self.verdict("4")
        self.assertTrue(self.at(RETRIES).exists())
        self.assertFalse(self.at(HELD).exists())
        self.verdict("1")
        self.assertTrue(self.at(RETRIES).exists())
        for status in ("0", "2", "3"):
            self.verdict("4")
            self.verdict(status)
            self.assertFalse(self.at(RETRIES).exists())

    def test_never_waits_for_the_lock(self) -> None:
        self.write("/run/trading-bot-server.lock", "")
        with open(self.at("/run/trading-bot-server.lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.verdict("3").returncode, 0)
            self.assertEqual(self.verdict("0").returncode, 0)


if __name__ == "__main__":
    unittest.main()
