import unittest

import environment

TOOL = "/usr/local/sbin/restart-updated"
ZLIB = "/usr/lib/x86_64-linux-gnu/libz.so.1.3.1"
WINDOW = "/etc/trading-bot/update-window"


def mapping(file: str) -> str:
    return f"7f3d1c3d2000-7f3d1c3e3000 r-xp 00003000 fe:01 131230                     {file}\n"


class RestartUpdated(environment.ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.bot = environment.Bot(self.root)
        self.functions["systemctl"] = self.systemctl
        self.functions["sshd"] = lambda *_: (0, b"", b"")
        self.failing: set[str] = set()
        self.at("/proc").mkdir()
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/etc/systemd/system/trading-bot.service.d/without-key.conf", "")

    def systemctl(self, args: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        if "--property=Type" in args:
            return 0, b"oneshot\n" if args[-1] == "apt-daily.service" else b"notify\n", b""
        if "--property=InvocationID" in args:
            return 0, self.bot.get("invocation").encode(), b""
        if args[-1] in self.failing:
            return 1, b"", b""
        return self.bot(args, given) if args[-1] == "trading-bot.service" else (0, b"", b"")

    def process(self, number: int, unit: str, file: str = f"{ZLIB} (deleted)") -> None:
        slice = "" if unit == "init.scope" else "/system.slice"
        self.write(f"/proc/{number}/maps", mapping("/usr/bin/program") + mapping(file))
        self.write(f"/proc/{number}/cgroup", f"0::{slice}/{unit}\n")

    def run_and_see(self, command: str) -> tuple[environment.Result, list[str]]:
        """Runs the tool. Returns its end, and what it has changed by systemctl."""
        self.calls()
        result = self.run_tool(TOOL, command)
        changes = [call for call in self.calls() if call.startswith("systemctl ")]
        return result, [call for call in changes if call.split()[1] not in ("show", "is-active", "is-enabled")]

    def test_services_that_run_old_code_are_restarted_and_no_others(self) -> None:
        self.write(WINDOW, "04:15\n")
        self.process(1, "init.scope")
        self.process(20, "cron.service")
        self.process(21, "cron.service")
        self.process(30, "ssh.service")
        self.process(40, "chrony.service", "/usr/lib/libc.so")
        self.process(50, "apt-daily.service")
        self.process(60, "session-3.scope")
        self.process(70, "trading-bot-proxy.service")
        # They wait for the window.
        self.process(80, "trading-bot.service")
        self.process(90, "dbus.service")
        result, changes = self.run_and_see("services")
        self.assertEqual(result, (0, "", ""))
        self.assertEqual(
            changes,
            [
                "systemctl restart cron.service",
                "systemctl restart ssh.service",
                "systemctl restart trading-bot-proxy.service",
                "systemctl daemon-reexec",
            ],
        )

    def test_a_process_that_has_ended_is_left_out(self) -> None:
        self.at("/proc/99").mkdir(parents=True)
        self.assertEqual(self.run_and_see("services"), ((0, "", ""), []))

    def test_a_service_whose_settings_are_broken_is_not_stopped(self) -> None:
        self.process(20, "ssh.service")
        self.functions["sshd"] = lambda *_: (255, b"", b"bad configuration")
        result, changes = self.run_and_see("services")
        self.assertEqual((result.returncode, changes), (1, []))
        self.assertIn("could not be restarted: ssh.service", result.stderr)

    def test_a_service_that_fails_keeps_no_other_from_its_restart(self) -> None:
        self.process(20, "a.service")
        self.process(30, "b.service")
        self.failing.add("a.service")
        result, changes = self.run_and_see("services")
        self.assertEqual(changes, ["systemctl restart a.service", "systemctl restart b.service"])
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be restarted: a.service", result.stderr)

    def test_without_a_window_what_waits_is_reported_once_and_not_restarted(self) -> None:
        self.process(20, "trading-bot.service")
        report = ["systemctl start --no-block trading-bot-outdated.service"]
        self.assertEqual(self.run_and_see("services")[1], report)
        self.assertEqual(self.run_and_see("services")[1], [])
        self.process(30, "dbus.service")
        self.assertEqual(self.run_and_see("services")[1], report)
        self.assertEqual(self.run_and_see("services")[1], [])
        self.bot.set("invocation", "another")
        self.assertEqual(self.run_and_see("services")[1], report)

    def test_a_report_that_could_not_be_started_is_tried_again(self) -> None:
        self.process(20, "trading-bot.service")
        self.failing.add("trading-bot-outdated.service")
        self.assertEqual(self.run_and_see("services")[1], self.run_and_see("services")[1])

    def test_in_the_window_the_bot_is_restarted_which_is_reported_first(self) -> None:
        self.process(20, "trading-bot.service")
        self.process(40, "cron.service")
        result, changes = self.run_and_see("window")
        self.assertEqual(result, (0, "", ""))
        self.assertEqual(changes[0], "systemctl start trading-bot-updated.service")
        self.assertIn("systemctl restart --no-block trading-bot.service", changes)
        self.assertFalse([call for call in changes if "cron" in call or "reboot" in call])

    def test_in_the_window_the_server_reboots_if_a_program_needs_that(self) -> None:
        self.process(20, "trading-bot.service")
        self.process(40, "dbus.service")
        reboot = ["systemctl start trading-bot-updated.service", "systemctl reboot"]
        self.assertEqual(self.run_and_see("window"), ((0, "", ""), reboot))
        self.bot.set("state", "inactive")
        self.assertEqual(self.run_and_see("window"), ((0, "", ""), reboot))

    def test_a_bot_that_is_off_or_runs_new_code_is_left_alone(self) -> None:
        self.process(20, "trading-bot.service", "/usr/lib/libc.so")
        self.assertEqual(self.run_and_see("window"), ((0, "", ""), []))
        self.process(20, "trading-bot.service")
        self.bot.set("state", "inactive")
        self.assertEqual(self.run_and_see("window"), ((0, "", ""), []))

    def test_a_bot_that_could_not_be_started_again_is_not_stopped(self) -> None:
        self.at("/etc/systemd/system/trading-bot.service.d/without-key.conf").unlink()
        self.process(20, "trading-bot.service")
        for _ in ("the bot", "the server"):
            result, changes = self.run_and_see("window")
            self.assertEqual((result.returncode, changes), (1, []))
            self.assertIn("it could not be started again", result.stderr)
            self.process(40, "dbus.service")

    def test_a_bot_that_does_not_run_again_is_a_failure(self) -> None:
        self.process(20, "trading-bot.service")
        self.bot.fails_always = True
        result, _ = self.run_and_see("window")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the bot doesn't run: ", result.stderr)

    def test_the_list_says_what_and_when(self) -> None:
        self.process(20, "trading-bot.service")
        self.process(30, "dbus.service")
        self.process(40, "cron.service")
        self.process(50, "session-3.scope")
        now = "after the next automatic update, or now: sudo restart-updated services"
        for bot, server in [
            ("by you: npm run restart", "when you reboot the server"),
            ("at the time of rebootTime", "at the time of rebootTime"),
        ]:
            self.assertEqual(
                self.run_tool(TOOL, "list").stdout.splitlines(),
                [
                    f"cron.service (restarted {now}): {ZLIB}",
                    f"dbus.service (restarted {server}): {ZLIB}",
                    f"session-3.scope (restarted when it ends): {ZLIB}",
                    f"trading-bot.service (restarted {bot}): {ZLIB}",
                ],
            )
            self.write(WINDOW, "04:15\n")


if __name__ == "__main__":
    unittest.main()
