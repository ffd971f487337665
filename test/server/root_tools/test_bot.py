import fcntl
import io
import os
import shutil
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import environment

environment.use_library()
os.environ["TRADING_BOT_ROOT"] = tempfile.mkdtemp(prefix="bot-control-")

from root_tools import bot, bot_control, files, lock, memory, passes, paths  # noqa: E402
from root_tools.tool import Failure  # noqa: E402
from systemd import ENDED, FAILED, FINGERPRINT, RESTARTING, RUNNING, STARTING, Systemd  # noqa: E402


def create(*wanted: Path) -> None:
    for path in wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


class BotTest(unittest.TestCase):
    def setUp(self) -> None:
        shutil.rmtree(paths.ROOT, ignore_errors=True)
        self.addCleanup(shutil.rmtree, paths.ROOT, ignore_errors=True)
        create(paths.KEY_PAIR, paths.BOT_SETTINGS)
        self.systemd = Systemd()
        self.slept: list[float] = []
        for module in ("bot", "bot_control", "journal", "way_out"):
            self.patch(f"root_tools.{module}.run", self.systemd.run)
        self.patch("root_tools.way_out.user_id", lambda _: 17)
        self.patch("root_tools.bot_control.must_run", self.systemd.run)
        self.patch("root_tools.passes.live_fingerprint", lambda: FINGERPRINT)
        self.patch("time.sleep", self.sleep)

    def patch(self, target: str, replacement: object) -> None:
        patcher = mock.patch(target, replacement)
        patcher.start()
        self.addCleanup(patcher.stop)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.systemd.sleep(seconds)

    def call(self, *args: str) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            try:
                status = bot_control.main(args)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 1
        return status, stdout.getvalue().strip(), stderr.getvalue().strip()


class ReasonNotToStart(BotTest):
    def test_a_bot_that_has_everything_may_start(self) -> None:
        self.assertIsNone(bot.reason_not_to_start())
        self.assertEqual(self.call("reason-not-to-start"), (0, "", ""))

    def test_each_thing_that_is_missing_is_named_the_first_one_first(self) -> None:
        create(paths.NEEDS_PROGRAM)
        self.assertIn("npm run install-bot", bot.reason_not_to_start() or "")
        paths.KEY_PAIR.unlink()
        self.assertIn("no key yet", bot.reason_not_to_start() or "")
        create(paths.HELD)
        self.assertIn("the guard holds it", bot.reason_not_to_start() or "")
        create(paths.STOPPED)
        self.assertIn("npm run start", bot.reason_not_to_start() or "")
        self.systemd.enabled = False
        self.assertIn("bot.command", self.call("reason-not-to-start")[1])

    def test_a_bot_without_a_key_needs_none(self) -> None:
        paths.KEY_PAIR.unlink()
        create(paths.WITHOUT_KEY)
        self.assertIsNone(bot.reason_not_to_start())
        self.assertFalse(bot.takes_key_pair())

    def test_an_installed_program_is_found(self) -> None:
        create(paths.NEEDS_PROGRAM, paths.CURRENT_PROGRAM)
        self.assertIsNone(bot.reason_not_to_start())


class Off(BotTest):
    def test_a_marker_keeps_the_bot_off(self) -> None:
        create(paths.STOPPED)
        self.assertTrue(bot.is_off())

    def test_a_bot_that_ended_well_was_stopped_by_a_person(self) -> None:
        self.systemd.state.update(ENDED, InvocationID="x")
        self.assertTrue(bot.is_off())

    def test_a_bot_that_ended_by_itself_was_not_stopped_by_a_person(self) -> None:
        self.systemd.state.update(ENDED, InvocationID="x")
        files.write(paths.ENDED, "x")
        self.assertFalse(bot.is_off())
        # It has been started and stopped since.
        self.systemd.state.update(ENDED, InvocationID="y")
        self.assertTrue(bot.is_off())

    def test_no_other_bot_is_off(self) -> None:
        for state in (RUNNING, FAILED, RESTARTING, {**ENDED, "InvocationID": ""}):
            self.systemd.state.update({"InvocationID": "x", **state})
            self.assertFalse(bot.is_off(), state)

    def test_a_bot_that_the_guard_has_stopped_is_not_off(self) -> None:
        self.systemd.state.update(ENDED, InvocationID="x")
        create(paths.HELD)
        self.assertFalse(bot.is_off())


