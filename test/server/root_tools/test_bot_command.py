import fcntl
import os
import signal
import subprocess
import sys
import time
import unittest

from environment import ROOTFS, Bot, Result, ServerTest
from key_pairs import fingerprint, sealed

TOOL = "/usr/local/sbin/bot-command"
LAUNCH = "/usr/local/lib/trading-bot-server/bot-init /usr/local/lib/trading-bot-server/launch-bot"
RUN = "/run/trading-bot-server"
HELD = "/var/lib/trading-bot-server/held"
DROP_INS = "/etc/systemd/system/trading-bot.service.d"


class BotCommand(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("/etc/credstore.encrypted/binance", sealed("one"))
        self.write("/var/lib/trading-bot-server/passed", fingerprint("one"))
        self.write("/etc/trading-bot/bot.json", "{}")
        self.set_bot("inactive")
        self.ends("exited 0")

    def set_bot(self, state: str) -> None:
        self.functions["systemctl"] = Bot(self.root, state=state)

    def ends(self, how: str, code: int = 0) -> None:
        """How the command ends: by the record of its unit, if there is one, and by systemd-run."""
        record = f'printf "{how}" >{self.root}{RUN}/${{arg#--unit=}}.ended' if how else ":"
        self.program("systemd-run", f"for arg; do case $arg in --unit=*) {record} ;; esac; done; exit {code}")

    def run_command(self, *args: str) -> Result:
        return self.run_tool(TOOL, *args)

    def started(self) -> list[str]:
        return [call for call in self.calls() if call.startswith("systemd-run")]

    def test_a_command_runs_as_a_unit_of_its_own_with_its_arguments_as_they_are(self) -> None:
        self.assertEqual(self.run_command("run", "freqtrade", "--help", "$HOME"), Result(0, "", ""))
        root = str(self.root)
        self.assertEqual(
            self.started(),
            [
                "systemd-run --quiet --collect --wait --pipe --service-type=exec --expand-environment=no "
                f"--unit=trading-bot-command-1 -- {LAUNCH} {root}/etc/trading-bot/bot.json {root}/opt/trading-bot/current "
                "freqtrade --help $HOME"
            ],
        )

    def test_its_exit_code_is_the_commands(self) -> None:
        for how, of_systemd_run, code in [
            ("exited 0", 0, 0),
            ("exited 7", 7, 7),
            ("exited 255", 255, 254),
            ("killed KILL", 1, 137),
            # systemd counts this as a success.
            ("killed TERM", 0, 143),
            # The unit has not started.
            ("", 1, 1),
            ("", 0, 1),
        ]:
            with self.subTest(how):
                self.ends(how, of_systemd_run)
                self.assertEqual(self.run_command("run", "x").returncode, code)

    def test_a_record_of_an_earlier_command_does_not_count(self) -> None:
        self.run_command("run", "x")
        self.ends("", 0)
        ended = self.run_command("run", "x")
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        self.assertIn("was not started. See why: npm run ssh", ended.stderr)

    def test_a_bot_that_runs_is_a_reason_for_a_warning(self) -> None:
        self.set_bot("active")
        ended = self.run_command("run", "x")
        self.assertEqual((ended.returncode, ended.stdout), (0, ""))
        self.assertRegex(ended.stderr, "^The bot is running, and has the same state. .*npm run stop\n$")

    def test_only_a_command_with_the_key_is_recorded_without_its_arguments(self) -> None:
        self.run_command("run", "x")
        self.assertFalse([call for call in self.calls() if "logger" in call])
        self.assertEqual(self.run_command("run-with-key", "/usr/bin/python3", "secret"), Result(0, "", ""))
        calls = self.calls()
        self.assertIn("--unit=trading-bot-command-key-1 ", "".join(calls))
        self.assertTrue([call for call in calls if call.endswith("root runs python3 with the bot's key.")])

    def test_a_command_with_other_secrets_has_its_own_unit_and_is_recorded(self) -> None:
        self.write(f"{DROP_INS}/zz-secrets.conf", "")
        self.assertEqual(self.run_command("run-with-secrets", "freqtrade", "secret"), Result(0, "", ""))
        calls = self.calls()
        self.assertIn("--unit=trading-bot-command-secrets-1 ", "".join(calls))
        self.assertTrue([call for call in calls if call.endswith("root runs freqtrade with the bot's secrets.")])

    def test_in_paper_mode_the_key_is_the_demo_key_pair_which_needs_no_check(self) -> None:
        os.utime(self.at("/var/lib/trading-bot-server/passed"), (0, 0))
        for name in ("without-key", "zz-demo-key"):
            self.write(f"{DROP_INS}/{name}.conf", "")
        self.assertEqual(self.run_command("run-with-key", "x"), Result(0, "", ""))
        self.assertIn("--unit=trading-bot-command-secrets-1 ", "".join(self.started()))

    def test_without_the_key_it_runs_while_the_guard_holds_the_bot_and_with_the_key_it_does_not(self) -> None:
        for marker in (HELD, f"{RUN}/held"):
            self.write(marker, "yes")
            self.assertEqual(self.run_command("run", "x").returncode, 0)
            self.calls()
            ended = self.run_command("run-with-key", "x")
            self.assertEqual((ended.returncode, self.started()), (1, []))
            self.assertIn("not started: the guard holds the bot", ended.stderr)
            ended = self.run_command("run-with-secrets", "x")
            self.assertEqual((ended.returncode, self.started()), (1, []))
            self.assertIn("not started: the guard holds the bot", ended.stderr)
            self.at(marker).unlink()

    def test_what_else_keeps_it_from_starting(self) -> None:
        def refused(*args: str) -> str:
            ended = self.run_command(*args)
            self.assertEqual((ended.returncode, self.started()), (1, []))
            return ended.stderr

        os.utime(self.at("/var/lib/trading-bot-server/passed"), (0, 0))
        self.assertIn("no check of the key has passed", refused("run-with-key", "x"))
        self.at("/etc/credstore.encrypted/binance").unlink()
        self.assertIn("there is no key yet", refused("run-with-key", "x"))
        self.write(f"{DROP_INS}/without-key.conf", "")
        reason = refused("run-with-key", "x")
        self.assertIn("bot.key is none", reason)
        self.assertIn("For the bot's other secrets: --with-secrets", reason)
        self.assertIn("the bot has no other secrets", refused("run-with-secrets", "x"))
        self.write("/var/lib/trading-bot-server/moving", "")
        self.assertIn("npm run replace", refused("run", "x"))
        self.write("/var/lib/trading-bot-server/moving", "restore")
        self.assertIn("npm run restore", refused("run", "x"))
        self.at("/etc/trading-bot/bot.json").unlink()
        self.assertIn("no bot is configured", refused("run", "x"))
        self.assertIn("no command is given", refused("run"))

    def test_four_can_run_at_the_same_time(self) -> None:
        self.at(RUN).mkdir(parents=True)
        locks = [os.open(self.at(f"{RUN}/command-{number}.lock"), os.O_RDWR | os.O_CREAT) for number in (1, 2, 3)]
        for lock in locks:
            fcntl.flock(lock, fcntl.LOCK_EX)
        self.assertEqual(self.run_command("run", "x").returncode, 0)
        self.assertIn("--unit=trading-bot-command-4 ", "".join(self.started()))
        locks.append(os.open(self.at(f"{RUN}/command-4.lock"), os.O_RDWR | os.O_CREAT))
        fcntl.flock(locks[-1], fcntl.LOCK_EX)
        self.assertIn("4 commands run already", self.run_command("run", "x").stderr)
        for lock in locks:
            os.close(lock)

    def test_it_is_ended_when_nobody_reads_its_output_and_by_a_signal(self) -> None:
        pid = self.root / "pid"
        self.program("systemctl", f'case $1 in is-active) exit 3 ;; stop) [ ! -e {pid} ] || kill $(cat {pid}) ;; esac')
        self.program("systemd-run", f"echo $$ >{pid}; exec sleep infinity")
        for end in ("close", "signal"):
            with self.subTest(end):
                reading, writing = os.pipe()
                tool = self.start(writing)
                os.close(writing)
                while not pid.exists():
                    time.sleep(0.01)
                if end == "close":
                    os.close(reading)
                else:
                    tool.send_signal(signal.SIGHUP)
                self.assertEqual(tool.wait(), 129)
                self.assertEqual(self.calls()[-1], "systemctl stop trading-bot-command-1.service")
                pid.unlink()

    def start(self, output: int) -> subprocess.Popen[bytes]:
        variables = os.environ | {"PATH": f"{self.bin}:{os.environ['PATH']}", "TRADING_BOT_ROOT": str(self.root)}
        return subprocess.Popen([sys.executable, "-IB", f"{ROOTFS}{TOOL}", "run", "x"], env=variables, stdout=output)

    def test_systemd_records_how_a_command_has_ended_and_nothing_else(self) -> None:
        killed = {"EXIT_CODE": "killed", "EXIT_STATUS": "TERM"}
        self.assertEqual(self.run_tool(TOOL, "ended", "trading-bot-command-key-3", variables=killed), Result(0, "", ""))
        self.assertEqual(self.at(f"{RUN}/trading-bot-command-key-3.ended").read_text(), "killed TERM")
        self.assertEqual(self.run_tool(TOOL, "ended", "../trading-bot-command-1", variables=killed).returncode, 1)


if __name__ == "__main__":
    unittest.main()
