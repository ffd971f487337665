import os
import unittest
from pathlib import Path
from unittest import mock

from programs import ProgramTest, program
from root_tools import new_release, packages, paths, releases


class SharedPackages(ProgramTest):
    """Stands in for the units: a program asks for packages by a key, and they are a file that names the release."""

    def setUp(self) -> None:
        super().setUp()
        self.key: str | None = "1" * 64
        self.refresh = False
        self.size = 0

    def run_unit(self, unit: str, pipe: Path) -> bool:
        step, _, release = unit.removeprefix("trading-bot-").removesuffix(".service").partition("@")
        if step == "prepare":
            self.commands.append(unit)
            environment = new_release.ENVIRONMENT if self.key else new_release.TREE / ".venv"
            environment.mkdir(exist_ok=True)
            (environment / "made-for").write_text(release)
        if step == "fetch":
            self.commands.append(unit)
            (new_release.FETCHED / "complete").write_text(str(self.size))
        if step == "unpack":
            super().run_unit(unit, pipe)
            (new_release.REQUIREMENTS / "requirements.txt").touch()
            if self.refresh:
                (new_release.REQUIREMENTS / "refresh").touch()
            if self.key:
                (new_release.REQUIREMENTS / "key").write_text(self.key)
        return True

    def must_install(self, file: str) -> str:
        """Returns for which program the packages were installed that this one uses."""
        self.commands.clear()
        status, _, stderr = self.install(file)
        self.assertEqual(status, 0, stderr)
        made_for = (paths.CURRENT_PROGRAM / ".venv/made-for").read_text()
        return next(name for name in "abcdefgh" if program(name)[0] == made_for)

    def trees(self) -> list[str]:
        return sorted(os.listdir(packages.TREES))

    def test_a_release_with_the_same_requirements_uses_the_packages_that_are_there(self) -> None:
        self.assertEqual(self.must_install("a"), "a")
        self.assertIn("trading-bot-fetch.service", self.commands)
        self.assertEqual(self.must_install("b"), "a")
        self.assertEqual(self.commands, [f"trading-bot-unpack@{program('b')[0]}.service", "chown", "chmod", "sync"])
        self.assertEqual(self.trees(), [program("a")[0]])

    def test_other_requirements_get_other_packages(self) -> None:
        self.must_install("a")
        self.key = "2" * 64
        self.assertEqual(self.must_install("b"), "b")
        self.key = "1" * 64
        self.assertEqual(self.must_install("c"), "a")

    def test_packages_are_kept_as_long_as_a_release_uses_them(self) -> None:
        for file in "abcd":
            self.assertEqual(self.must_install(file), "a")
        self.assertNotIn(program("a")[0], self.releases())
        self.key = "2" * 64
        for file in "efg":
            self.must_install(file)
        self.assertEqual(self.trees(), [program("e")[0]])

    def test_a_roll_back_finds_the_packages_of_its_release_and_the_bot_sees_no_other_ones(self) -> None:
        self.must_install("a")
        self.key = "2" * 64
        self.must_install("b")

        def modes() -> list[str]:
            return [oct((packages.TREES / program(name)[0]).stat().st_mode & 0o777) for name in "ab"]

        self.assertEqual(modes(), ["0o700", "0o750"])
        self.assertEqual(self.call("roll-back")[0], 0)
        self.assertEqual((paths.CURRENT_PROGRAM / ".venv/made-for").read_text(), program("a")[0])
        self.assertEqual(modes(), ["0o750", "0o700"])

    def test_refresh_installs_them_again_and_the_releases_after_that_use_the_new_ones(self) -> None:
        self.must_install("a")
        self.refresh = True
        self.assertEqual(self.must_install("b"), "b")
        self.refresh = False
        self.assertEqual(self.must_install("c"), "b")

    def test_a_program_whose_own_code_is_installed_has_its_own_packages(self) -> None:
        self.key = None
        for file in "ab":
            self.assertEqual(self.must_install(file), file)
        self.assertFalse(packages.TREES.exists())

    def test_packages_of_the_same_name_that_another_release_uses_are_left_alone(self) -> None:
        """The same release is installed again with another Python, while its first packages are still used."""
        for file in "abcd":
            self.must_install(file)
        self.key = "2" * 64
        keys = []

        def prepare(unit: str, pipe: Path) -> bool:
            if unit.startswith("trading-bot-prepare@"):
                keys.append((new_release.REQUIREMENTS / "key").exists())
                self.key = None
            return self.run_unit(unit, pipe)

        with mock.patch("root_tools.sandboxed.run_unit", prepare):
            self.assertEqual(self.must_install("a"), "a")
        # So it was installed into the release.
        self.assertEqual((keys, self.trees()), ([False], [program("a")[0]]))
        self.assertFalse((paths.CURRENT_PROGRAM / ".venv").is_symlink())

    def test_a_release_of_an_older_version_has_its_packages_in_it_and_is_restored_and_removed_like_others(self) -> None:
        old = "0" * 12
        environment = releases.RELEASES / old / ".venv"
        environment.mkdir(parents=True)
        (environment / "made-for").write_text(old)
        releases.point(paths.CURRENT_PROGRAM, old)
        self.must_install("a")
        self.assertEqual(self.call("roll-back")[0], 0)
        self.assertEqual((paths.CURRENT_PROGRAM / ".venv/made-for").read_text(), old)
        self.assertEqual((releases.RELEASES / old).stat().st_mode & 0o777, 0o750)
        for file in "bcde":
            self.must_install(file)
        self.assertNotIn(old, self.releases())

    def test_what_a_program_has_in_place_of_the_link_is_replaced(self) -> None:
        def unpack(unit: str, pipe: Path) -> bool:
            done = self.run_unit(unit, pipe)
            if unit.startswith("trading-bot-prepare@"):
                (new_release.TREE / ".venv/bin").mkdir(parents=True)
            return done

        with mock.patch("root_tools.sandboxed.run_unit", unpack):
            self.assertEqual(self.must_install("a"), "a")

    def test_the_space_that_releases_take_is_shown(self) -> None:
        self.must_install("a")
        self.assertRegex(self.install("b")[2], r"this release .* KiB, its packages .* KiB, shared with 1 other; all releases \(2\)")
        self.assertRegex(self.call("list")[1], r"Together, with packages that several of them use: .* KiB. Free: .* GiB\.")

    def use_disk(self, free: int) -> None:
        self.patch("shutil.disk_usage", lambda _: mock.Mock(free=free))

    def test_a_disk_that_is_too_small_for_the_packages_changes_nothing(self) -> None:
        self.must_install("a")
        self.use_disk(2 << 30)
        self.key, self.size = "2" * 64, 3 << 30
        status, _, stderr = self.install("b")
        self.assertEqual((status, self.current(), self.trees()), (1, program("a")[0], [program("a")[0]]))
        self.assertIn("It takes 3.0 GiB more. 1.0 GiB must stay free for the bot and the server, and 2.0 GiB are free now", stderr)
        self.assertNotIn(f"trading-bot-prepare@{program('b')[0]}.service", self.commands)

    def test_older_releases_are_removed_if_the_disk_is_too_small_for_another_one(self) -> None:
        for file in "abc":
            self.must_install(file)
        self.use_disk(0)
        self.assertIn("and 0.0 KiB are free now", self.install("d")[2])
        self.assertEqual(self.releases(), sorted(program(name)[0] for name in "abc"))
        # Enough for the archive, but not for what is in it.
        self.use_disk((1 << 30) + 4096)
        self.assertEqual(self.install("d")[0], 1)
        self.assertEqual(self.releases(), sorted(program(name)[0] for name in "bc"))


if __name__ == "__main__":
    unittest.main()
