"""What server-status says, which `npm run status` shows: the truth, and null for what it can't find out."""

import json
import os
import time
import unittest
from typing import Any
from unittest import mock

from test_bot import BotTest, create

from root_tools import files, passes, paths, server_status
from root_tools.commands import Result
from systemd import FINGERPRINT, RUNNING


class ServerStatus(BotTest):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch.object(server_status, "run", lambda *_, **__: Result(0, b"12345\t/state", b"")))
        (paths.PROCESSES).mkdir(parents=True, exist_ok=True)
        (paths.PROCESSES / "meminfo").write_text("MemTotal: 2000 kB\nMemFree: 1 kB\nMemAvailable: 500 kB\n")
        create(paths.KEY_PAIR)
        passes.record(FINGERPRINT)

    def status(self) -> dict[str, Any]:
        with mock.patch.object(server_status, "say") as say:
            server_status.show()
        result: dict[str, Any] = json.loads(say.call_args.args[0])
        return result

    def test_a_running_bot_and_its_machine(self) -> None:
        self.systemd.state.update(RUNNING, ActiveEnterTimestampMonotonic=str(int((time.monotonic() - 60) * 1e6)))
        found = self.status()
        self.assertEqual(found["bot"]["state"], "active")
        self.assertAlmostEqual(found["bot"]["runsSince"], time.time() - 60, delta=30)
        self.assertIsNone(found["bot"]["reason"])
        self.assertEqual(found["key"]["fingerprint"], FINGERPRINT)
        self.assertEqual(found["memory"], {"bytes": 2000 * 1024, "free": 500 * 1024})
        self.assertEqual(found["state"]["bytes"], 12345)
        self.assertGreater(found["disk"]["bytes"], found["disk"]["free"])
        self.assertEqual(found["disk"]["readOnly"], [])

    def test_a_disk_that_linux_has_made_read_only(self) -> None:
        with mock.patch.object(server_status, "is_read_only", return_value=True):
            self.assertEqual(self.status()["disk"]["readOnly"], ["disk"])
            create(paths.VOLUME_RECORD)
            self.assertEqual(self.status()["disk"]["readOnly"], ["disk", "volume"])

    def test_a_stopped_and_a_held_bot(self) -> None:
        create(paths.STOPPED)
        create(paths.HELD)
        found = self.status()["bot"]
        self.assertEqual((found["isStopped"], found["isHeld"], found["runsSince"]), (True, True, None))
        self.assertIn("stopped by hand", found["reason"])

    def test_what_the_guard_knows(self) -> None:
        paths.GUARD_MEMORY.parent.mkdir(parents=True, exist_ok=True)
        memory = {"verdictAt": 1_700_000_000_000, "lastCheck": {"at": 1_700_000_300_000, "reason": "no answer"}}
        paths.GUARD_MEMORY.write_text(json.dumps(memory))
        files.write(paths.GUARD_SETTINGS, json.dumps({"blindMinutes": 45}))
        found = self.status()["guard"]
        self.assertEqual((found["knewAt"], found["checkedAt"]), (1_700_000_000, 1_700_000_300))
        self.assertEqual((found["reason"], found["blindMinutes"]), ("no answer", 45))
        self.assertAlmostEqual(found["passedAt"], paths.PASSED.stat().st_mtime)

    def test_when_a_backup_was_stored_last_and_why_the_last_one_failed(self) -> None:
        self.assertEqual(self.status()["backup"], {"setAt": None, "lastBackupAt": None, "problem": None})
        create(paths.STORAGE, paths.STORED_BACKUPS)
        paths.STORED_BACKUPS.write_text(json.dumps({"storedAt": 1_700_000_000.5, "problem": "no space left"}))
        found = self.status()["backup"]
        self.assertEqual((found["lastBackupAt"], found["problem"]), (1_700_000_000.5, "no space left"))
        self.assertAlmostEqual(found["setAt"], paths.STORAGE.stat().st_mtime)
        paths.STORED_BACKUPS.write_text('{"storedAt": "soon", "problem": 1}')
        self.assertEqual((self.status()["backup"]["lastBackupAt"], self.status()["backup"]["problem"]), (None, None))

    def test_a_pass_that_is_revoked_or_of_another_pair_does_not_count(self) -> None:
        passes.revoke()
        self.assertIsNone(self.status()["guard"]["passedAt"])
        passes.record("f" * 12)
        self.assertIsNone(self.status()["guard"]["passedAt"])

    def test_each_part_that_is_broken_is_null_and_the_others_stay(self) -> None:
        (paths.PROCESSES / "meminfo").write_text("nonsense\n")
        paths.GUARD_MEMORY.parent.mkdir(parents=True, exist_ok=True)
        paths.GUARD_MEMORY.write_text('{"verdictAt": "soon", "lastCheck": [1]}')
        with mock.patch.object(os, "statvfs", side_effect=OSError):
            found = self.status()
        self.assertEqual((found["memory"], found["disk"]), (None, None))
        self.assertEqual((found["guard"]["knewAt"], found["guard"]["checkedAt"]), (None, None))
        self.assertEqual(found["bot"]["state"], "inactive")

    def test_it_shows_nothing_of_the_key(self) -> None:
        text = json.dumps(self.status())
        self.assertNotIn("apiKey", text)
        self.assertNotIn("apiSecret", text)


if __name__ == "__main__":
    unittest.main()