class Restart(BotTest):
    def test_a_bot_that_runs_for_ten_seconds_runs(self) -> None:
        self.systemd.after_start = [STARTING, STARTING, RUNNING]
        self.assertIsNone(bot.restart())
        self.assertEqual(len(self.slept), 2 + bot.SETTLE)
        self.assertEqual(
            self.systemd.calls,
            [
                "systemctl restart trading-bot-guard.service",
                "systemctl reset-failed trading-bot.service",
                "systemctl restart --no-block trading-bot.service",
            ],
        )

    def test_a_bot_that_crashes_doesnt_run_and_nothing_that_it_printed_is_repeated(self) -> None:
        for end in (RESTARTING, FAILED):
            self.systemd.after_start = [RUNNING, RUNNING, end]
            self.assertIn("it ended with exit-code, exit status 3", bot.restart() or "")

    def test_a_bot_with_a_watchdog_that_ends_before_its_report_doesnt_run(self) -> None:
        self.systemd.after_start = [RUNNING, {**RESTARTING, "Result": "protocol", "ExecMainStatus": "0"}]
        self.assertIn("it ended before it reported that it had started (bot.watchdogSeconds)", bot.restart() or "")

    def test_a_bot_that_ends_without_an_error_doesnt_run(self) -> None:
        self.systemd.after_start = [RUNNING, {**RESTARTING, "Result": "success", "ExecMainStatus": "0"}]
        why = bot.restart() or ""
        self.assertIn("it ended without an error within 10 seconds", why)
        self.assertIn("set bot.mayEnd to true: see `npm run logs`", why)

    def test_a_bot_that_ends_by_a_signal_doesnt_run_whether_it_may_end_or_not(self) -> None:
        for number in ("129", "130", "141", "143"):
            self.systemd.after_start = [RUNNING, {**RESTARTING, "Result": "success", "ExecMainStatus": number}]
            self.assertIn(f"it ended with exit status {number} within 10 seconds", bot.restart() or "")

    def test_a_bot_that_is_stopped_in_the_meantime_is_not_said_to_have_ended(self) -> None:
        for may_end in (False, True):
            if may_end:
                create(paths.MAY_END)
            self.systemd.after_start = [RUNNING, ENDED]
            self.assertIn("`systemctl stop` stopped it", bot.restart() or "")

    def test_a_bot_that_may_end_may_do_so(self) -> None:
        self.systemd.may_end = True
        self.systemd.after_start = [RUNNING, ENDED]
        self.assertIsNone(bot.restart())
        self.assertTrue(bot.has_ended_by_itself())
        self.systemd.after_start = [RUNNING, FAILED]
        self.assertIsNotNone(bot.restart())

    def test_a_bot_that_may_end_but_doesnt_start_doesnt_run(self) -> None:
        create(paths.MAY_END, paths.HELD)
        # The guard holds it: the start ends without an invocation.
        self.systemd.after_start = [{**ENDED, "InvocationID": ""}]
        self.assertIn("the guard holds it", bot.restart() or "")

    def test_the_invocation_before_is_not_taken_for_the_new_one(self) -> None:
        self.systemd.state.update(RUNNING, InvocationID="old")
        self.systemd.after_start = [{**RUNNING, "InvocationID": "old"}] * 20 + [{**RESTARTING, "InvocationID": "new"}]
        self.assertIsNotNone(bot.restart())

    def test_a_bot_that_never_starts_is_given_up(self) -> None:
        self.systemd.after_start = [STARTING]
        self.assertEqual(bot.restart(), "it has not started within 90 seconds: see `npm run logs`")
        self.assertEqual(len(self.slept), bot.START_LIMIT)

    def test_a_bot_that_waits_for_the_clock_is_not_said_to_have_ended(self) -> None:
        self.systemd.clock = "activating"
        # Its job waits.
        self.systemd.after_start = []
        self.assertEqual(bot.restart(), bot.CLOCK_IS_WRONG)
        self.assertIn("the server's clock isn't right yet", bot.CLOCK_IS_WRONG)

    def test_a_bot_that_reports_its_start_has_five_minutes_more(self) -> None:
        self.systemd.state["Type"] = "notify"
        self.systemd.after_start = [STARTING]
        self.assertIsNotNone(bot.restart())
        self.assertEqual(len(self.slept), bot.NOTIFY_START_LIMIT)

    def test_it_begins_without_a_pause(self) -> None:
        create(paths.RETRIES)
        bot.restart()
        self.assertFalse(paths.RETRIES.exists())


