import fcntl
import json
import os
import re
import time
import unittest

from environment import Bot, Result, ServerTest
from key_pairs import fingerprint, sealed

TOOL = "/usr/local/lib/trading-bot-server/guard-verdict"
HELD = "/var/lib/trading-bot-server/held"
STOPPED = "/var/lib/trading-bot-server/stopped"
HELD_IN_MEMORY = "/run/trading-bot-server/held"
PASSED = "/var/lib/trading-bot-server/passed"
REFUSED = "/run/trading-bot-server/refused"
RETRIES = "/run/trading-bot-server/retries"
MEMORY = "/var/lib/trading-bot-guard/memory.json"
CHECKED = "/run/trading-bot-guard/checked"
PAIR = "/etc/credstore.encrypted/binance"
ONE = fingerprint("one")
COMMANDS = "trading-bot-command-*.service"
STOP = [f"systemctl stop --no-block {COMMANDS}", f"systemctl stop {COMMANDS}"]
# While the bot is held, commands may run that don't have the key.
STOP_AGAIN = [call.replace("command-*", "command-key-*") for call in STOP]
STOPPED_AND_HELD = "The bot is stopped, and stays off until a check passes."
READ_ORDERS = "systemctl start --no-block trading-bot-left-open.service"
SEND = "systemctl start --no-block trading-bot-report.service"
CLOSED = "nft --file -"
OPEN = "nft delete table inet trading_bot_closed"


