import grp
import hashlib
import json
import os
import pwd
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from archives import COPIES, EMPTY, FIRST, MOVING, PROGRAMS, SECOND, STAGING, STATE, STOPPED, ArchiveTest
from environment import Result

TOOL = "/usr/local/sbin/bot-state"


class BotState(ArchiveTest):
    def tool(self, *args: str, archive: bytes = b"") -> tuple[Result, bytes]:
        return self.run_with_archive(TOOL, args, archive)

    def save(self) -> tuple[str, bytes]:
        """Returns the checksum and the archive."""
        self.assertEqual(self.tool("hold")[0].returncode, 0)
        result, archive = self.tool("save")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.tool("checksum")[0].stdout.strip(), archive

    def restore(self, checksum: str, archive: bytes) -> Result:
        return self.tool("restore", checksum, archive=archive)[0]

    def assert_restored(self) -> None:
        self.assert_in_place()
        self.assertFalse(self.at(STAGING).exists())

    # hold

    def test_hold_stops_the_bot_and_keeps_it_off(self) -> None:
        self.assertEqual(self.tool("hold")[0].returncode, 0)
        self.assertEqual(self.bot.get("state"), "inactive")
        result = self.run_tool("/usr/local/sbin/bot-control", "reason-not-to-start")
        self.assertIn("its state is being moved to a fresh system: finish that by `npm run replace`", result.stdout)

    def test_hold_works_on_a_new_server_that_has_no_unit_of_the_bot_yet(self) -> None:
        self.use_new_server(state="inactive")
        self.bot.enabled = False
        self.bot.failing_verbs = {"stop"}
        self.assertEqual(self.tool("hold")[0].returncode, 0)
        self.assertTrue(self.at(MOVING).exists())

    def test_hold_leaves_the_bot_held_if_it_is_killed_at_any_step_after_it_was_stopped(self) -> None:
        for _ in self.kill_everywhere(TOOL, "hold"):
            if self.bot.get("state") == "inactive":
                self.assertTrue(self.at(MOVING).exists())
            self.use_new_server()

    # save

    def test_a_saved_bot_is_restored_on_another_server_and_started_there(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.save()
        self.assertEqual(checksum, hashlib.sha256(archive).hexdigest())
        self.use_new_server(state="inactive")
        result = self.restore(checksum, archive)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^Restored what was saved at 20\S+\.\n$")
        self.assert_restored()
        self.assertEqual(self.bot.get("state"), "inactive")
        self.assertFalse(self.at(STOPPED).exists())
        self.assertEqual(self.tool("release")[0], Result(0, "The bot is running.\n", ""))
        self.assertEqual(self.bot.get("state"), "active")

    def test_a_bot_that_was_stopped_by_hand_stays_so_on_the_new_server(self) -> None:
        self.add_state_and_program()
        self.write(STOPPED, "")
        checksum, archive = self.save()
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        result = self.tool("release")[0]
        self.assertEqual(result.returncode, 0)
        self.assertIn("it was stopped by hand", result.stdout)
        self.assertEqual(self.bot.get("state"), "inactive")

    def test_a_bot_that_has_neither_state_nor_program_yet_is_saved_too(self) -> None:
        checksum, archive = self.save()
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertFalse(self.at(STATE).exists())
        self.assertFalse(self.at(PROGRAMS).exists())

    def test_the_size_of_a_state_is_known_before_the_bot_is_stopped(self) -> None:
        self.assertEqual(self.run_tool(TOOL, "size").stdout, "0\n")
        self.write(f"{STATE}/orders", "o" * 100_000)
        size = int(self.run_tool(TOOL, "size").stdout)
        self.assertGreaterEqual(size, 100_000)
        self.assertLess(size, 200_000)

    def test_only_a_bot_that_is_held_and_off_is_saved(self) -> None:
        result, archive = self.tool("save")
        self.assertEqual((result.returncode, archive), (1, b""))
        self.assertIn("the bot isn't held", result.stderr)
        self.tool("hold")
        self.bot.set("state", "active")
        self.assertIn("the bot runs although it is held", self.tool("save")[0].stderr)

    def test_the_checksum_of_an_earlier_archive_is_not_printed_after_one_that_failed(self) -> None:
        self.add_state_and_program()
        self.save()
        self.program("tar", "exit 2")
        result, _ = self.tool("save")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the archive is incomplete, because tar ended with status 2", result.stderr)
        self.assertIn("no archive was written completely", self.tool("checksum")[0].stderr)

    def test_a_save_that_is_killed_at_any_step_changes_nothing_of_the_bot_and_is_done_again(self) -> None:
        self.add_state_and_program()
        self.tool("hold")
        for _ in self.kill_everywhere(TOOL, "save"):
            self.assert_in_place()
            self.assertTrue(self.at(MOVING).exists())
            result, archive = self.tool("save")
            self.assertEqual(result.returncode, 0)
            self.assertEqual(self.tool("checksum")[0].stdout.strip(), hashlib.sha256(archive).hexdigest())

    def test_odd_files_of_a_bot_are_saved_as_they_are(self) -> None:
        self.add_state_and_program()
        folder = self.at(STATE)
        (folder / "line\nbreak").write_text("odd name")
        (folder / "-rf").write_text("looks like an option")
        (folder / os.fsdecode(b"not \xff UTF-8")).write_text("odd bytes")
        (folder / "unreadable").write_text("mode 0")
        (folder / "unreadable").chmod(0)
        (folder / "same").hardlink_to(folder / "orders")
        os.mkfifo(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            here = os.getcwd()
            os.chdir(folder)
            listener.bind("socket")
            os.chdir(here)
        with (folder / "sparse").open("wb") as sparse:
            sparse.truncate(1 << 30)
        if os.geteuid() != 0:
            (folder / "unreadable").unlink()
        checksum, archive = self.save()
        self.assertLess(len(archive), 1 << 20)
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertEqual((folder / "line\nbreak").read_text(), "odd name")
        self.assertEqual((folder / os.fsdecode(b"not \xff UTF-8")).read_text(), "odd bytes")
        self.assertTrue((folder / "-rf").exists() and (folder / "pipe").is_fifo())
        self.assertTrue((folder / "same").samefile(folder / "orders"))
        self.assertEqual((folder / "sparse").stat().st_size, 1 << 30)
        self.assertLess((folder / "sparse").stat().st_blocks * 512, 1 << 20)
        self.assertFalse((folder / "socket").exists())

    def test_a_link_of_the_bot_is_restored_as_a_link_and_never_followed(self) -> None:
        self.add_state_and_program()
        outside = self.root / "outside"
        outside.mkdir()
        (outside / "file").write_text("untouched")
        self.at(f"{STATE}/folder").symlink_to(outside)
        self.at(f"{STATE}/file").symlink_to(outside / "file")
        self.at(f"{STATE}/climbs").symlink_to("../../../outside")
        checksum, archive = self.save()
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertEqual(os.readlink(self.at(f"{STATE}/folder")), str(outside))
        self.assertEqual(os.readlink(self.at(f"{STATE}/climbs")), "../../../outside")
        self.assertEqual([path.name for path in outside.iterdir()], ["file"])
        self.assertEqual((outside / "file").read_text(), "untouched")
        self.assertEqual(self.at(STATE).stat().st_mode & 0o7777, 0o700)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a file to another user")
    def test_owners_are_restored_by_their_names(self) -> None:
        other = pwd.getpwnam("nobody")
        self.add_state_and_program()
        os.chown(self.at(STATE), other.pw_uid, other.pw_gid)
        os.chown(self.at(f"{STATE}/orders"), other.pw_uid, 0)
        checksum, archive = self.save()
        listing = subprocess.run(["tar", "-tvz"], input=archive, capture_output=True).stdout.decode()
        self.assertIn(f"nobody/{grp.getgrgid(other.pw_gid).gr_name}", listing)
        self.use_new_server(state="inactive")
        self.restore(checksum, archive)
        self.assertEqual(self.at(STATE).stat().st_uid, other.pw_uid)
        owners = self.at(f"{STATE}/orders").stat()
        self.assertEqual((owners.st_uid, owners.st_gid), (other.pw_uid, 0))

    # copies of the state

    def add_copies(self) -> None:
        self.add_copy(FIRST, FIRST)
        self.add_copy(SECOND, SECOND)
        for day in (1, 2):
            self.add_copy(f"replaced-2026110{day}t000000z", SECOND, f"2026-11-0{day}T00:00:00+00:00")
        self.add_copy("before-tests")
        self.add_copy("being-packed")
        self.write(f"{COPIES}/.making/state/orders", "not complete")

    def save_with_copies(self) -> tuple[str, bytes]:
        self.assertEqual(self.tool("hold")[0].returncode, 0)
        result, archive = self.tool("save")
        self.assertEqual(result.returncode, 0)
        for name in (FIRST, "replaced-20261102t000000z", "before-tests"):
            self.assertIn(f"With a copy of the state: {name}, of 2026-11-0", result.stderr)
        return hashlib.sha256(archive).hexdigest(), archive

    def test_what_a_roll_back_and_an_undo_need_comes_along_and_what_a_person_has_named(self) -> None:
        self.add_state_and_program()
        self.add_copies()
        checksum, archive = self.save_with_copies()
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assert_restored()
        self.assertEqual(self.copies(), [FIRST, "before-tests", "replaced-20261102t000000z"])
        copy = self.at(f"{COPIES}/{FIRST}")
        self.assertEqual((copy / "state/orders").read_text(), f"{FIRST} of 2026-11-01T00:00:00+00:00")
        self.assertEqual([(copy / name).stat().st_mode & 0o7777 for name in ("copy.json", "state")], [0o600, 0o700])
        plan = json.loads(self.run_tool("/usr/local/sbin/trading-bot-program", "plan-roll-back").stdout)
        self.assertEqual((plan["previous"], plan["copy"]["made"]), (FIRST, "2026-11-01T00:00:00+00:00"))
        self.write(STOPPED, "")
        self.assertEqual(self.tool("release")[0].returncode, 0)
        undone = self.run_tool("/usr/local/sbin/bot-backup", "undo")
        self.assertEqual((undone.returncode, undone.stderr), (0, ""))
        self.assertIn("replaced-20261102t000000z", self.at(f"{STATE}/orders").read_text())

    def test_without_room_for_the_copies_the_state_is_restored_without_them(self) -> None:
        self.add_state_and_program()
        self.add_copies()
        checksum, archive = self.save_with_copies()
        self.use_new_server(state="inactive")
        self.free = 1 << 30
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 0)
        self.assertIn("The disk has no room for the copies of the state", result.stderr)
        self.assert_restored()
        self.assertEqual(self.copies(), [])

    def test_a_newer_copy_that_is_there_already_stays(self) -> None:
        self.add_state_and_program()
        self.add_copies()
        checksum, archive = self.save_with_copies()
        self.use_new_server(state="inactive")
        self.add_copy(FIRST, FIRST, "2026-11-20T00:00:00+00:00")
        self.add_copy("before-tests", made="2026-10-20T00:00:00+00:00")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        made = [json.loads(self.at(f"{COPIES}/{name}/copy.json").read_text())["made"][:10] for name in (FIRST, "before-tests")]
        self.assertEqual(made, ["2026-11-20", "2026-11-01"])

    def test_a_copy_that_could_not_be_restored_stays_behind_and_that_is_shown(self) -> None:
        self.add_state_and_program()
        self.add_copy(FIRST, FIRST)
        self.make_deep_path(f"{COPIES}/{FIRST}/state")
        self.tool("hold")
        result, archive = self.tool("save")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, f"The copy of the state {FIRST}, .*, isn't saved: a path in .* has more than 4000 bytes")
        self.use_new_server(state="inactive")
        self.assertEqual(self.restore(hashlib.sha256(archive).hexdigest(), archive).returncode, 0)
        self.assert_restored()
        self.assertEqual(self.copies(), [])

    def test_the_copies_on_a_volume_outlast_the_time_in_which_a_fresh_system_has_no_program(self) -> None:
        self.use_new_server(state="inactive")
        self.add_copies()
        self.run_tool("/usr/local/sbin/state-copy", "tidy")
        self.assertIn(FIRST, self.copies())

    # restore

    def test_an_incomplete_or_changed_archive_restores_nothing(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.save()
        self.use_new_server(state="inactive")
        for wrong, wanted in ((archive[:-20], checksum), (b"", checksum), (b"nonsense", checksum), (archive, EMPTY)):
            self.assertEqual(self.restore(wanted, wrong).returncode, 1)
            self.assertFalse(self.at(STATE).exists() or self.at(PROGRAMS).exists() or self.at(STAGING).exists())
        self.assertEqual(self.restore("../../etc", archive).returncode, 1)

    def test_an_archive_of_another_format_is_refused(self) -> None:
        for manifest in ('{"format": 2}', "{}", "nonsense"):
            folder = self.root / "made"
            folder.mkdir(exist_ok=True)
            (folder / "manifest.json").write_text(manifest)
            archive = subprocess.run(
                ["tar", "-cz", "-C", folder, "manifest.json"], capture_output=True, check=True
            ).stdout
            result = self.restore(hashlib.sha256(archive).hexdigest(), archive)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, "format 2, and this server reads 1|isn't an archive of bot-state")

    def test_the_state_of_a_bot_that_was_not_held_is_never_overwritten(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.save()
        self.use_new_server()
        self.write(f"{STATE}/orders", "written since")
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the bot has its own state on this server already", result.stderr)
        self.assertEqual(self.at(f"{STATE}/orders").read_text(), "written since")
        self.assertEqual(self.bot.get("state"), "active")

    def test_an_empty_state_of_a_bot_that_was_not_held_is_replaced_and_the_bot_is_held(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.save()
        self.use_new_server()
        self.at(STATE).mkdir(parents=True)
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertEqual((self.bot.get("state"), self.at(MOVING).exists()), ("inactive", True))
        self.assert_restored()

    def test_a_program_for_another_processor_is_not_restored(self) -> None:
        self.add_state_and_program()
        _, archive = self.save()
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["tar", "-xz", "-C", folder], input=archive, check=True)
            manifest = Path(folder, "manifest.json")
            manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "machine": "vax"}))
            names = ["manifest.json", "var", "opt"]
            archive = subprocess.run(["tar", "-cz", "-C", folder, *names], capture_output=True, check=True).stdout
        self.use_new_server(state="inactive")
        result = self.restore(hashlib.sha256(archive).hexdigest(), archive)
        self.assertEqual(result.returncode, 0)
        self.assertIn("The program was made for vax. Install it again: npm run install-bot", result.stderr)
        self.assertTrue(self.at(f"{STATE}/orders").exists())
        self.assertFalse(self.at(PROGRAMS).exists())

    def test_a_restore_that_is_killed_at_any_step_is_done_again_from_the_start(self) -> None:
        self.add_state_and_program()
        self.add_copy(FIRST, FIRST)
        self.tool("hold")
        _, archive = self.tool("save")
        checksum = hashlib.sha256(archive).hexdigest()

        def prepare() -> None:
            self.use_new_server(state="inactive")
            self.assertEqual(self.tool("hold")[0].returncode, 0)

        prepare()
        for _ in self.kill_everywhere(TOOL, "restore", checksum, stdin=archive, least=20):
            # Without its state, the bot has no program either, and it is held in any case.
            if self.at(f"{PROGRAMS}/current").exists():
                self.assertEqual(self.at(f"{STATE}/orders").read_text(), "one open order")
            self.assertEqual((self.at(MOVING).exists(), self.bot.get("state")), (True, "inactive"))
            if self.interrupted.returncode == 0:
                self.assert_in_place()
            self.assertEqual(self.restore(checksum, archive).returncode, 0)
            self.assert_restored()
            self.assertEqual(self.copies(), [FIRST])
            prepare()

    # release

    def test_release_is_done_again_after_it_was_killed(self) -> None:
        self.tool("hold")
        for _ in self.kill_everywhere(TOOL, "release"):
            self.assertEqual(self.tool("release")[0].returncode, 0)
            self.assertEqual((self.bot.get("state"), self.at(MOVING).exists()), ("active", False))
            self.tool("hold")

    def test_release_does_not_restart_a_bot_that_runs(self) -> None:
        invocation = self.bot.get("invocation")
        self.assertEqual(self.tool("release")[0], Result(0, "The bot is running already.\n", ""))
        self.assertEqual(self.bot.get("invocation"), invocation)

    def test_release_reports_a_bot_that_does_not_run(self) -> None:
        self.tool("hold")
        self.bot.fails_always = True
        result = self.tool("release")[0]
        self.assertEqual(result.returncode, 1)
        self.assertIn("the bot doesn't run: it ended with exit-code", result.stderr)

    def make_deep_path(self, folder: str = STATE) -> None:
        """As a bot can: it enters each folder, so it never names the whole path."""
        os.chdir(self.at(folder))
        for _ in range(25):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        os.chdir("/")

    def test_a_path_that_could_not_be_restored_is_refused_before_anything_is_saved(self) -> None:
        self.add_state_and_program()
        self.make_deep_path()
        self.tool("hold")
        result, archive = self.tool("save")
        self.assertEqual((result.returncode, archive), (1, b""))
        self.assertRegex(
            result.stderr, "^bot-state: a path in /var/lib/trading-bot has more than 4000 bytes or 200 levels"
        )
        remove = re.search(r"\nnpm run ssh -- sudo (find \S+ (.*) -exec rm -rf {} \+)$", result.stderr.strip())
        assert remove
        subprocess.run(["find", self.at(STATE), *remove[2].split(), "-exec", "rm", "-rf", "{}", "+"], check=True)
        checksum, archive = self.save()
        self.use_new_server()
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assert_restored()

    def test_a_state_with_too_many_levels_is_refused_however_many_there_are(self) -> None:
        self.add_state_and_program()
        self.tool("hold")
        os.chdir(self.at(STATE))
        for _ in range(100_000):
            os.mkdir("d")
            os.chdir("d")
        os.chdir("/")
        result, archive = self.tool("save")
        self.assertEqual((result.returncode, archive), (1, b""))
        self.assertIn("has more than 4000 bytes or 200 levels", result.stderr)
        # Python's own way to remove a folder takes a descriptor for each level.
        subprocess.run(["rm", "-rf", self.at(STATE) / "d"], check=True)

    def test_a_link_to_a_name_that_no_file_can_have_is_saved(self) -> None:
        self.add_state_and_program()
        link = self.at(STATE) / "link"
        link.symlink_to("x" * 300)
        self.tool("hold")
        checksum, archive = self.save()
        self.use_new_server()
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertEqual(os.readlink(link), "x" * 300)

    def test_of_what_tar_reports_only_the_first_lines_are_shown(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.save()
        self.program("tar", "i=0; while [ $i -lt 100 ]; do echo problem $i >&2; i=$((i + 1)); done; exit 2")
        self.use_new_server()
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("problem"), 20)
        self.assertIn("tar ended with status 2", result.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
