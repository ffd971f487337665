import os
import unittest

from environment import Bot, Result, ServerTest
from key_pairs import fingerprint, pair, sealed

TOOL = "/usr/local/sbin/binance-credential"
PAIR = "/etc/credstore.encrypted/binance"
PREVIOUS = f"{PAIR}.previous"
REPLACED = f"{PAIR}.replaced"
ACTIVATING = "/var/lib/trading-bot-server/activating"
HELD = "/var/lib/trading-bot-server/held"
STOPPED = "/var/lib/trading-bot-server/stopped"
FAILS = "it ended with exit-code, exit status 3: see `npm run logs`"
OLD, NEW, OLDEST = "old", "new", "oldest"


class BinanceCredential(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.set_bot()

    def set_bot(self, enabled: bool = True, state: str = "active") -> None:
        self.bot = Bot(self.root, enabled, state)
        self.functions["systemctl"] = self.bot

    def install(self, name: str, kill_at: int | None = None) -> Result:
        return self.run_tool(TOOL, "install", stdin=f"{pair(name)}\n", kill_at=kill_at)

    def put(self, **pairs: str) -> None:
        """Sets which pairs are stored: live=, previous=, replaced=."""
        for kind, path in (("live", PAIR), ("previous", PREVIOUS), ("replaced", REPLACED)):
            self.at(path).unlink(missing_ok=True)
            if kind in pairs:
                self.write(path, sealed(pairs[kind]), 0o600)
        self.bot.set("runs-with", sealed(pairs["live"]) if "live" in pairs else "")

    def stored(self) -> dict[str, str]:
        """The names of the pairs that are stored, by their file. Nothing else may be there."""
        names = {sealed(name): name for name in (OLDEST, OLD, NEW)}
        folder = self.at(PAIR).parent
        return {file: names[(folder / file).read_text()] for file in sorted(os.listdir(folder))}

    def runs_with(self, name: str) -> bool:
        return self.bot.get("state") == "active" and self.bot.get("runs-with") == sealed(name)

    def records(self) -> list[str]:
        prefix = "logger --tag binance-credential --priority daemon.notice "
        return [call.removeprefix(prefix) for call in self.calls() if call.startswith(prefix)]

    def calls_of_bot(self) -> list[str]:
        """What was done to the bot since the last time."""
        calls = [call.split()[1] for call in self.calls() if call.startswith("systemctl") and "guard" not in call]
        return [verb for verb in calls if verb in ("start", "stop", "restart", "kill", "enable", "disable")]

    def assert_done(self) -> None:
        self.assertFalse(self.at(ACTIVATING).exists())

    # install

    def test_installs_the_first_pair_and_starts_the_bot(self) -> None:
        self.set_bot(state="inactive")
        self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
        self.assertEqual(self.stored(), {"binance": NEW})
        self.assertEqual(self.at(PAIR).stat().st_mode & 0o7777, 0o600)
        self.assertEqual(self.at(PAIR).parent.stat().st_mode & 0o7777, 0o700)
        self.assertTrue(self.runs_with(NEW))
        self.assertEqual(
            self.records(), [f"delivered {fingerprint(NEW)}", f"activated {fingerprint(NEW)}, the bot runs with it"]
        )
        self.assert_done()

    def test_replaces_a_pair_and_keeps_the_previous_one(self) -> None:
        self.put(live=OLD, previous=OLDEST)
        self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assertTrue(self.runs_with(NEW))
        self.assert_done()

    def test_a_pair_that_is_live_already_changes_nothing_and_restarts_nothing(self) -> None:
        self.put(live=NEW, previous=OLD)
        self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assertEqual(self.calls_of_bot(), [])

    def test_a_pair_with_which_the_bot_does_not_run_is_rolled_back(self) -> None:
        self.put(live=OLD, previous=OLDEST)
        self.bot.unusable = [sealed(NEW)]
        result = self.install(NEW)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(
            result.stderr,
            f"binance-credential: the bot did not run with the new pair {fingerprint(NEW)} ({FAILS}). The previous pair "
            f"{fingerprint(OLD)} is live again, and the bot runs with it again.\n",
        )
        self.assertEqual(self.stored(), {"binance": OLD, "binance.previous": OLDEST})
        self.assertTrue(self.runs_with(OLD))
        self.assertEqual(
            self.records()[-1], f"rolled back to {fingerprint(OLD)}: the bot did not run with {fingerprint(NEW)}"
        )
        self.assert_done()

    def test_says_if_the_bot_does_not_run_with_the_previous_pair_either(self) -> None:
        self.put(live=OLD)
        self.bot.fails_always = True
        result = self.install(NEW)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"but the bot doesn't run with it either: {FAILS}.", result.stderr)
        self.assertEqual(self.stored(), {"binance": OLD})
        self.assert_done()

    def test_a_bot_that_failed_before_does_not_decide_about_the_pair(self) -> None:
        self.put(live=OLD)
        self.set_bot(state="failed")
        self.bot.unusable = [sealed(NEW)]
        result = self.install(NEW)
        self.assertEqual((result.returncode, result.stdout), (0, f"{fingerprint(NEW)}\n"))
        self.assertEqual(result.stderr, f"The pair {fingerprint(NEW)} is live, but the bot doesn't run: {FAILS}\n")
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assert_done()

    def test_the_first_pair_is_kept_if_the_bot_does_not_run_with_it(self) -> None:
        self.bot.unusable = [sealed(NEW)]
        self.assertEqual(self.install(NEW).returncode, 0)
        self.assertEqual(self.stored(), {"binance": NEW})

    def test_a_bot_that_was_stopped_by_hand_stays_off(self) -> None:
        self.put(live=OLD)
        self.set_bot(state="inactive")
        self.write(STOPPED, "")
        result = self.install(NEW)
        self.assertEqual((result.returncode, result.stdout), (0, f"{fingerprint(NEW)}\n"))
        self.assertEqual(
            result.stderr, f"The pair {fingerprint(NEW)} is live. The bot was stopped by hand and stays off.\n"
        )
        self.assertEqual(self.records()[-1], f"activated {fingerprint(NEW)}")
        self.assertEqual((self.calls_of_bot(), self.bot.get("state")), ([], "inactive"))
        self.assert_done()

    def test_a_bot_that_is_stopped_by_hand_in_the_meantime_says_nothing_about_the_pair(self) -> None:
        self.put(live=OLD)
        self.bot.stopped_meanwhile = True
        result = self.install(NEW)
        self.assertEqual((result.returncode, result.stdout), (0, f"{fingerprint(NEW)}\n"))
        self.assertIn("it was stopped by hand", result.stderr)
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assert_done()

    def test_a_bot_that_ended_by_itself_is_started_with_a_new_pair(self) -> None:
        self.put(live=OLD)
        self.bot.set("state", "inactive")
        self.write("/run/trading-bot-server/ended", self.bot.get("invocation"))
        self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
        self.assertTrue(self.runs_with(NEW))

    def test_a_bot_that_was_stopped_by_hand_stays_off_also_with_its_first_pair(self) -> None:
        self.set_bot(state="inactive")
        self.write(STOPPED, "")
        self.assertEqual(self.install(NEW).returncode, 0)
        self.assertEqual(self.calls_of_bot(), [])

    def test_without_a_bot_that_takes_the_pair_nothing_is_restarted(self) -> None:
        for prepare in (
            lambda: self.set_bot(enabled=False),
            lambda: self.write("/etc/systemd/system/trading-bot.service.d/without-key.conf", ""),
        ):
            self.put(live=OLD)
            self.set_bot()
            prepare()
            self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
            self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
            self.assertEqual(self.calls_of_bot(), [])
            self.assert_done()

    def test_half_a_pair_and_other_input_change_nothing_and_are_not_quoted(self) -> None:
        self.put(live=OLD)
        for text in ("", pair(NEW), pair(NEW)[:-9]):
            result = self.run_tool(TOOL, "install", stdin=text)
            self.assertEqual(
                result, Result(1, "", "binance-credential: the key pair arrived incomplete, and nothing was changed\n")
            )
        for text in ("nonsense", '{"apiKey":"s3cret"}', '["s3cret"]', '"s3cret"', '{"apiKey":"s3cret","apiSecret":1}'):
            result = self.run_tool(TOOL, "install", stdin=f"{text}\n")
            self.assertEqual(
                result, Result(1, "", "binance-credential: what arrived isn't a key pair, and nothing was changed\n")
            )
        self.assertEqual(self.stored(), {"binance": OLD})
        self.assert_done()

    def test_a_pair_that_does_not_read_back_changes_nothing(self) -> None:
        self.put(live=OLD)
        self.functions["systemd-creds"] = lambda args, _: (0, b"other", b"")
        result = self.install(NEW)
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be read back after its encryption, and nothing was changed", result.stderr)
        self.assertEqual(self.stored(), {"binance": OLD})
        self.assert_done()

    def test_a_failing_encryption_changes_nothing(self) -> None:
        self.put(live=OLD)
        self.functions["systemd-creds"] = lambda args, _: (1, b"", b"no host key" if args[0] == "encrypt" else b"")
        result = self.install(NEW)
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not encrypt binance, and nothing was changed: no host key", result.stderr)
        self.assertEqual(self.stored(), {"binance": OLD})

    def test_a_live_pair_that_can_not_be_decrypted_is_replaced_and_not_kept(self) -> None:
        self.put(live=OLD, previous=OLDEST)
        self.write(PAIR, "damaged")
        self.assertEqual(self.install(NEW).stdout, f"{fingerprint(NEW)}\n")
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLDEST})

    def test_the_pair_is_only_passed_through_pipes(self) -> None:
        self.put(live=OLD)
        self.install(NEW)
        self.assertNotIn("secret", "\n".join(self.calls()))
        found = [path for path in self.root.rglob("*") if path.is_file() and "new-secret" in path.read_text()]
        self.assertEqual(found, [])

    # States that version 0.1.0 and killed runs leave

    def test_an_interrupted_installation_is_done_again_from_the_pair_before_it(self) -> None:
        self.put(live=OLDEST, replaced=OLD)
        self.write(ACTIVATING, "")
        self.assertEqual(self.install(NEW).returncode, 0)
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})

    def test_an_installation_that_only_had_to_clean_up_is_not_done_again(self) -> None:
        self.put(live=NEW, replaced=OLD, previous=OLDEST)
        self.assertEqual(self.install(NEW).returncode, 0)
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assertEqual(self.calls_of_bot(), [])

    def test_a_live_pair_to_which_the_bot_was_not_moved_yet_is_activated(self) -> None:
        self.put(live=NEW)
        self.write(ACTIVATING, "")
        self.assertEqual(self.install(NEW).returncode, 0)
        self.assertEqual(self.calls_of_bot(), ["restart"])
        self.assert_done()

    def test_an_installation_killed_at_any_moment_leaves_a_whole_pair_and_the_next_one_succeeds(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=OLD, previous=OLDEST)
            self.at(ACTIVATING).unlink(missing_ok=True)

        prepare()
        lives = set()
        for step in self.kill_everywhere(TOOL, "install", stdin=f"{pair(NEW)}\n"):
            with self.subTest(step=step):
                live = self.at(PAIR).read_text()
                self.assertIn(live, [sealed(OLD), sealed(NEW)])
                lives.add(live)
                self.assertEqual(self.install(NEW), Result(0, f"{fingerprint(NEW)}\n", ""))
                self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
                self.assertTrue(self.runs_with(NEW))
                self.assert_done()
            prepare()
        self.assertEqual(len(lives), 2)

    def test_after_a_kill_at_any_moment_the_old_pair_can_be_installed_again(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=OLD, previous=OLDEST)
            self.at(ACTIVATING).unlink(missing_ok=True)

        prepare()
        for step in self.kill_everywhere(TOOL, "install", stdin=f"{pair(NEW)}\n"):
            with self.subTest(step=step):
                self.assertEqual(self.install(OLD), Result(0, f"{fingerprint(OLD)}\n", ""))
                self.assertEqual(self.stored()["binance"], OLD)
                self.assertTrue(self.runs_with(OLD))
                self.assert_done()
            prepare()

    def test_a_restoration_killed_at_any_moment_ends_with_the_old_pair_or_is_tried_again(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=OLD)
            self.at(ACTIVATING).unlink(missing_ok=True)
            self.bot.unusable = [sealed(NEW)]

        prepare()
        for step in self.kill_everywhere(TOOL, "install", stdin=f"{pair(NEW)}\n"):
            with self.subTest(step=step):
                result = self.install(NEW)
                # A bot that doesn't run when the second try begins says nothing about the pair.
                self.assertIn(
                    (result.returncode, self.stored()),
                    [(1, {"binance": OLD}), (0, {"binance": NEW, "binance.previous": OLD})],
                )
                self.assertEqual(self.install(OLD).returncode, 0)
                self.assertTrue(self.runs_with(OLD))
                self.assert_done()
            prepare()

    # roll-back

    def test_rolls_back_and_forth(self) -> None:
        self.put(live=NEW, previous=OLD)
        result = self.run_tool(TOOL, "roll-back", variables={"SUDO_USER": "admin"})
        self.assertEqual(result, Result(0, f"{fingerprint(OLD)}\n", ""))
        self.assertEqual(self.stored(), {"binance": OLD, "binance.previous": NEW})
        self.assertTrue(self.runs_with(OLD))
        self.assertEqual(self.records(), [f"rolled back to {fingerprint(OLD)}: by admin"])
        self.assertEqual(self.run_tool(TOOL, "roll-back").stdout, f"{fingerprint(NEW)}\n")
        self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
        self.assert_done()

    def test_a_roll_back_says_if_the_bot_does_not_run(self) -> None:
        self.put(live=NEW, previous=OLD)
        self.bot.unusable = [sealed(OLD)]
        result = self.run_tool(TOOL, "roll-back")
        self.assertEqual(result, Result(0, f"{fingerprint(OLD)}\n", f"The bot doesn't run: {FAILS}\n"))
        self.assertEqual(self.stored(), {"binance": OLD, "binance.previous": NEW})

    def test_without_a_previous_pair_there_is_no_roll_back(self) -> None:
        self.put(live=NEW)
        result = self.run_tool(TOOL, "roll-back")
        self.assertEqual(result, Result(1, "", "binance-credential: there is no previous pair to roll back to\n"))
        self.assert_done()

    def test_a_previous_pair_that_can_not_be_decrypted_changes_nothing(self) -> None:
        self.put(live=NEW)
        self.write(PREVIOUS, "damaged")
        result = self.run_tool(TOOL, "roll-back")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the previous pair can't be decrypted, and nothing was changed", result.stderr)
        self.assertEqual(self.at(PAIR).read_text(), sealed(NEW))
        self.assert_done()

    def test_a_roll_back_after_an_interrupted_installation_returns_to_the_pair_before_it(self) -> None:
        self.put(live=NEW, replaced=OLD, previous=OLDEST)
        self.write(ACTIVATING, "")
        self.assertEqual(self.run_tool(TOOL, "roll-back").stdout, f"{fingerprint(OLD)}\n")
        self.assertEqual(self.stored(), {"binance": OLD, "binance.previous": NEW})
        self.assert_done()

    def test_a_roll_back_killed_at_any_moment_loses_no_pair_and_is_finished_by_the_next_one(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=NEW, previous=OLD)
            self.at(ACTIVATING).unlink(missing_ok=True)

        prepare()
        for step in self.kill_everywhere(TOOL, "roll-back"):
            with self.subTest(step=step):
                # The exchange is complete, and only its marker may be left.
                complete = not self.at(REPLACED).exists() and self.at(PAIR).read_text() == sealed(OLD)
                if not complete:
                    self.assertEqual(self.run_tool(TOOL, "roll-back").stdout, f"{fingerprint(OLD)}\n")
                self.assertTrue(self.runs_with(OLD))
                # Whatever was interrupted, the next installation gets what it wants.
                self.assertEqual(self.install(NEW).stdout, f"{fingerprint(NEW)}\n")
                self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
                self.assert_done()
            prepare()

    def test_a_pair_is_installed_after_a_roll_back_that_was_killed_at_any_moment(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=NEW, previous=OLD)
            self.at(ACTIVATING).unlink(missing_ok=True)

        prepare()
        for step in self.kill_everywhere(TOOL, "roll-back"):
            with self.subTest(step=step):
                self.assertEqual(self.install(NEW).stdout, f"{fingerprint(NEW)}\n")
                self.assertTrue(self.runs_with(NEW))
                self.assertEqual(self.stored(), {"binance": NEW, "binance.previous": OLD})
                self.assert_done()
            prepare()

    # remove

    def test_remove_stops_the_bot_and_deletes_everything(self) -> None:
        self.put(live=NEW, previous=OLD, replaced=OLDEST)
        self.write(HELD, "yes\n")
        self.write(ACTIVATING, "")
        self.write("/etc/credstore.encrypted/.binance.a1B2c3", "of a killed run of version 0.1.0")
        self.write("/etc/credstore.encrypted/.staged-binance/binance", "of a killed run")
        self.write("/etc/credstore.encrypted/trading-bot-webhook", "kept")
        self.assertEqual(self.run_tool(TOOL, "remove"), Result(0, "none\n", ""))
        self.assertEqual(os.listdir(self.at(PAIR).parent), ["trading-bot-webhook"])
        self.assertFalse(self.at(HELD).exists())
        self.assertEqual(self.bot.get("state"), "inactive")
        self.assertEqual(self.records(), [f"removed {fingerprint(NEW)}"])
        self.assertEqual(self.run_tool(TOOL, "remove"), Result(0, "none\n", ""))
        self.assert_done()

    def test_remove_stops_the_bot_whatever_state_it_is_in(self) -> None:
        for enabled, state in ((False, "active"), (True, "activating"), (True, "failed")):
            with self.subTest(enabled=enabled, state=state):
                self.set_bot(enabled, state)
                self.put(live=NEW)
                self.write("/etc/credstore.encrypted/.binance.x7Yq", "a stray pair of version 0.1.0")
                self.assertEqual(self.run_tool(TOOL, "remove"), Result(0, "none\n", ""))
                self.assertEqual((self.calls_of_bot(), self.stored()), (["stop"], {}))

    def test_remove_fails_loudly_if_the_bot_can_not_be_stopped_and_keeps_the_pair(self) -> None:
        self.put(live=NEW)
        self.bot.failing_verbs = {"stop"}
        result = self.run_tool(TOOL, "remove")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the bot could not be stopped", result.stderr)
        self.assertEqual(self.stored(), {"binance": NEW})

    def test_a_pair_of_which_nothing_is_known_does_not_replace_one_with_which_the_bot_runs(self) -> None:
        self.put(live=OLD)
        self.bot.unknown_pairs = [sealed(NEW)]
        result = self.install(NEW)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no check of its key has passed in the last 24 hours", result.stderr)
        self.assertEqual((self.stored(), self.bot.get("state")), ({"binance": OLD}, "active"))

    def test_remove_leaves_a_bot_alone_that_has_its_key_elsewhere(self) -> None:
        self.put(live=NEW)
        self.write("/etc/systemd/system/trading-bot.service.d/without-key.conf", "")
        self.assertEqual(self.run_tool(TOOL, "remove").returncode, 0)
        self.assertEqual(self.bot.get("state"), "active")

    def test_remove_deletes_a_pair_that_can_not_be_decrypted(self) -> None:
        self.write(PAIR, "damaged")
        self.assertEqual(self.run_tool(TOOL, "remove"), Result(0, "none\n", ""))
        self.assertEqual(self.records(), ["removed a damaged pair"])
        self.assertEqual(self.stored(), {})

    def test_a_removal_that_is_killed_at_any_moment_is_done_by_the_next_one_and_leaves_no_pair(self) -> None:
        def prepare() -> None:
            self.set_bot()
            self.put(live=NEW, previous=OLD, replaced=OLDEST)
            self.write(HELD, "yes\n")
            self.write("/etc/credstore.encrypted/.staged-binance/binance", "of a killed run")

        prepare()
        for step in self.kill_everywhere(TOOL, "remove", least=10):
            with self.subTest(step=step):
                if self.interrupted.returncode == 0:
                    self.assertEqual((self.stored(), self.bot.get("state")), ({}, "inactive"))
                self.assertEqual(self.run_tool(TOOL, "remove"), Result(0, "none\n", ""))
                self.assertEqual((self.stored(), self.bot.get("state")), ({}, "inactive"))
                self.assertFalse(self.at(HELD).exists())
                self.assert_done()
            prepare()

    # show and fingerprint

    def test_shows_the_pair_and_records_to_whom(self) -> None:
        self.put(live=NEW)
        result = self.run_tool(TOOL, "show", variables={"SUDO_USER": "admin"})
        self.assertEqual(result, Result(0, f"{pair(NEW)}\n", ""))
        self.assertEqual(self.records(), [f"shown {fingerprint(NEW)} to admin"])

    def test_says_whether_the_pair_can_be_shown_and_shows_nothing_of_it(self) -> None:
        self.put(live=NEW)
        self.assertEqual(self.run_tool(TOOL, "may-show"), Result(0, "", ""))
        self.assertEqual(self.records(), [])

    def test_shows_nothing_without_a_pair(self) -> None:
        for command in ("show", "may-show"):
            result = self.run_tool(TOOL, command)
            self.assertEqual(result, Result(1, "", "binance-credential: there is no pair on this server yet\n"))

    def test_prints_the_fingerprint(self) -> None:
        self.assertEqual(self.run_tool(TOOL, "fingerprint"), Result(0, "none\n", ""))
        self.put(live=NEW)
        self.assertEqual(self.run_tool(TOOL, "fingerprint"), Result(0, f"{fingerprint(NEW)}\n", ""))

    def test_says_what_to_do_about_a_pair_that_can_not_be_decrypted(self) -> None:
        self.write(PAIR, sealed(NEW).replace("sealed as binance", "sealed as other"))
        for command in ("show", "may-show", "fingerprint"):
            result = self.run_tool(TOOL, command)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("can't be decrypted: install it again with", result.stderr)

    def test_help_and_wrong_commands(self) -> None:
        self.assertRegex(self.run_tool(TOOL, "--help").stdout, r"^Usage: sudo binance-credential COMMAND\n")
        for args in ([], ["install", "1"], ["delete"]):
            self.assertEqual(self.run_tool(TOOL, *args).returncode, 2)


if __name__ == "__main__":
    unittest.main()
