import io
import json
import os
import tempfile
import time
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import environment

environment.use_library()

from root_tools import watch_backups  # noqa: E402

DAY = 24 * 3600


class WatchBackups(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="watch-backups-")))
        variables = {}
        for name in ("state", "configuration", "credentials"):
            (self.folder / name).mkdir()
            variables[f"{name.upper()}_DIRECTORY"] = str(self.folder / name)
        self.enterContext(mock.patch.dict(os.environ, variables))
        self.record = self.folder / "stored.json"
        self.enterContext(mock.patch("root_tools.paths.STORED_BACKUPS", self.record))
        settings = {"server": "prod", "ipAddress": "203.0.113.10"}
        (self.folder / "configuration/guard.json").write_text(json.dumps(settings))
        (self.folder / "credentials/trading-bot-webhook").write_text("https://ntfy.sh/secret-topic\n")
        self.sent: list[str] = []
        self.problem: str | None = None
        self.enterContext(mock.patch("root_tools.webhook.post", self.post))
        self.running = 100.0 * DAY
        self.enterContext(mock.patch("time.clock_gettime", lambda _: self.running))

    def post(self, _: str, text: str) -> str | None:
        self.sent.append(text)
        return self.problem

    def stored(self, days_ago: float, problem: str | None = None) -> None:
        now = time.time()
        failed = {"failedAt": now, "problem": problem} if problem else {"problem": None}
        self.record.write_text(json.dumps({"storedAt": now - days_ago * DAY, **failed}))

    def watch(self) -> int:
        with redirect_stdout(io.StringIO()):
            return watch_backups.main([])

    def test_a_backup_of_the_last_two_days_is_not_reported_even_if_the_last_one_failed(self) -> None:
        for days in (0, 1.9, -3):
            self.stored(days, "the storage is full")
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])

    def test_no_backup_for_two_days_is_reported_once_with_the_reason_and_once_when_it_is_over(self) -> None:
        self.stored(3, "the storage is full")
        self.watch()
        self.watch()
        self.assertEqual(self.sent, [
            "prod (203.0.113.10): no backup of the bot's state was stored for 3 days. The bot keeps running. "
            "Reason: the storage is full. To store one now: npm run backup"
        ])
        self.stored(0)
        self.watch()
        self.watch()
        self.assertEqual(self.sent[1:], [
            "prod (203.0.113.10): a backup is stored again. There was none for 3 days."
        ])

    def test_a_server_that_has_never_stored_one_counts_from_the_first_look(self) -> None:
        self.watch()
        self.assertEqual(self.sent, [])
        (self.folder / "state/backups.json").write_text(json.dumps({"watchedSince": time.time() - 5 * DAY}))
        self.watch()
        self.watch()
        self.assertEqual(len(self.sent), 1)
        self.assertIn("Reason: none was tried.", self.sent[0])

    def test_a_server_that_was_off_has_half_a_day_for_its_backup_unless_that_fails(self) -> None:
        self.stored(40)
        self.running = 0.4 * DAY
        self.watch()
        self.assertEqual(self.sent, [])
        self.stored(40, "the storage is full")
        self.watch()
        self.assertEqual(len(self.sent), 1)

    def test_a_message_that_is_not_accepted_is_sent_again(self) -> None:
        self.problem = "HTTP 500"
        self.stored(4)
        self.assertEqual([self.watch(), self.watch()], [1, 1])
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.problem = "HTTP 500"
        self.stored(0)
        self.assertEqual(self.watch(), 1)
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.assertEqual(len(self.sent), 5)

    def test_broken_files_are_empty_ones(self) -> None:
        for content in ("", "[]", '{"storedAt": "now", "problem": 5}', "{"):
            self.record.write_text(content)
            (self.folder / "state/backups.json").write_text(content)
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])


if __name__ == "__main__":
    unittest.main()
