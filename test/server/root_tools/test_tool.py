import io
import os
import signal
import subprocess
import sys
import unittest
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

import environment

environment.use_library()

from root_tools import commands, journal, paths, tool

# Survives that nobody reads its output any more.
TALKER = """
import sys
sys.path.insert(0, sys.argv[1])
from root_tools import tool
tool.say("first")
sys.stdin.read()
tool.say("second")
sys.exit(3)
"""


class Tool(unittest.TestCase):
    def setUp(self) -> None:
        for name in ("say", "report"):
            patch = mock.patch.object(tool, name)
            setattr(self, name, patch.start())
            self.addCleanup(patch.stop)

    def run_command(self, command: Callable[..., None], *args: str) -> int:
        return tool.run_tool("tool", "\nUsage: tool\n", {"do": command}, ["do", *args])

    def test_reports_a_failure_with_the_name_of_the_tool(self) -> None:
        def fail() -> None:
            raise tool.Failure("there is nothing to do")

        self.assertEqual(self.run_command(fail), 1)
        self.report.assert_called_once_with("tool: there is nothing to do")

    def test_reports_a_file_that_can_not_be_written(self) -> None:
        def fill_disk() -> None:
            raise OSError(28, "No space left on device", "/var/lib/file")

        self.assertEqual(self.run_command(fill_disk), 1)
        self.report.assert_called_once_with("tool: /var/lib/file: No space left on device")

    def test_accepts_only_the_arguments_that_a_command_takes(self) -> None:
        called = []

        def one_or_two(first: str, second: str = "") -> None:
            called.append((first, second))

        self.assertEqual([self.run_command(one_or_two, *args) for args in ("", "a", "ab", "abc")], [2, 0, 0, 2])
        self.assertEqual(called, [("a", ""), ("a", "b")])
        self.report.assert_called_with("Usage: tool")

    def test_gives_files_the_mode_that_the_tool_means(self) -> None:
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        masks = []
        self.run_command(lambda: masks.append(os.umask(0o022)))
        self.assertEqual(masks, [0o022])

    def test_refuses_a_caller_who_is_not_root(self) -> None:
        with mock.patch("os.geteuid", return_value=1000):
            with self.assertRaisesRegex(tool.Failure, "only root may do that: put sudo before it"):
                tool.require_root()
        with mock.patch("os.geteuid", return_value=0):
            tool.require_root()

    def test_names_the_person_who_used_sudo(self) -> None:
        with mock.patch.dict("os.environ", {"SUDO_USER": "admin"}):
            self.assertEqual(tool.caller(), "admin")
        with mock.patch.dict("os.environ", clear=True):
            self.assertEqual(tool.caller(), "root")


class Output(unittest.TestCase):
    def test_has_no_character_that_a_terminal_would_obey(self) -> None:
        quoted = "the bot printed \x1b[2J\x9b\x07 and \u202egood\u2028\n\tnext é"
        self.assertEqual(tool.printable(quoted), "the bot printed ?[2J?? and ?good?\n\tnext é")
        everything = "".join(chr(code) for code in range(0x110000))
        shown = set(tool.printable(everything))
        self.assertFalse(shown & set("\x00\x1b\x7f\x85\x9b\r\u061c\u200b\u200f\u202e\u2028\u2069\ufeff\U000e0001"))

    def test_of_a_failure_is_made_printable(self) -> None:
        stderr = io.StringIO()
        with redirect_stderr(stderr):
            tool.report("bad \x1b]0;title\x07")
        self.assertEqual(stderr.getvalue(), "bad ?]0;title?\n")

    def test_a_reader_that_is_gone_does_not_stop_the_tool(self) -> None:
        library = environment.ROOTFS / "usr/local/lib/trading-bot-server/library"
        with subprocess.Popen(
            [sys.executable, "-IB", "-c", TALKER, str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as talker:
            assert talker.stdin and talker.stdout
            self.assertEqual(talker.stdout.readline(), b"first\n")
            talker.stdout.close()
            talker.stdin.close()
            self.assertEqual(talker.wait(), 3)

    def test_a_hangup_does_not_stop_the_tool(self) -> None:
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        tool.survive_hangup()
        os.kill(os.getpid(), signal.SIGHUP)


class Commands(unittest.TestCase):
    def test_returns_how_a_program_ended(self) -> None:
        result = commands.run("sh", "-c", "cat; echo problem >&2; exit 3", stdin=b"given\n")
        self.assertEqual(result, commands.Result(3, b"given\n", b"problem\n"))
        self.assertEqual((result.ok, result.output, result.errors), (False, "given", "problem"))
        self.assertTrue(commands.run("true").ok)

    def test_merges_both_outputs_in_their_order(self) -> None:
        result = commands.run("sh", "-c", "echo 1; echo 2 >&2; echo 3", merge=True)
        self.assertEqual(result.output, "1\n2\n3")

    def test_a_program_that_is_missing_or_takes_too_long_is_a_result(self) -> None:
        missing = commands.run("/nowhere/program")
        self.assertEqual(
            (missing.status, missing.errors), (127, "/nowhere/program can't be run: No such file or directory")
        )
        late = commands.run("sleep", "60", timeout=0.01)
        self.assertEqual((late.status, late.errors), (124, "sleep did not end within 0.01 s"))

    def test_a_program_that_must_succeed_fails_with_its_message(self) -> None:
        with self.assertRaisesRegex(tool.Failure, "^`sh -c echo no >&2; exit 4` failed with status 4: no$"):
            commands.must_run("sh", "-c", "echo no >&2; exit 4")

    def test_output_that_is_not_utf_8_is_shown_anyway(self) -> None:
        self.assertEqual(commands.run("printf", r"a\377b").output, "a\ufffdb")


class Journal(unittest.TestCase):
    def test_records_with_tag_and_priority_and_never_fails(self) -> None:
        with mock.patch.object(journal, "run", return_value=commands.Result(1, b"", b"")) as run:
            journal.record("tool", "done")
            journal.record("tool", "broken", "crit")
        self.assertEqual(
            [call.args for call in run.call_args_list],
            [
                ("logger", "--tag", "tool", "--priority", "daemon.notice", "done"),
                ("logger", "--tag", "tool", "--priority", "daemon.crit", "broken"),
            ],
        )


class Names(unittest.TestCase):
    def test_the_fingerprint_has_the_length_that_the_operator_side_has(self) -> None:
        source = Path(environment.REPOSITORY / "binance/key-pair.ts").read_text()
        self.assertRegex(source, rf"fingerprintLength = {paths.FINGERPRINT_LENGTH};")


if __name__ == "__main__":
    unittest.main()
