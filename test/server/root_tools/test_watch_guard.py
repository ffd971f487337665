import errno
import io
import json
import os
import tempfile
import time
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import environment

environment.use_library()
os.environ["TRADING_BOT_ROOT"] = tempfile.mkdtemp(prefix="watch-guard-")

from root_tools import watch_guard  # noqa: E402

TOOL = "/usr/local/lib/trading-bot-server/watch-guard"
MINUTE = 60_000


class WatchGuard(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="watch-guard-")))
        variables = {}
        for name in ("state", "configuration", "credentials", "runtime"):
            (self.folder / name).mkdir()
            variables[f"{name.upper()}_DIRECTORY"] = str(self.folder / name)
        self.enterContext(mock.patch.dict(os.environ, variables))
        self.write("configuration/guard.json", {"server": "prod", "ipAddress": "203.0.113.10", "blindMinutes": 30})
        (self.folder / "credentials/trading-bot-webhook").write_text("https://ntfy.sh/secret-topic\n")
        self.sent: list[str] = []
        self.problem: str | None = None
        self.enterContext(mock.patch("root_tools.webhook.post", self.post))
        self.running = 1e6
        self.enterContext(mock.patch("time.clock_gettime", lambda _: self.running))

    def post(self, address: str, text: str) -> str | None:
        self.assertEqual(address, "https://ntfy.sh/secret-topic")
        self.sent.append(text)
        return self.problem

    def write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def remember(self, verdict: float | None, check: float = 0, reason: str = "HTTP 503.") -> None:
        """The guard's memory. The times are minutes ago."""
        now = time.time() * 1000
        content: dict[str, object] = {"lastCheck": {"at": now - check * MINUTE, "reason": reason}}
        if verdict is not None:
            content["verdictAt"] = now - verdict * MINUTE
        self.write("state/memory.json", content)

    def watch(self) -> int:
        self.output = io.StringIO()
        with redirect_stdout(self.output):
            return watch_guard.main([])

    def test_the_message_names_paper_mode(self) -> None:
        self.remember(verdict=31)
        self.write("configuration/bot.json", {"mode": "paper"})
        self.watch()
        self.assertTrue(self.sent[0].startswith("prod (203.0.113.10, bot in paper mode): the guard has not been able"))

    def test_a_guard_that_knows_is_not_reported(self) -> None:
        for minutes in (0, 29):
            self.remember(minutes)
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])

    def test_a_blind_guard_is_reported_once_with_the_reason_and_once_when_it_is_over(self) -> None:
        self.remember(31)
        self.watch()
        self.watch()
        self.assertEqual(len(self.sent), 1)
        self.assertRegex(
            self.sent[0],
            r"^prod \(203\.0\.113\.10\): the guard has not been able to check the Binance key for 31 minutes\. "
            r"Reason: HTTP 503\. ",
        )
        self.remember(0)
        self.watch()
        self.watch()
        self.assertEqual(len(self.sent), 2)
        self.assertIn("the guard can check the Binance key again. It could not for 31 minutes.", self.sent[1])

    def test_a_guard_that_does_not_run_is_reported_as_that(self) -> None:
        self.remember(40, check=20)
        self.watch()
        self.assertIn("The guard itself doesn't run", self.sent[0])

    def test_a_guard_that_has_never_known_anything_counts_from_the_first_look(self) -> None:
        self.watch()
        self.assertEqual(self.sent, [])
        self.write("state/watch.json", {"watchedSince": time.time() - 31 * 60})
        self.watch()
        self.assertEqual(len(self.sent), 1)

    def test_the_time_in_which_the_server_was_off_does_not_count(self) -> None:
        self.running = 29 * 60
        self.remember(600)
        self.watch()
        self.assertEqual(self.sent, [])

    def test_a_message_that_is_not_accepted_is_sent_again(self) -> None:
        self.problem = "the webhook at ntfy.sh did not accept the message: HTTP 500"
        self.remember(31)
        self.assertEqual([self.watch(), self.watch()], [1, 1])
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.assertEqual(len(self.sent), 3)
        self.problem = "no"
        self.remember(0)
        self.assertEqual(self.watch(), 1)
        self.problem = None
        self.assertEqual([self.watch(), self.watch()], [0, 0])
        self.assertEqual(len(self.sent), 5)

    def test_without_a_webhook_the_journal_has_it_once(self) -> None:
        (self.folder / "credentials/trading-bot-webhook").write_text("\n")
        self.remember(31)
        self.assertEqual(self.watch(), 0)
        self.assertRegex(self.output.getvalue(), r"^<4>prod .*\n$")
        self.watch()
        self.assertEqual((self.output.getvalue(), self.sent), ("", []))

    def test_broken_files_are_empty_ones(self) -> None:
        for content in ("", "[]", '{"verdictAt": "now", "lastCheck": 5}', "{"):
            for name in ("state/memory.json", "state/watch.json", "configuration/guard.json"):
                (self.folder / name).write_text(content)
            self.assertEqual(self.watch(), 0)
        self.assertEqual(self.sent, [])

    def test_a_folder_that_can_not_take_a_new_file_still_keeps_what_was_reported(self) -> None:
        self.write("state/watch.json", {})
        # A folder in the place of the staged file.
        (self.folder / "state/.watch.json").mkdir()
        self.remember(31)
        self.watch()
        self.watch()
        self.assertEqual(len(self.sent), 1)

    def test_a_disk_that_is_read_only_is_reported_once_and_so_is_a_blind_guard(self) -> None:
        self.write("state/watch.json", {"watchedSince": 1.0})
        self.remember(31)
        # Nothing can be written there.
        self.enterContext(mock.patch("root_tools.files.write", side_effect=OSError(errno.EROFS, "Read-only file system")))
        (self.folder / "state/watch.json").unlink()
        (self.folder / "state/watch.json").mkdir()
        self.enterContext(mock.patch("root_tools.watch_guard.is_read_only", return_value=True))
        with redirect_stderr(io.StringIO()):
            for _ in range(3):
                self.assertEqual(self.watch(), 0)
        self.assertEqual(len(self.sent), 2)
        self.assertIn("prod (203.0.113.10): the server's disk is read-only", self.sent[1])

    def test_what_the_guard_remembers_in_memory_counts_while_the_disk_takes_nothing(self) -> None:
        self.remember(31)
        self.write("runtime/memory.json", {"verdictAt": time.time() * 1000})
        self.watch()
        self.assertEqual(self.sent, [])


class Interrupted(environment.ServerTest):
    def test_killed_at_any_moment_its_memory_is_the_old_one_or_the_new_one(self) -> None:
        folders = {name: self.at(f"/{name}") for name in ("state", "configuration", "credentials")}
        variables = {f"{name.upper()}_DIRECTORY": str(folder) for name, folder in folders.items()}
        known, blind = '{"watchedSince": 1.0}', '{"watchedSince": 1.0, "blindSince": 1.0, "reported": true}'

        def prepare() -> None:
            self.write("/configuration/guard.json", '{"blindMinutes": 1}')
            self.write("/state/watch.json", known)
            self.write("/state/memory.json", '{"verdictAt": 1000}')

        prepare()
        for step in self.kill_everywhere(TOOL, variables=variables, least=1):
            with self.subTest(step=step):
                self.assertIn((folders["state"] / "watch.json").read_text(), (known, blind))
                self.assertEqual(self.run_tool(TOOL, variables=variables).returncode, 0)
                self.assertEqual((folders["state"] / "watch.json").read_text(), blind)
            prepare()


if __name__ == "__main__":
    unittest.main()
