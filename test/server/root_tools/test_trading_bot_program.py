import unittest
from pathlib import Path
from unittest import mock

from programs import ProgramTest, program
from root_tools import files, new_release, paths, releases
from systemd import FAILED


class Install(ProgramTest):
    def test_a_program_becomes_the_current_release_and_the_bot_is_restarted_with_it(self) -> None:
        release, _ = program("first")
        status, stdout, _ = self.install("first")
        self.assertEqual((status, stdout), (0, f"The release {release} is installed, and the bot runs with it."))
        self.assertEqual(self.current(), release)
        self.assertEqual(releases.target(releases.PROVEN), release)
        self.assertEqual(self.journal, [f"installed {release}, the bot runs with it"])
        self.assertFalse(new_release.STAGING.exists())

    def test_it_is_unpacked_in_a_unit_and_sealed_by_root(self) -> None:
        release, _ = program("first")
        self.install("first")
        self.assertEqual(
            self.commands,
            [
                f"trading-bot-unpack@{release}.service",
                *("chown", "chmod", "sync"),
            ],
        )
        folder = releases.RELEASES / release
        self.assertEqual(folder.stat().st_mode & 0o7777, 0o750)
        self.assertEqual((folder / "first").stat().st_mode & 0o7777, 0o640)

    def test_the_bot_can_read_its_own_release_and_no_other(self) -> None:
        def modes() -> list[str]:
            return [oct((releases.RELEASES / program(name)[0]).stat().st_mode & 0o777) for name in "ab"]

        for file in ("a", "b", "broken"):
            self.install(file)
            if file != "a":
                self.assertEqual(modes(), ["0o700", "0o750"])
        self.call("roll-back")
        self.assertEqual(modes(), ["0o750", "0o700"])

    def install_with_requirements(self) -> tuple[int, str, str]:
        """As if the program had a requirements.txt, which the step after the unpacking has read."""
        run_unit = self.run_unit

        def unpack(unit: str, pipe: Path) -> bool:
            if unit.startswith("trading-bot-unpack@"):
                (new_release.REQUIREMENTS / "requirements.txt").touch()
            return run_unit(unit, pipe)

        with mock.patch("root_tools.sandboxed.run_unit", unpack):
            return self.install("first")

    def test_packages_are_fetched_and_built_in_turns_until_all_are_there(self) -> None:
        self.builds = 2
        self.assertEqual(self.install_with_requirements()[0], 0)
        fetch, build = "trading-bot-fetch.service", "trading-bot-build.service"
        self.assertEqual(self.commands[1:6], [fetch, build, fetch, build, fetch])

    def test_an_installation_that_never_has_all_packages_ends(self) -> None:
        self.builds = 1000
        status, _, stderr = self.install_with_requirements()
        self.assertEqual((status, self.current()), (1, None))
        self.assertIn("too many builds", stderr)

    def test_packages_that_cant_be_fetched_or_built_change_nothing(self) -> None:
        for unit, verb in (("trading-bot-fetch.service", "fetched"), ("trading-bot-build.service", "built")):
            self.builds, self.failing = 1, {unit}
            status, _, stderr = self.install_with_requirements()
            self.assertEqual((status, self.current()), (1, None))
            self.assertIn(f"can't be {verb}; nothing was changed", stderr)

    def test_the_previous_release_is_restored_if_the_bot_doesnt_run(self) -> None:
        good, broken = program("good")[0], program("broken")[0]
        self.install("good")
        status, stdout, stderr = self.install("broken")
        self.assertEqual((status, stdout, self.current()), (1, "", good))
        self.assertIn(f"The previous release, {good}, is restored, and the bot runs with it again", stderr)
        self.assertIn("exit status 3", stderr)
        self.assertIn(f"rolled back to {good}: the bot did not run with {broken}", self.journal[-1])
        self.assertFalse(releases.PREVIOUS.is_symlink())

    def test_the_one_before_that_stays_the_previous_one(self) -> None:
        for file in ("a", "b", "broken"):
            self.install(file)
        self.assertEqual(self.current(), program("b")[0])
        self.assertEqual(releases.target(releases.PREVIOUS), program("a")[0])

    def test_a_first_program_stays_so_that_its_owner_can_see_what_it_prints(self) -> None:
        status, _, stderr = self.install("broken")
        self.assertEqual((status, self.current()), (1, program("broken")[0]))
        self.assertIn("npm run logs", stderr)
        self.assertFalse(releases.PROVEN.is_symlink())

    def test_the_program_of_a_bot_that_was_removed_is_never_restored_for_another_one(self) -> None:
        first, second = program("good")[0], program("broken")[0]
        self.install("good")
        files.write(paths.PROGRAM_UNUSED, "")
        status, _, stderr = self.install("broken")
        self.assertEqual((status, self.current()), (1, second))
        self.assertIn("there is no other to restore", stderr)
        self.assertFalse(paths.PROGRAM_UNUSED.exists())
        # By hand, it can.
        self.assertEqual(releases.target(releases.PREVIOUS), first)
        files.write(paths.PROGRAM_UNUSED, "")
        self.assertEqual(self.call("roll-back")[0], 0)
        self.assertEqual((self.current(), paths.PROGRAM_UNUSED.exists()), (first, False))

    def test_it_is_installed_even_if_the_bot_cant_start_yet(self) -> None:
        def no_key() -> None:
            paths.KEY_PAIR.unlink()

        def no_bot() -> None:
            self.systemd.enabled = False

        def held() -> None:
            paths.HELD.parent.mkdir(parents=True, exist_ok=True)
            paths.HELD.touch()

        def stopped() -> None:
            paths.STOPPED.parent.mkdir(parents=True, exist_ok=True)
            paths.STOPPED.touch()

        for prepare, reason in (
            (no_key, "there is no key yet"),
            (held, "the guard holds it"),
            (stopped, "it was stopped by hand"),
            (no_bot, "no bot is configured yet"),
        ):
            prepare()
            file = f"broken-{reason}"
            status, stdout, _ = self.install(file)
            self.assertEqual((status, self.current()), (0, program(file)[0]))
            self.assertIn("The bot", stdout)
            self.assertNotIn("restart", " ".join(self.systemd.calls))

    def test_a_bot_that_is_off_stays_off(self) -> None:
        self.install("first")
        self.systemd.calls.clear()
        self.systemd.run("systemctl", "stop", "trading-bot.service")
        self.assertIn("stays off until `npm run start`", self.install("second")[1])
        self.assertNotIn("restart", " ".join(self.systemd.calls))

    def test_a_bot_that_ended_by_itself_is_started_with_a_new_program(self) -> None:
        self.install("first")
        self.systemd.run("systemctl", "stop", "trading-bot.service")
        files.write(paths.ENDED, self.systemd.state["InvocationID"])
        self.systemd.calls.clear()
        self.assertIn("the bot runs with it", self.install("second")[1])
        self.assertIn("systemctl restart --no-block trading-bot.service", self.systemd.calls)

    def test_it_says_so_if_the_bot_ends_by_itself(self) -> None:
        with mock.patch("root_tools.bot.restart", return_value=None):
            with mock.patch("root_tools.bot.has_ended_by_itself", return_value=True):
                self.assertIn("is installed, and the bot ended by itself without an error", self.install("first")[1])

    def test_three_are_kept_and_the_previous_one_is_among_them(self) -> None:
        names = ["a", "b", "c", "d", "e"]
        for name in names:
            self.install(name)
        self.assertEqual(self.releases(), sorted(program(name)[0] for name in names[-3:]))
        self.assertEqual(releases.target(releases.PREVIOUS), program("d")[0])

    def test_a_release_that_is_there_is_not_unpacked_again(self) -> None:
        for file in ("a", "b"):
            self.install(file)
        self.commands.clear()
        self.assertEqual(self.install("a")[0], 0)
        self.assertEqual((self.commands, self.current()), ([], program("a")[0]))

    def test_nothing_changes_if_something_else_arrives(self) -> None:
        self.install("good")
        release, archive = program("next")
        for other in (archive[: len(archive) // 2], b"", b"no gzip", program("other")[1]):
            status, _, stderr = self.call("install", release, stdin=other)
            self.assertEqual(status, 1)
            self.assertIn("nothing was changed", stderr)
            self.assertEqual((self.current(), self.releases()), (program("good")[0], [program("good")[0]]))
            self.assertFalse(new_release.STAGING.exists())

    def test_a_name_that_is_no_fingerprint_is_refused(self) -> None:
        for name in ("../../etc", "0123456789AB", "0123456789ab0", ""):
            self.assertEqual(self.call("install", name)[0], 1)
        self.assertFalse(paths.PROGRAMS.exists())

    def test_what_an_interrupted_installation_has_left_is_removed_its_processes_first(self) -> None:
        new_release.TREE.mkdir(parents=True)
        (new_release.TREE / "half").touch()
        self.assertEqual(self.install("first")[0], 0)
        self.assertEqual(
            self.systemd.calls[0],
            "systemctl stop trading-bot-unpack@*.service trading-bot-fetch.service trading-bot-build.service "
            "trading-bot-prepare@*.service",
        )
        self.assertFalse(new_release.STAGING.exists())

    def test_state_of_the_version_before_this_one_is_read(self) -> None:
        """The old tool made the links relative, as this one does."""
        for release in ("a" * 12, "b" * 12):
            (releases.RELEASES / release).mkdir(parents=True)
        for link, release in ((paths.CURRENT_PROGRAM, "a" * 12), (releases.PREVIOUS, "b" * 12)):
            link.symlink_to(f"releases/{release}")
        self.assertEqual(self.call("roll-back")[0], 0)
        self.assertEqual(self.current(), "b" * 12)


class RollBack(ProgramTest):
    def test_it_goes_to_the_previous_program_and_back_again(self) -> None:
        for file in ("first", "second"):
            self.assertIn("there is no previous release", self.call("roll-back")[2])
            self.install(file)
        for file in ("first", "second"):
            release = program(file)[0]
            self.assertEqual(
                self.call("roll-back")[1], f"The release {release} is current again.\nThe bot runs with it."
            )
            self.assertEqual(self.current(), release)

    def test_it_doesnt_start_a_bot_that_was_stopped_by_hand(self) -> None:
        for file in ("first", "second"):
            self.install(file)
        paths.STOPPED.parent.mkdir(parents=True, exist_ok=True)
        paths.STOPPED.touch()
        self.systemd.calls.clear()
        self.assertIn("it was stopped by hand", self.call("roll-back")[1])
        self.assertEqual(self.systemd.calls, [])


class Other(ProgramTest):
    def test_list_says_that_no_program_is_installed_yet(self) -> None:
        self.assertEqual(
            self.call("list"), (0, "No program is installed yet: run `npm run install-bot -- FOLDER`", "")
        )

    def test_list_names_the_current_release_and_the_previous_one(self) -> None:
        for file in ("first", "second"):
            self.install(file)
        lines = self.call("list")[1].splitlines()
        self.assertRegex(lines[0], f"^{program('second')[0]}  .* UTC .* KiB  current$")
        self.assertRegex(lines[1], f"^{program('first')[0]}  .* UTC .* KiB  previous$")

    def test_a_wrong_command_is_refused(self) -> None:
        self.assertEqual(self.call("delete")[0], 2)
        self.assertEqual(self.call("--help")[0], 0)

    def test_a_failing_restore_is_reported_in_full(self) -> None:
        self.install("good")
        self.systemd.after_start = [FAILED]
        with mock.patch("root_tools.bot.restart", return_value="it ended"):
            self.assertIn("but the bot doesn't run with it either: it ended", self.install("next")[2])


if __name__ == "__main__":
    unittest.main()
