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

from root_tools import watch_updates  # noqa: E402

DAY = 24 * 3600


class WatchUpdates(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="watch-updates-")))
        variables = {}
        for name in ("state", "configuration", "credentials", "apt"):
            (self.folder / name).mkdir()
            variables[f"{name.upper()}_DIRECTORY"] = str(self.folder / name)
        self.enterContext(mock.patch.dict(os.environ, variables))
        self.stamps = {job: self.folder / "apt" / job for job in ("apt-daily", "apt-daily-upgrade")}
        self.enterContext(mock.patch("root_tools.paths.UPDATE_STAMPS", self.stamps))
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

    def succeeded(self, **days_ago: float) -> None:
        for job, days in days_ago.items():
            stamp = self.stamps[job.replace("_", "-")]
            stamp.touch()
            at = time.time() - days * DAY
            os.utime(stamp, (at, at))

    def watch(self) -> int:
        with redirect_stdout(io.StringIO()):
            return watch_updates.main([])

    def test_updates_of_the_last_days_are_not_reported(self) -> None:
        for days in (0, 2.9, -5):
            self.succeeded(apt_daily=days, apt_daily_upgrade=days)
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])

    def test_a_job_that_has_not_succeeded_for_days_is_reported_once_and_once_when_it_is_over(self) -> None:
        for late, other in (("apt_daily", "apt_daily_upgrade"), ("apt_daily_upgrade", "apt_daily")):
            self.sent.clear()
            self.succeeded(**{late: 4, other: 0})
            self.watch()
            self.watch()
            job = late.replace("_", "-")
            self.assertEqual(len(self.sent), 1)
            self.assertRegex(
                self.sent[0],
                rf"^prod \(203\.0\.113\.10\): no security updates were installed, because {job} has not succeeded for 4 days\.",
            )
            self.succeeded(**{late: 0, other: 0})
            self.watch()
            self.watch()
            self.assertEqual(self.sent[1:], [
                "prod (203.0.113.10): security updates are installed again. They were not for 4 days."
            ])

    def test_jobs_that_have_never_succeeded_count_from_the_first_look(self) -> None:
        self.watch()
        self.assertEqual(self.sent, [])
        (self.folder / "state/updates.json").write_text(json.dumps({"watchedSince": time.time() - 5 * DAY}))
        self.watch()
        self.watch()
        self.assertEqual(len(self.sent), 1)
        self.assertIn("apt-daily has not succeeded for 5 days and apt-daily-upgrade has not", self.sent[0])

    def test_a_server_that_was_off_has_a_day_for_its_updates(self) -> None:
        self.succeeded(apt_daily=40, apt_daily_upgrade=40)
        self.running = 0.9 * DAY
        self.watch()
        self.assertEqual(self.sent, [])
        self.running = 1.1 * DAY
        self.watch()
        self.assertEqual(len(self.sent), 1)
        # And a reboot doesn't report it again, or as over.
        self.running = 60
        self.watch()
        self.assertEqual(len(self.sent), 1)

    def test_a_message_that_is_not_accepted_is_sent_again(self) -> None:
        self.problem = "HTTP 500"
        self.succeeded(apt_daily=4, apt_daily_upgrade=0)
        self.assertEqual([self.watch(), self.watch()], [1, 1])
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.problem = "HTTP 500"
        self.succeeded(apt_daily=0)
        self.assertEqual(self.watch(), 1)
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.assertEqual(len(self.sent), 5)

    def test_broken_files_are_empty_ones(self) -> None:
        self.succeeded(apt_daily=0, apt_daily_upgrade=0)
        for content in ("", "[]", '{"watchedSince": "now", "reported": 5}', "{"):
            (self.folder / "state/updates.json").write_text(content)
            (self.folder / "configuration/guard.json").write_text(content)
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])


if __name__ == "__main__":
    unittest.main()
