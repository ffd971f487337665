import base64
import hashlib
import os
import shutil
import subprocess
import sys
import unittest

from archives import EMPTY, FIRST, MARKS, MOVING, PROGRAMS, SECOND, STAGING, STATE, STOPPED, ArchiveTest
from environment import Result

TOOL = "/usr/local/sbin/bot-backup"
COPIES = f"{MARKS}/copies"
# Where version 0.6.0 has kept replaced states.
EARLIER = f"{MARKS}/replaced-state"


# Encrypted by the stand-in for systemd-creds. The guard checks it before each start.
PAIR = f"sealed as binance\n{base64.encodebytes(b'{}').decode()}"


# As systemd runs the unit that copies the state.
COPY_UNIT = """
case "$2" in
trading-bot-copy@copy*)
  cd {copies}/.making && cp --archive {state}/. state && echo '{{"entries": 1, "databases": 0, "notes": []}}' >result/result.json ;;
esac
"""


class BotBackup(ArchiveTest):
    def use_new_server(self, state: str = "active") -> None:
        super().use_new_server(state)
        self.write("/etc/credstore.encrypted/binance", PAIR)
        self.program("systemctl", COPY_UNIT.format(copies=self.at(COPIES), state=self.at(STATE)))

    def tool(self, *args: str, archive: bytes = b"") -> tuple[Result, bytes]:
        return self.run_with_archive(TOOL, args, archive)

    def make(self) -> tuple[str, bytes]:
        """Returns the checksum and the archive."""
        result, archive = self.tool("make")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.checksums()[0], archive

    def checksums(self) -> list[str]:
        return self.tool("checksum")[0].stdout.split()

    def restore(self, checksum: str, archive: bytes) -> Result:
        return self.tool("restore", checksum, archive=archive)[0]

    def kept(self) -> list[str]:
        """What is in the states that were replaced, the oldest first."""
        folder = self.at(COPIES)
        names = sorted(name for name in os.listdir(folder) if name.startswith("replaced-")) if folder.exists() else []
        # One that was interrupted isn't complete.
        return [(folder / name / "state/orders").read_text() for name in names if (folder / name / "state").exists()]

    def orders(self) -> str:
        return self.at(f"{STATE}/orders").read_text()

    def test_a_state_that_a_replacement_has_saved_is_restored_with_its_copies_if_there_is_room(self) -> None:
        self.add_state_and_program()
        self.add_copy(FIRST, FIRST)
        self.run_tool("/usr/local/sbin/bot-state", "hold")
        _, archive = self.run_with_archive("/usr/local/sbin/bot-state", ["save"])
        for free, expected in ((1 << 40, [FIRST]), (1 << 30, [])):
            self.use_new_server(state="inactive")
            self.free = free
            self.assertEqual(self.restore(hashlib.sha256(archive).hexdigest(), archive).returncode, 0)
            self.assert_in_place()
            self.assertEqual(self.copies(), expected)

    # make

    def test_a_backup_holds_state_and_program_and_the_bot_runs_meanwhile(self) -> None:
        self.add_state_and_program()
        invocation = self.bot.get("invocation")
        checksum, archive = self.make()
        self.assertEqual(checksum, hashlib.sha256(archive).hexdigest())
        self.assertEqual((self.bot.get("state"), self.bot.get("invocation")), ("active", invocation))
        self.assertEqual(os.listdir(self.at(COPIES)), [])
        self.use_new_server(state="inactive")
        result = self.restore(checksum, archive)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^Restored what was saved at 20\S+\.\nThe bot is running\.\n$")
        self.assert_in_place()
        self.assertEqual(self.bot.get("state"), "active")

    def test_a_bot_that_was_off_stays_off(self) -> None:
        self.add_state_and_program()
        self.bot.set("state", "inactive")
        self.make()
        self.assertEqual(self.bot.get("state"), "inactive")

    def test_a_bot_that_could_not_be_started_again_is_not_stopped(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        # The guard doesn't know what the pair may do, and no check of it has passed.
        self.bot.unknown_pairs = [PAIR]
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 1)
        self.assertIn("it could not be started again", result.stderr)
        self.assertEqual(self.bot.get("state"), "active")
        # A backup doesn't stop it.
        self.make()

    def test_no_backup_is_made_while_the_state_is_moved_or_restored(self) -> None:
        for content, hint in (("", "npm run replace"), ("restore", "npm run restore")):
            self.write(MOVING, content)
            result, archive = self.tool("make")
            self.assertEqual((result.returncode, archive), (1, b""))
            self.assertIn(hint, result.stderr)

    def test_a_backup_that_is_made_before_the_first_ones_checksum_was_asked_for_does_not_spoil_it(self) -> None:
        self.add_state_and_program()
        made = [self.make() for _ in range(2)]
        self.assertEqual(self.checksums(), [hashlib.sha256(archive).hexdigest() for _, archive in reversed(made)])
        # Only some are kept.
        self.write("/run/trading-bot-server/backup-checksum", "\n".join(["0" * 64] * 50))
        self.assertEqual((self.make()[0], len(self.checksums())), (self.checksums()[0], 20))

    def test_a_backup_that_fails_after_another_one_adds_no_checksum(self) -> None:
        self.add_state_and_program()
        made = self.make()[0]
        self.program("tar", "exit 2")
        self.assertEqual(self.tool("make")[0].returncode, 1)
        self.assertEqual(self.checksums(), [made])

    def test_a_backup_that_fails_leaves_no_copy_and_no_checksum(self) -> None:
        self.add_state_and_program()
        self.program("tar", "exit 2")
        result, _ = self.tool("make")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(os.listdir(self.at(COPIES)), [])
        self.assertIn("no archive was written completely", self.tool("checksum")[0].stderr)

    def test_a_state_that_cannot_be_copied_is_reported_with_the_reason(self) -> None:
        self.add_state_and_program()
        self.program("systemctl", "case $2 in trading-bot-copy*) exit 1 ;; esac")
        result, archive = self.tool("make")
        self.assertEqual((result.returncode, archive), (1, b""))
        self.assertIn("bot-backup: the bot's state could not be copied: the reason is above", result.stderr)

    def test_after_a_backup_that_was_killed_the_next_one_is_complete(self) -> None:
        self.add_state_and_program()
        for _ in self.kill_everywhere(TOOL, "make"):
            self.assert_in_place()
            self.assertFalse(self.at(MOVING).exists())
            self.make()
            self.assertEqual(os.listdir(self.at(COPIES)), [])

    # restore

    def test_a_restore_keeps_the_replaced_state_aside(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(f"{STATE}/orders", "written since", 0o600)
        self.at(f"{PROGRAMS}/current").unlink()
        self.at(f"{PROGRAMS}/current").symlink_to(f"releases/{FIRST}")
        result = self.restore(checksum, archive)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("To restore it: npm run restore -- --undo", result.stdout)
        self.assert_in_place()
        self.assertEqual(self.kept(), ["written since"])
        self.assertEqual((self.bot.get("state"), self.bot.get("runs-program")), ("active", SECOND))
        self.assertEqual(self.at(COPIES).stat().st_mode & 0o777, 0o700)

    def test_the_bot_can_read_the_restored_program_and_no_other_one_and_a_roll_back_restores_the_replaced_one(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        # Another program was installed since. The bot can't see the one that is in the backup.
        third = "c" * 12
        self.write(f"{PROGRAMS}/releases/{third}/bot.py", third)
        for link in ("current", "proven", "previous"):
            self.at(f"{PROGRAMS}/{link}").unlink()
        for link, release in (("current", third), ("proven", third), ("previous", SECOND)):
            self.at(f"{PROGRAMS}/{link}").symlink_to(f"releases/{release}")
        for release, mode in ((FIRST, 0o700), (SECOND, 0o700), (third, 0o750)):
            self.at(f"{PROGRAMS}/releases/{release}").chmod(mode)
        self.at(f"{PROGRAMS}/packages/{FIRST}").chmod(0o700)
        # Also if it is done a second time, because the first one was interrupted.
        for _ in range(2):
            self.assertEqual(self.restore(checksum, archive).returncode, 0)
            modes = {
                release: self.at(f"{PROGRAMS}/releases/{release}").stat().st_mode & 0o777
                for release in (FIRST, SECOND, third)
            }
            self.assertEqual(modes, {FIRST: 0o700, SECOND: 0o750, third: 0o700})
            self.assertEqual(self.at(f"{PROGRAMS}/packages/{FIRST}").stat().st_mode & 0o777, 0o750)
            self.assertEqual(os.readlink(self.at(f"{PROGRAMS}/current")), f"releases/{SECOND}")
            self.assertEqual(os.readlink(self.at(f"{PROGRAMS}/previous")), f"releases/{third}")

    def test_a_stopped_bot_stays_stopped(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(STOPPED, "")
        self.bot.set("state", "inactive")
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 0)
        self.assertIn("it was stopped by hand", result.stdout)
        self.assertEqual(self.bot.get("state"), "inactive")

    def test_a_bot_that_runs_is_started_also_after_a_backup_of_a_stopped_one(self) -> None:
        self.add_state_and_program()
        self.write(STOPPED, "")
        checksum, archive = self.make_while_off()
        self.at(STOPPED).unlink()
        self.bot.set("state", "active")
        self.assertEqual(self.restore(checksum, archive).returncode, 0)
        self.assertEqual(self.bot.get("state"), "active")

    def test_on_a_new_server_a_bot_that_was_stopped_stays_so(self) -> None:
        self.add_state_and_program()
        self.write(STOPPED, "")
        checksum, archive = self.make_while_off()
        self.use_new_server(state="inactive")
        self.assertIn("it was stopped by hand", self.restore(checksum, archive).stdout)
        self.assertTrue(self.at(STOPPED).exists())

    def make_while_off(self) -> tuple[str, bytes]:
        self.bot.set("state", "inactive")
        return self.make()

    def test_a_broken_archive_does_not_stop_the_bot(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        invocation = self.bot.get("invocation")
        for wrong, wanted in ((archive[:-20], checksum), (b"", checksum), (b"nonsense", checksum), (archive, EMPTY)):
            self.assertEqual(self.restore(wanted, wrong).returncode, 1)
        self.assertEqual(self.restore("../../etc", archive).returncode, 1)
        self.assertEqual((self.bot.get("invocation"), self.kept()), (invocation, []))
        self.assertFalse(self.at(STAGING).exists())

    def test_nothing_is_restored_while_the_state_is_moved_to_another_server(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(MOVING, "")
        self.assertIn("npm run replace", self.restore(checksum, archive).stderr)
        self.assertIn("npm run replace", self.tool("undo")[0].stderr)

    def test_reports_a_bot_that_does_not_run_with_the_restored_state(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.bot.fails_always = True
        result = self.restore(checksum, archive)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the state is restored, but the bot doesn't run: it ended with exit-code", result.stderr)
        self.assertFalse(self.at(MOVING).exists())

    def test_a_restore_that_is_killed_at_any_step_is_done_again_and_loses_no_state(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(f"{STATE}/orders", "written since", 0o600)
        self.bot.set("state", "inactive")
        for _ in self.kill_everywhere(TOOL, "restore", checksum, stdin=archive, least=20):
            states = [self.orders()] if self.at(f"{STATE}/orders").exists() else []
            self.assertIn("written since", [*states, *self.kept()])
            if not states:
                self.assertTrue(self.at(MOVING).exists())
                for tool, command in ((TOOL, "make"), ("/usr/local/sbin/bot-state", "hold")):
                    refusal = self.run_with_archive(tool, [command])[0]
                    self.assertIn("npm run restore", refusal.stderr)
            result = self.restore(checksum, archive)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assert_in_place()
            self.assertFalse(self.at(MOVING).exists() or self.at(STAGING).exists())
            self.assertIn("written since", self.kept())
            self.remove_kept()
            self.write(f"{STATE}/orders", "written since", 0o600)
            self.bot.set("state", "inactive")

    def remove_kept(self) -> None:
        shutil.rmtree(self.at(COPIES))

    # adopt

    def folder_archive(self) -> tuple[str, bytes]:
        folder = self.root / "laptop"
        folder.mkdir(exist_ok=True)
        (folder / "orders").write_text("open trades")
        archive = subprocess.run(["tar", "-cz", "-C", folder, "."], capture_output=True, check=True).stdout
        return hashlib.sha256(archive).hexdigest(), archive

    def test_a_folder_becomes_the_state_and_the_program_stays(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.folder_archive()
        result = self.tool("adopt", checksum, archive=archive)[0]
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual((self.orders(), self.kept()), ("open trades", ["one open order"]))
        self.assertEqual(self.at(STATE).stat().st_mode & 0o7777, 0o700)
        self.assertEqual((self.bot.get("state"), self.bot.get("runs-program")), ("active", SECOND))

    def test_a_folder_that_arrives_changed_replaces_nothing(self) -> None:
        self.add_state_and_program()
        _, archive = self.folder_archive()
        self.assertEqual(self.tool("adopt", EMPTY, archive=archive)[0].returncode, 1)
        self.assertEqual((self.orders(), self.kept(), self.bot.get("state")), ("one open order", [], "active"))

    # undo

    def test_undo_restores_the_replaced_state_and_can_be_undone(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(f"{STATE}/orders", "written since", 0o600)
        self.restore(checksum, archive)
        for expected in ("written since", "one open order"):
            result = self.tool("undo")[0]
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertRegex(result.stdout, r"Restored the state that was replaced at 20\S+ \(UTC\)\.\nThe bot is running\.")
            self.assertEqual(self.orders(), expected)

    def test_undo_without_a_replaced_state_changes_nothing(self) -> None:
        self.add_state_and_program()
        self.assertIn("no state that was replaced is kept", self.tool("undo")[0].stderr)
        self.assertEqual(self.bot.get("state"), "active")

    def test_an_undo_that_is_killed_at_any_step_is_done_again(self) -> None:
        self.add_state_and_program()
        checksum, archive = self.make()
        self.write(f"{STATE}/orders", "written since", 0o600)
        self.restore(checksum, archive)
        for _ in self.kill_everywhere(TOOL, "undo"):
            unfinished = self.at(MOVING).exists() or not self.at(f"{STATE}/orders").exists()
            if unfinished or self.orders() == "one open order":
                self.assertEqual(self.tool("undo")[0].returncode, 0)
            self.assertEqual(self.orders(), "written since")
            self.remove_kept()
            self.write(f"{STATE}/orders", "written since", 0o600)
            self.restore(checksum, archive)

    def test_a_state_that_version_0_6_0_has_replaced_is_restored_by_undo(self) -> None:
        self.add_state_and_program()
        self.write(f"{EARLIER}/20261120T101112.131415/orders", "old")
        self.write(f"{EARLIER}/20261121T101112.131415/orders", "older than that")
        result = self.tool("undo")[0]
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("Restored the state that was replaced at 2026-11-21T10:11:12 (UTC).", result.stdout)
        self.assertEqual((self.orders(), self.kept()), ("older than that", ["old", "one open order"]))
        self.assertFalse(self.at(EARLIER).exists())


if __name__ == "__main__":
    sys.exit(unittest.main())
