"""stored-backup. test_restic.py has what the unit does that reaches the storage."""

import json
import os
import shutil
import sys
import tarfile
import time
import unittest
from pathlib import Path

from archives import MARKS, MOVING, STAGING, STATE, ArchiveTest
from environment import Result
from test_bot_backup import COPIES, COPY_UNIT, PAIR

TOOL = "/usr/local/sbin/stored-backup"
STAND_IN = Path(__file__).with_name("storage.py")
SETTINGS = "/etc/trading-bot-backup/storage.json"
RECORD = "/var/lib/trading-bot-backup/stored.json"
DAY = 24 * 3600
FIRST_ID = "0" * 64


class StoredBackup(ArchiveTest):
    def use_new_server(self, state: str = "active") -> None:
        super().use_new_server(state)
        self.write("/etc/credstore.encrypted/binance", PAIR)
        self.write(SETTINGS, "{}", 0o600)
        units = f"""
case "$2" in
trading-bot-backup@*)
  instance=${{2#*@}} && exec {sys.executable} -IB {STAND_IN} {self.root} "${{instance%.service}}" ;;
esac
"""
        self.program("systemctl", COPY_UNIT.format(copies=self.at(COPIES), state=self.at(STATE)) + units)
        # What a stand-in writes isn't the tool's.
        self.written_by_stand_ins = ["/storage", "/run/trading-bot-backup"]

    def tool(self, *args: str) -> Result:
        return self.run_tool(TOOL, *args)

    def make(self) -> None:
        result = self.tool("make")
        self.assertEqual((result.returncode, json.loads(result.stdout)["snapshot"][:60]), (0, "0" * 60), result.stderr)

    def record(self) -> dict[str, object]:
        return json.loads(self.at(RECORD).read_text())

    def stored(self) -> list[str]:
        return sorted(os.listdir(self.at("/storage"))) if self.at("/storage").exists() else []

    def test_a_stored_backup_is_restored_into_a_new_server(self) -> None:
        self.add_state_and_program()
        invocation = self.bot.get("invocation")
        self.make()
        self.assertEqual((self.bot.get("state"), self.bot.get("invocation")), ("active", invocation))
        self.assertEqual(os.listdir(self.at(COPIES)), [])
        self.use_new_server(state="inactive")
        result = self.tool("restore", FIRST_ID)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"Restored what was saved at 20\S+\.\nThe bot is running\.\n$")
        self.assert_in_place()

    def test_what_is_stored_is_listed(self) -> None:
        self.add_state_and_program()
        self.make()
        self.make()
        self.assertEqual([found["id"] for found in json.loads(self.tool("list").stdout)], self.stored())
        self.assertEqual(len(self.stored()), 2)

    def test_it_is_checked_each_time_and_once_a_week_a_part_of_the_data_is_read(self) -> None:
        self.add_state_and_program()
        self.make()
        self.make()
        for part in range(2, 12):
            record = self.record()
            record["dataCheckedAt"] = time.time() - 8 * DAY
            self.write(RECORD, json.dumps({**record, "dataPart": part - 1}))
            if part in (2, 11):
                self.make()
        checks = self.at("/storage-checks").read_text().split()
        self.assertEqual(checks, ["data-1", "check", "data-2", "data-1"])

    def test_why_none_was_stored_is_reported_and_written_down_and_the_next_one_clears_it(self) -> None:
        self.add_state_and_program()
        self.make()
        stored_at = self.record()["storedAt"]
        self.write("/storage-fails", "the storage is full")
        result = self.tool("make")
        self.assertEqual(result.returncode, 1)
        self.assertIn("stored-backup: no backup was stored: the storage is full", result.stderr)
        self.assertEqual((self.record()["problem"], self.record()["storedAt"]), ("the storage is full", stored_at))
        self.at("/storage-fails").unlink()
        self.make()
        self.assertIsNone(self.record()["problem"])

    def test_an_archive_that_fails_in_the_middle_is_not_stored(self) -> None:
        self.add_state_and_program()
        self.program("tar", "head -c 3000000 /dev/zero; exit 2")
        result = self.tool("make")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the archive is incomplete", str(self.record()["problem"]))
        self.assertEqual(self.stored(), [])

    def test_nothing_is_changed_by_a_restore_that_fails(self) -> None:
        self.add_state_and_program()
        self.make()
        self.write("/storage-fails", "the storage can't be reached")
        invocation = self.bot.get("invocation")
        for args in (("restore", FIRST_ID), ("restore", "latest"), ("restore", "../../x"), ("list",)):
            self.assertEqual(self.tool(*args).returncode, 1)
        self.at("/storage-fails").unlink()
        self.write(f"/storage/{FIRST_ID}", "no archive")
        self.assertEqual(self.tool("restore", FIRST_ID).returncode, 1)
        self.assertEqual(self.bot.get("invocation"), invocation)
        self.assert_in_place()
        self.assertFalse(self.at(STAGING).exists() or self.at(MOVING).exists())

    def test_without_the_setting_it_says_what_to_do(self) -> None:
        self.at(SETTINGS).unlink()
        for args in (("make",), ("list",), ("restore", "latest"), ("status",)):
            self.assertIn("no storage for backups is set", self.tool(*args).stderr)
        self.assertFalse(self.at(RECORD).exists())

    def test_after_a_run_that_was_killed_the_next_one_stores_a_complete_backup(self) -> None:
        self.add_state_and_program()
        for _ in self.kill_everywhere(TOOL, "make", least=40):
            self.assert_in_place()
            before = len(self.stored())
            self.make()
            self.assertEqual(len(self.stored()), before + 1)
            self.assertEqual(os.listdir(self.at(COPIES)), [])
        # Whatever was stored meanwhile is complete.
        contents = {self.state_in(name) for name in self.stored()}
        self.assertEqual(contents, {b"one open order"})
        self.use_new_server(state="inactive")
        self.assertEqual(self.tool("restore", self.stored()[0]).returncode, 0)
        self.assert_in_place()

    def state_in(self, name: str) -> bytes:
        with tarfile.open(self.at(f"/storage/{name}")) as archive:
            orders = archive.extractfile(f"{STATE}/orders".lstrip("/"))
            return orders.read() if orders else b""

    def test_a_restore_that_is_killed_at_any_step_is_done_again_and_loses_no_state(self) -> None:
        self.add_state_and_program()
        self.make()
        self.write(f"{STATE}/orders", "written since", 0o600)
        for _ in self.kill_everywhere(TOOL, "restore", FIRST_ID, least=40):
            self.assertEqual(self.tool("restore", FIRST_ID).returncode, 0)
            self.assert_in_place()
            replaced = [self.at(f"{COPIES}/{name}/state/orders").read_text() for name in os.listdir(self.at(COPIES))]
            self.assertIn("written since", replaced)
            shutil.rmtree(self.at(COPIES))
            self.write(f"{STATE}/orders", "written since", 0o600)
        self.assertFalse(self.at(f"{MARKS}/swapping").exists())

    def test_what_a_killed_run_has_left_ends_before_the_next_one_uses_the_storage(self) -> None:
        self.add_state_and_program()
        self.make()
        calls = [call for call in self.calls() if "trading-bot-backup@" in call]
        ended = "systemctl stop trading-bot-backup@*.service"
        starts = ["systemctl start trading-bot-backup@store.service", "systemctl start trading-bot-backup@data-1.service"]
        self.assertEqual(calls, [ended, starts[0], ended, starts[1]])


if __name__ == "__main__":
    sys.exit(unittest.main())