class Veto(BotTest):
    """A bot that doesn't end: it ignores the request, and asks systemd for more time."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd.state.update(RUNNING, InvocationID="old")
        self.systemd.after_start = [{"ActiveState": "deactivating", "InvocationID": "old"}]

    def test_it_is_killed_by_a_restart(self) -> None:
        def killed(*args: str, **options: object) -> object:
            if args[1] == "kill":
                self.systemd.after_start = [RUNNING]
                self.systemd.run("systemctl", "start", paths.BOT)
            return self.systemd.run(*args, **options)

        self.patch("root_tools.bot.run", killed)
        self.assertIsNone(bot.restart())
        self.assertIn("systemctl kill --signal=KILL trading-bot.service", self.systemd.calls)

    def test_a_restart_that_can_not_even_kill_it_fails_loudly(self) -> None:
        self.assertIn("could not be stopped", bot.restart() or "")
        self.assertLessEqual(len(self.slept), bot.STOP_LIMIT + bot.KILL_LIMIT)


class Stop(BotTest):
    def test_a_bot_that_stops_is_not_killed(self) -> None:
        bot.stop()
        self.assertEqual(self.systemd.calls, ["systemctl stop trading-bot-command-key-*.service trading-bot.service"])

    def test_a_bot_that_doesnt_stop_is_killed(self) -> None:
        self.systemd.failing = {"stop"}
        with self.assertRaisesRegex(Failure, "could not be stopped"):
            bot.stop()
        self.assertEqual(
            self.systemd.calls,
            [
                "systemctl stop trading-bot-command-key-*.service trading-bot.service",
                "pkill --signal=KILL --euid=trading-bot",
                "systemctl kill --signal=KILL trading-bot.service",
                "systemctl stop trading-bot-command-key-*.service trading-bot.service",
            ],
        )


class People(BotTest):
    def test_stop_leaves_the_marker_before_it_stops_the_bot(self) -> None:
        marked: list[bool] = []
        self.patch("root_tools.bot.stop", lambda: marked.append(paths.STOPPED.exists()))
        status, stdout, stderr = self.call("stop")
        self.assertEqual((status, marked, stderr), (0, [True], ""))
        self.assertIn("npm run start", stdout)

    def test_stop_stops_the_bot_even_if_the_disk_is_full(self) -> None:
        full = mock.Mock(side_effect=OSError(28, "No space left on device"))
        for step in ("pathlib.Path.write_bytes", "root_tools.files.sync"):
            with mock.patch(step, full):
                self.systemd.calls.clear()
                status, _, stderr = self.call("stop")
            self.assertEqual(status, 1)
            self.assertIn("may start again", stderr)
            self.assertIn("systemctl stop trading-bot-command-key-*.service trading-bot.service", self.systemd.calls)

    def test_stop_needs_no_new_file_once_the_settings_have_been_applied(self) -> None:
        self.call("apply")
        with mock.patch("os.open", mock.Mock(side_effect=OSError(28, "No space left on device"))):
            with mock.patch("root_tools.files.sync"):
                self.assertEqual(self.call("stop")[0], 0)
        self.assertTrue(paths.STOPPED.exists())

    def test_stop_makes_the_marker_durable_after_the_bot_has_stopped(self) -> None:
        with environment.recorded_calls() as calls:
            stopped: list[int] = []
            self.patch("root_tools.bot.stop", lambda: stopped.append(len(calls)))
            self.call("stop")
        self.assertEqual((stopped, calls[0]), ([0], ("fsync", str(paths.STOPPED))))

    def test_stop_now_cuts_the_bot_off_first_kills_it_after_five_seconds_and_opens_its_way_when_it_is_off(self) -> None:
        limits: list[object] = []

        def timed(*args: str, **options: object) -> object:
            limits.append(options.get("timeout"))
            return self.systemd.run(*args, **options)

        self.patch("root_tools.bot.run", timed)
        self.assertEqual(self.call("stop-now")[0], 0)
        close, *_, stop, open_again = [call for call in self.systemd.calls if not call.startswith("logger")]
        self.assertEqual((close, stop), ("nft --file -", "systemctl stop trading-bot-command-*.service trading-bot.service"))
        self.assertEqual(open_again, "nft delete table inet trading_bot_stopping")
        self.assertEqual(limits[0], 5)
        self.assertTrue(paths.STOPPED.exists())

    def test_stop_now_leaves_a_bot_cut_off_that_could_not_be_stopped_until_it_is_started(self) -> None:
        opens = "nft delete table inet trading_bot_stopping"
        self.systemd.failing = {"stop"}
        status, _, stderr = self.call("stop-now")
        self.assertEqual((status, opens in self.systemd.calls), (1, False))
        self.assertIn("could not be stopped", stderr)
        self.systemd.failing = set()
        self.call("start")
        self.assertIn(opens, self.systemd.calls)

    def test_a_start_waits_until_no_stop_now_is_under_way(self) -> None:
        free: list[bool] = []

        def during(*args: str, **options: object) -> object:
            if args[1] == "stop" and args[-1] == paths.BOT:
                free.append(self.is_stop_lock_free())
            return self.systemd.run(*args, **options)

        self.patch("root_tools.bot.run", during)
        self.call("stop-now")
        self.assertEqual((free, self.is_stop_lock_free()), ([False], True))
        # A plain stop gives the bot its network until it has ended, so a start needn't wait for it.
        self.call("stop")
        self.assertEqual(free, [False, True])

    def is_stop_lock_free(self) -> bool:
        lock = os.open(paths.STOP_LOCK, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(lock)
        return True

    def test_a_stop_now_never_waits_for_a_start(self) -> None:
        memory.make_folder()
        with lock.exclusive("a start", paths.STOP_LOCK):
            self.assertEqual(self.call("stop-now")[0], 0)

    def test_start_gives_a_bot_that_is_still_ending_no_network(self) -> None:
        self.systemd.state.update(ActiveState="deactivating", SubState="stop-sigterm", InvocationID="a")
        states: list[str] = []
        self.patch("root_tools.way_out.open_again", lambda _: states.append(self.systemd.state["ActiveState"]))
        self.systemd._coming = [{"ActiveState": "deactivating"}, ENDED]
        self.call("start")
        self.assertEqual(states, ["inactive"])

    def test_start_gives_a_bot_its_network_that_a_killed_stop_now_has_left_running_and_cut_off(self) -> None:
        self.systemd.state.update(RUNNING)
        status, stdout, _ = self.call("start")
        self.assertEqual((status, stdout), (0, "The bot is running already."))
        self.assertIn("nft delete table inet trading_bot_stopping", self.systemd.calls)

    def test_stop_now_stops_a_bot_that_can_not_be_cut_off(self) -> None:
        self.systemd.failing = {"--file"}
        status, _, stderr = self.call("stop-now")
        self.assertEqual(status, 0)
        self.assertIn("The bot is stopped anyway", stderr)
        self.assertIn("systemctl stop trading-bot-command-*.service trading-bot.service", self.systemd.calls)

    def test_stop_says_if_the_bot_was_started_at_the_same_time(self) -> None:
        self.patch("root_tools.bot.stop", lambda: paths.STOPPED.unlink())
        status, stdout, stderr = self.call("stop")
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("it was started at the same time", stdout)

    def test_stop_says_if_no_bot_is_configured_and_keeps_the_marker(self) -> None:
        self.systemd.enabled = False
        status, stdout, _ = self.call("stop")
        self.assertEqual((status, paths.STOPPED.exists()), (0, True))
        self.assertIn("No bot is configured. One that you configure later stays off", stdout)

    def test_start_and_restart_report_that_the_bot_ended_by_itself(self) -> None:
        self.systemd.may_end = True
        for command in ("start", "restart"):
            self.systemd.after_start = [RUNNING, ENDED]
            status, stdout, stderr = self.call(command)
            self.assertEqual((status, stderr), (0, ""))
            self.assertIn("The bot ended by itself without an error, which bot.mayEnd allows, and stays off", stdout)

    def test_start_removes_the_marker_and_reports_that_the_bot_runs(self) -> None:
        self.call("stop")
        self.assertEqual(self.call("start"), (0, "The bot is running.", ""))
        self.assertFalse(paths.STOPPED.exists())

    def test_start_says_if_the_bot_is_in_paper_mode(self) -> None:
        for settings, message in (
            ('{"mode": "paper"}', "The bot is running in paper mode."),
            ('{"mode": "live"}', "The bot is running."),
            ("{}", "The bot is running."),
            ("[]", "The bot is running."),
            ("damaged", "The bot is running."),
        ):
            paths.BOT_SETTINGS.write_text(settings)
            self.call("stop")
            self.assertEqual(self.call("start"), (0, message, ""))

    def test_start_reports_why_the_bot_doesnt_run(self) -> None:
        self.systemd.after_start = [FAILED]
        status, stdout, stderr = self.call("start")
        self.assertEqual((status, stdout), (1, ""))
        self.assertIn("the bot doesn't run: it ended with exit-code, exit status 3", stderr)

    def test_start_leaves_a_bot_alone_that_runs(self) -> None:
        self.systemd.state.update(RUNNING)
        self.assertEqual(self.call("start"), (0, "The bot is running already.", ""))
        self.assertEqual(self.systemd.calls, ["nft delete table inet trading_bot_stopping"])

    def test_restart_restarts_it(self) -> None:
        self.systemd.state.update(RUNNING)
        self.assertEqual(self.call("restart"), (0, "The bot is running.", ""))
        self.assertIn("systemctl restart --no-block trading-bot.service", self.systemd.calls)

    def test_a_wrong_command_is_refused(self) -> None:
        self.assertEqual(self.call("kill")[0], 2)


class Apply(BotTest):
    def test_a_change_of_the_mode_is_recorded_once_with_the_live_pair(self) -> None:
        for settings, ends in (("{}", None), ('{"mode": "paper"}', "real money"), ("{}", "trades with real money")):
            paths.BOT_SETTINGS.write_text(settings)
            for is_first in (True, False):
                self.systemd.calls.clear()
                self.call("apply")
                records = [call for call in self.systemd.calls if call.startswith("logger --tag bot-mode")]
                self.assertEqual(len(records), 1 if is_first and ends else 0)
                for record in records:
                    self.assertRegex(record, rf"changed to (paper|live) mode {FINGERPRINT}: the bot .*{ends}$")

    def test_a_full_disk_does_not_keep_a_change_of_the_mode_from_being_applied(self) -> None:
        paths.BOT_SETTINGS.write_text('{"mode": "paper"}')
        write = files.write

        def write_unless_mode(path: Path, *args: object) -> None:
            if path == paths.MODE:
                raise OSError(28, "No space left on device")
            write(path, *args)

        with mock.patch("root_tools.files.write", write_unless_mode):
            self.assertEqual(self.call("apply")[0], 0)

    def test_a_bot_that_runs_since_before_passes_were_recorded_is_not_stopped_for_a_missing_record(self) -> None:
        self.systemd.state.update(RUNNING)
        self.systemd.passes = False
        self.assertEqual(self.call("apply")[0], 0)
        self.assertEqual(self.call("may-start")[0], 0)
        passes.revoke()
        self.call("apply")
        self.assertEqual(self.call("may-start")[0], 1)

    def test_a_bot_that_ran_is_restarted(self) -> None:
        self.systemd.state.update(RUNNING)
        self.assertEqual(self.call("apply"), (0, "", ""))
        self.assertEqual(
            self.systemd.calls,
            [
                "systemctl daemon-reload",
                "systemctl enable --quiet trading-bot.service",
                "systemctl restart trading-bot-guard.service",
                "systemctl reset-failed trading-bot.service",
                "systemctl restart --no-block trading-bot.service",
            ],
        )

    def test_a_bot_that_gets_no_live_key_any_more_leaves_none_with_commands(self) -> None:
        create(paths.WITHOUT_KEY)
        self.assertEqual(self.call("apply")[0], 0)
        self.assertIn("systemctl stop trading-bot-command-key-*.service", self.systemd.calls)

    def test_settings_with_which_a_bot_that_ran_doesnt_run_are_refused(self) -> None:
        self.systemd.state.update(RUNNING)
        self.systemd.after_start = [FAILED]
        status, _, stderr = self.call("apply")
        self.assertEqual(status, 1)
        self.assertIn("exit status 3", stderr)

    def test_a_bot_that_is_stopped_by_hand_in_the_meantime_says_nothing_about_the_settings(self) -> None:
        def stopped_by_hand(_: float) -> None:
            create(paths.STOPPED)
            self.systemd.state.update(ENDED, Job="")

        self.systemd.state.update(RUNNING, InvocationID="x")
        self.patch("time.sleep", stopped_by_hand)
        status, _, stderr = self.call("apply")
        self.assertEqual(status, 0)
        self.assertIn("it was stopped by hand", stderr)

    def test_a_bot_that_ended_by_itself_is_started_and_reported_if_it_ends_again(self) -> None:
        self.systemd.may_end = True
        self.systemd.state.update(ENDED, InvocationID="x")
        files.write(paths.ENDED, "x")
        self.systemd.after_start = [RUNNING, ENDED]
        status, _, stderr = self.call("apply")
        self.assertEqual(status, 0)
        self.assertIn("systemctl restart --no-block trading-bot.service", self.systemd.calls)
        self.assertIn("The bot ended by itself without an error", stderr)

    def test_a_bot_that_did_not_run_says_nothing_about_the_settings(self) -> None:
        self.systemd.after_start = [FAILED]
        status, _, stderr = self.call("apply")
        self.assertEqual(status, 0)
        self.assertIn("The bot doesn't run: it ended with exit-code", stderr)

    def test_a_bot_that_was_stopped_by_hand_stays_off(self) -> None:
        self.call("stop")
        self.systemd.calls.clear()
        self.assertEqual(self.call("apply")[0], 0)
        self.assertNotIn("restart", " ".join(self.systemd.calls))

    def test_without_settings_the_bot_is_stopped_and_disabled(self) -> None:
        paths.BOT_SETTINGS.unlink()
        self.assertEqual(self.call("apply")[0], 0)
        self.assertEqual(
            self.systemd.calls,
            [
                "systemctl daemon-reload",
                "systemctl stop trading-bot-command-key-*.service trading-bot.service",
                "systemctl disable --quiet trading-bot.service",
            ],
        )


    def test_the_program_of_a_bot_that_was_removed_isnt_started_by_the_settings_of_another_one(self) -> None:
        create(paths.CURRENT_PROGRAM, paths.NEEDS_PROGRAM)
        paths.BOT_SETTINGS.unlink()
        self.assertEqual(self.call("apply")[0], 0)
        create(paths.BOT_SETTINGS)
        self.systemd.calls.clear()
        status, _, stderr = self.call("apply")
        self.assertEqual(status, 0)
        self.assertIn("The bot isn't started: its program was installed for a bot that has been removed", stderr)
        self.assertNotIn("systemctl restart --no-block trading-bot.service", self.systemd.calls)
        # A person wants it.
        self.systemd.after_start = [RUNNING]
        self.call("start")
        self.assertIsNone(bot.reason_not_to_start())

    def test_a_program_that_was_installed_before_there_were_settings_waits_for_them(self) -> None:
        create(paths.CURRENT_PROGRAM, paths.NEEDS_PROGRAM)
        paths.BOT_SETTINGS.unlink()
        self.systemd.enabled = False
        self.call("apply")
        create(paths.BOT_SETTINGS)
        self.systemd.enabled = True
        self.assertIsNone(bot.reason_not_to_start())


class ExchangeAway(BotTest):
    def test_each_start_waits_longer_up_to_two_minutes(self) -> None:
        bot.exchange_is_unavailable()
        for _ in range(6):
            self.call("pause")
            bot.exchange_is_unavailable()
        self.assertEqual(self.slept, [10, 20, 40, 80, 120, 120])

    def test_no_start_waits_while_the_exchange_can_be_reached(self) -> None:
        bot.exchange_is_unavailable()
        bot.forget_retries()
        self.call("pause")
        self.assertEqual(self.slept, [])

    def test_a_broken_count_delays_nothing(self) -> None:
        create(paths.RETRIES)
        self.assertEqual(self.call("pause")[0], 0)
        self.assertEqual(self.slept, [])

    def test_only_a_bot_that_waits_for_its_restart_begins_its_limit_again(self) -> None:
        for state in (RUNNING, FAILED, ENDED, STARTING):
            self.systemd.state.update(state)
            bot.exchange_is_unavailable()
        self.assertEqual(self.systemd.calls, [])
        for substate in ("auto-restart", "auto-restart-queued"):
            self.systemd.state.update(RESTARTING, SubState=substate)
            bot.exchange_is_unavailable()
        self.assertEqual(self.systemd.calls, ["systemctl reset-failed trading-bot.service"] * 2)


class GivenUp(BotTest):
    def test_only_a_bot_that_failed_and_is_not_restarted_was_given_up(self) -> None:
        for state in (RUNNING, STARTING, RESTARTING, ENDED, {**FAILED, "Job": "17"}):
            self.systemd.state.update({"Job": "", **state})
            self.assertEqual(self.call("has-given-up")[0], 1, state)
        self.systemd.state.update(FAILED, Job="")
        self.assertEqual(self.call("has-given-up")[0], 0)

    def test_a_bot_that_was_killed_because_it_was_stopped_has_not_failed(self) -> None:
        self.systemd.state.update(FAILED, Job="")
        for marker in (paths.HELD, paths.HELD_IN_MEMORY, paths.STOPPED):
            create(marker)
            self.assertEqual(self.call("has-given-up")[0], 1, marker)
            marker.unlink()


class WaitsForClock(BotTest):
    def test_a_bot_that_waits_to_start_while_the_clock_is_wrong_is_reported(self) -> None:
        for clock, job, status in (("activating", "17", 0), ("active", "17", 1), ("activating", "", 1)):
            self.systemd.clock = clock
            self.systemd.state["Job"] = job
            self.assertEqual(self.call("waits-for-clock")[0], status, (clock, job))


class Ended(BotTest):
    def reports(self, code: str, status: str, job: str = "", result: str = "success") -> bool:
        self.systemd.state["Job"] = job
        with mock.patch.dict(os.environ, EXIT_CODE=code, EXIT_STATUS=status, SERVICE_RESULT=result):
            self.call("ended")
        return self.systemd.calls == ["systemctl start --no-block trading-bot-ended.service"]

    def test_a_bot_that_ends_by_itself_is_reported(self) -> None:
        self.systemd.state["InvocationID"] = "x"
        self.assertTrue(self.reports("exited", "0"))
        self.assertTrue(bot.has_ended_by_itself())

    def test_a_bot_that_systemd_stops_is_not(self) -> None:
        self.assertFalse(self.reports("exited", "0", job="17"))
        self.assertFalse(bot.has_ended_by_itself())

    def test_a_bot_that_fails_is_not(self) -> None:
        self.assertFalse(self.reports("exited", "1"))
        self.assertFalse(self.reports("killed", "TERM"))
        # It has ended before it has reported that it is ready, and is restarted.
        self.assertFalse(self.reports("exited", "0", result="protocol"))

    def test_every_other_end_that_systemd_takes_for_a_clean_one_is_followed_by_a_restart(self) -> None:
        units = environment.ROOTFS / "etc/systemd/system"
        may_end = setting(units / "trading-bot.service.d/may-end.conf", "RestartForceExitStatus")
        clean = setting(units / "trading-bot.service", "SuccessExitStatus")
        self.assertEqual(may_end, clean | {"SIGHUP", "SIGINT", "SIGPIPE", "SIGTERM"})


def setting(file: Path, name: str) -> set[str]:
    """What a unit's file sets a name to."""
    return {value for line in file.read_text().splitlines() if line.startswith(f"{name}=") for value in line.partition("=")[2].split()}


if __name__ == "__main__":
    unittest.main()