class GuardVerdict(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.write(PAIR, sealed("one"))
        self.write(CHECKED, ONE)
        self.set_bot("active")

    def set_bot(self, state: str, enabled: bool = True) -> None:
        self.bot = Bot(self.root, enabled, state)
        self.functions["systemctl"] = self.bot

    def verdict(self, status: str, code: str = "exited") -> Result:
        return self.run_tool(TOOL, variables={"EXIT_CODE": code, "EXIT_STATUS": status})

    def forget(self) -> None:
        for marker in (HELD, HELD_IN_MEMORY, REFUSED):
            self.at(marker).unlink(missing_ok=True)

    def noted(self) -> list[str]:
        """What was done to the bot and what was recorded, in this order."""
        only_read = ("systemctl show", "systemctl is-", "systemd-creds decrypt")
        return [
            call.replace("logger --tag trading-bot-guard --priority daemon.", "").replace(" trading-bot.service", "")
            for call in self.calls()
            if not call.startswith((*only_read, OPEN))
        ]

    def test_a_check_that_fails_cuts_the_bot_off_and_stops_it_before_it_is_recorded_and_reports_that_once(self) -> None:
        self.assertEqual(self.verdict("3"), Result(0, "", ""))
        self.assertEqual(self.noted(), [CLOSED, *STOP, f"err {STOPPED_AND_HELD}"])
        self.assertEqual((self.at(HELD).read_text().strip(), self.at(HELD_IN_MEMORY).read_text()), ("yes", "yes\n"))
        self.verdict("3")
        self.assertEqual(self.noted(), [CLOSED, *STOP_AGAIN])
        self.assertEqual(self.at(HELD).read_text().strip(), "yes")

    def test_with_a_demo_key_pair_the_check_is_of_that_one_and_no_pass_of_the_live_one_is_recorded(self) -> None:
        self.write("/etc/systemd/system/trading-bot.service.d/zz-demo-key.conf", "")
        self.write("/etc/credstore.encrypted/trading-bot-demo-key", sealed("two", "trading-bot-demo-key"))
        self.verdict("3")
        self.verdict("0")
        # A check of the live pair.
        self.assertTrue(self.at(HELD).exists())
        self.write(CHECKED, fingerprint("two"))
        self.verdict("0")
        self.assertFalse(self.at(HELD).exists())
        self.assertFalse(self.at(PASSED).exists())

    def test_the_message_is_sent_after_all_of_that(self) -> None:
        self.write("/run/trading-bot-guard/message.json", "{}")
        self.verdict("3")
        noted = self.noted()
        # The open orders are read for the message, and the bot is off by then.
        self.assertEqual(noted[-2:], [READ_ORDERS, SEND])
        self.assertLess(noted.index(STOP[-1]), len(noted) - 2)

    def test_a_message_about_a_bot_that_is_not_held_lists_no_orders(self) -> None:
        self.write("/run/trading-bot-guard/message.json", "{}")
        self.verdict("2")
        self.assertEqual(self.noted(), [SEND])

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
            if args[0] == "stop" and "--no-block" not in args and not stops.exists():
                stops.touch()
                return 1, b"", b""
            return self.bot(args, given)

        self.functions["systemctl"] = stubborn
        self.assertEqual(self.verdict("3").returncode, 0)
        self.assertEqual(
            self.noted()[1:6],
            [
                *STOP,
                "pkill --signal=KILL --euid=trading-bot",
                "systemctl kill --signal=KILL",
                STOP[-1],
            ],
        )

    def test_a_bot_that_can_not_be_stopped_is_held_anyway_and_that_is_reported(self) -> None:
        self.bot.failing_verbs = {"stop"}
        self.assertEqual(self.verdict("3").returncode, 1)
        self.assertRegex(self.noted()[-1], r"^crit The bot could not be stopped: .*systemctl status trading-bot")
        self.assertTrue(self.at(HELD).exists())

    def test_the_hold_is_on_the_disk_before_the_bot_has_ended_so_that_a_power_cut_starts_nothing(self) -> None:
        self.verdict("0")
        seen = self.root / "seen"

        def slow(args: list[str], given: bytes) -> tuple[int, bytes, bytes]:
            if args[0] == "stop" and "--no-block" not in args:
                seen.write_text(f"{self.at(HELD).exists()} {self.at(PASSED).stat().st_mtime}")
            return self.bot(args, given)

        self.functions["systemctl"] = slow
        self.verdict("3")
        self.assertEqual(seen.read_text(), "True 0.0")

    def test_a_full_disk_does_not_keep_the_bot_from_being_stopped(self) -> None:
        # A file in the place of the folder: nothing can be written there either.
        self.at("/var/lib").mkdir(parents=True)
        self.write("/var/lib/trading-bot-server", "")
        self.verdict("3")
        noted = self.noted()
        self.assertEqual(noted[:3], [CLOSED, *STOP])
        self.assertRegex(noted[-1], r"^crit Not all that holds the bot worked: .*held can't be written")
        self.assertEqual((self.bot.get("state"), self.at(HELD_IN_MEMORY).read_text()), ("inactive", "yes\n"))

    def test_without_space_for_the_marker_the_last_pass_is_revoked_so_that_no_boot_starts_the_bot(self) -> None:
        self.verdict("0")
        self.assertLess(time.time() - self.at(PASSED).stat().st_mtime, 60)
        # A folder in the place of the prepared marker.
        self.at("/var/lib/trading-bot-server/.unset-held").mkdir()
        self.verdict("3")
        self.assertFalse(self.at(HELD).exists())
        self.assertEqual(self.at(PASSED).stat().st_mtime, 0)

    def test_an_empty_marker_counts_as_one_of_a_bot_that_ran(self) -> None:
        self.set_bot("inactive")
        self.write(HELD, "")
        self.verdict("0")
        self.assertIn("systemctl start --no-block", self.noted())

    def test_nothing_that_fails_keeps_the_bot_from_being_stopped(self) -> None:
        self.functions["nft"] = lambda *_: (1, b"", b"no such table")
        self.at("/run").mkdir(exist_ok=True)
        self.write("/run/trading-bot-server", "")
        self.verdict("3")
        self.assertEqual(self.bot.get("state"), "inactive")
        self.assertIn("no such table", "\n".join(self.noted()))

    # The record of the last pass

    def test_a_pass_is_recorded_for_the_pair_that_was_checked(self) -> None:
        self.verdict("0")
        self.assertEqual(self.at(PASSED).read_text(), ONE)
        os.utime(self.at(PASSED), (0, 0))
        self.verdict("4")
        self.verdict("2")
        self.assertEqual(self.at(PASSED).stat().st_mtime, 0)
        self.verdict("0")
        self.assertLess(time.time() - self.at(PASSED).stat().st_mtime, 60)
        self.write(PAIR, sealed("other"))
        self.write(CHECKED, fingerprint("other"))
        self.verdict("0")
        self.assertEqual(self.at(PASSED).read_text(), fingerprint("other"))

    def test_a_pass_of_a_pair_that_is_no_longer_live_does_not_count(self) -> None:
        def replace() -> None:
            self.write(PAIR, sealed("other"))

        for change in (replace, lambda: self.at(PAIR).unlink()):
            self.write(PAIR, sealed("one"))
            self.forget()
            self.verdict("0")
            os.utime(self.at(PASSED), (1000, 1000))
            self.verdict("3")
            self.write(REFUSED, "why")
            change()
            self.calls()
            self.assertEqual(self.verdict("0").returncode, 0)
            self.assertNotIn(OPEN, self.calls())
            self.assertEqual((self.at(PASSED).read_text(), self.at(PASSED).stat().st_mtime), (ONE, 0))
            self.assertTrue(self.at(HELD).exists() and self.at(REFUSED).exists())
            self.assertEqual(self.bot.get("state"), "inactive")

    def test_a_pass_of_an_unknown_pair_does_not_count(self) -> None:
        for content in ("", "../../etc", "0123456789AB", f"{ONE}\n", None):
            self.at(CHECKED).unlink()
            if content is not None:
                self.write(CHECKED, content)
            self.verdict("0")
            self.assertFalse(self.at(PASSED).exists())
            self.assertRegex(self.noted()[0], "^err A check has passed, but .*checked doesn't say of which pair")
            self.write(CHECKED, ONE)

    def test_a_pass_starts_a_bot_whose_start_was_refused(self) -> None:
        self.set_bot("inactive")
        self.write(REFUSED, "why")
        self.verdict("4")
        self.assertNotIn("systemctl start --no-block", self.noted())
        self.verdict("0")
        self.assertIn("systemctl start --no-block", self.noted())
        self.assertFalse(self.at(REFUSED).exists())

    # Too many requests

    def test_the_way_out_of_a_bot_that_runs_is_closed_for_binances_pause_and_the_next_check_comes_first(self) -> None:
        self.functions["nft"] = self.keeping_input
        self.write(MEMORY, json.dumps({"silentUntil": (time.time() + 100) * 1000}))
        self.assertEqual(self.verdict("5").returncode, 0)
        noted = self.noted()
        self.assertIn("err The bot's way out is closed until a check gets an answer.", noted)
        after = int(re.findall(r"--on-active=(\d+)s", "\n".join(noted))[0])
        timeout = int(re.findall(r"1 timeout (\d+)s, 2 timeout", self.at("/nft-input").read_text())[0])
        self.assertTrue(99 <= after <= 102)
        self.assertEqual(timeout, after + 59)
        self.assertTrue(self.at(RETRIES).exists())

    def keeping_input(self, args: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        self.write("/nft-input", given.decode())
        return 0, b"", b""

    def test_a_pause_that_is_unknown_or_endless_is_five_minutes(self) -> None:
        self.functions["nft"] = self.keeping_input
        for memory in ("", "[]", '{"silentUntil": "soon"}', '{"silentUntil": 1e300}', '{"silentUntil": 1}'):
            with self.subTest(memory=memory):
                self.write(MEMORY, memory)
                self.verdict("5")
                self.assertIn("timeout 360s", self.at("/nft-input").read_text())

    def test_the_way_is_also_closed_if_the_bot_is_off_because_a_command_with_its_key_may_run(self) -> None:
        self.set_bot("inactive")
        self.verdict("5")
        self.assertIn("err The bot's way out is closed until a check gets an answer.", self.noted())

    def test_nothing_is_closed_if_no_bot_is_configured(self) -> None:
        self.set_bot("inactive", enabled=False)
        self.verdict("5")
        self.assertEqual(self.noted(), [])

    def test_the_way_is_opened_by_the_next_check_that_passes_and_by_no_other(self) -> None:
        self.verdict("5")
        self.calls()
        for status in ("4", "2", "1"):
            self.verdict(status)
            self.assertNotIn(OPEN, self.calls())
        self.verdict("0")
        self.assertIn(OPEN, self.calls())

    # The heartbeat

    def beats(self) -> bool:
        self.calls()
        self.assertEqual(self.verdict("0").returncode, 0)
        return "systemctl start --no-block trading-bot-heartbeat.service" in self.calls()

    def test_the_heartbeat_is_called_after_a_pass_if_all_is_sound(self) -> None:
        self.at("/var/lib/trading-bot-server").mkdir(parents=True)
        self.functions["chronyc"] = lambda *_: (0, b"", b"")
        self.assertFalse(self.beats())
        self.write("/etc/credstore.encrypted/trading-bot-heartbeat", "sealed")
        self.assertTrue(self.beats())
        self.verdict("3")
        self.assertNotIn("heartbeat", "\n".join(self.calls()))

    def test_the_heartbeat_is_not_called_if_the_bot_is_off_unless_a_person_stopped_it(self) -> None:
        self.at("/var/lib/trading-bot-server").mkdir(parents=True)
        self.functions["chronyc"] = lambda *_: (0, b"", b"")
        self.write("/etc/credstore.encrypted/trading-bot-heartbeat", "sealed")
        for state in ("inactive", "failed", "activating"):
            self.set_bot(state)
            self.assertFalse(self.beats())
        self.write(STOPPED, "")
        self.assertTrue(self.beats())

    def test_the_heartbeat_is_not_called_if_the_clock_is_wrong(self) -> None:
        self.at("/var/lib/trading-bot-server").mkdir(parents=True)
        self.functions["chronyc"] = lambda *_: (1, b"", b"")
        self.write("/etc/credstore.encrypted/trading-bot-heartbeat", "sealed")
        self.assertFalse(self.beats())

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
                self.forget()
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
        self.write("/run/trading-bot-server/lock", "")
        with open(self.at("/run/trading-bot-server/lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.verdict("3").returncode, 0)
            self.assertEqual(self.verdict("0").returncode, 0)


if __name__ == "__main__":
    unittest.main()
