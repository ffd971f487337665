import os
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import environment

environment.use_library()

from root_tools import sandboxed  # noqa: E402


class RunUnit(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.pipe = self.folder / "output"
        self.shown = b""

    def run_unit(self, script: str) -> bool:
        """Runs a unit that does what the script does, and writes to $PIPE as systemd would for it."""
        systemctl = self.folder / "systemctl"
        systemctl.write_text(f"#!/bin/sh\n{script}\n")
        systemctl.chmod(0o755)
        changed = {"PATH": f"{self.folder}:{os.environ['PATH']}", "PIPE": str(self.pipe)}
        with mock.patch.dict(os.environ, changed), mock.patch("os.write", self.write):
            return sandboxed.run_unit("trading-bot-unpack@0.service", self.pipe)

    def write(self, _: int, data: bytes) -> int:
        self.shown += data
        return len(data)

    def test_output_is_shown_and_success_reported(self) -> None:
        self.assertTrue(self.run_unit('echo "$*" >"$PIPE"'))
        self.assertEqual(self.shown, b"start trading-bot-unpack@0.service\n")

    def test_more_output_than_fits_into_a_pipe_is_shown_whole(self) -> None:
        self.assertTrue(self.run_unit('head -c 1000000 /dev/zero >"$PIPE"'))
        self.assertEqual(len(self.shown), 1_000_000)

    def test_output_without_end_is_cut_off_and_the_unit_is_not_blocked(self) -> None:
        self.assertTrue(self.run_unit('head -c 9000000 /dev/zero >"$PIPE"'))
        self.assertEqual(self.shown, bytes(sandboxed.SHOWN) + sandboxed.MORE)

    def test_a_failure_is_reported_with_its_last_words(self) -> None:
        self.assertFalse(self.run_unit('echo why >"$PIPE"; exit 1'))
        self.assertEqual(self.shown, b"why\n")

    def test_a_unit_that_prints_nothing_ends(self) -> None:
        self.assertTrue(self.run_unit("exit 0"))

    def test_a_pipe_that_an_interrupted_run_has_left_is_replaced(self) -> None:
        self.pipe.write_text("left")
        self.assertTrue(self.run_unit('echo new >"$PIPE"'))
        self.assertEqual(self.shown, b"new\n")

    def test_a_person_who_is_gone_doesnt_stop_the_unit(self) -> None:
        with mock.patch.object(self, "write", side_effect=BrokenPipeError):
            self.assertTrue(self.run_unit('head -c 1000000 /dev/zero >"$PIPE"'))

    def test_a_unit_that_cannot_be_stopped_does_not_keep_the_tool_from_ending(self) -> None:
        systemctl = self.folder / "systemctl"
        systemctl.write_text(f'#!/bin/sh\ncase $1 in start) echo >"{self.folder}/started"; exec sleep 3600 ;; esac\n')
        systemctl.chmod(0o755)
        pipes = (self.folder / "input", self.folder / "output")

        def given() -> Iterator[bytes]:
            yield b"a part"
            while not (self.folder / "started").exists():
                yield b""
            raise OSError("the archive fails")

        with mock.patch.dict(os.environ, {"PATH": f"{self.folder}:{os.environ['PATH']}"}):
            with self.assertRaisesRegex(OSError, "the archive fails"):
                sandboxed.exchange("trading-bot-backup@store.service", pipes, given(), lambda _: None)
        self.assertFalse(any(pipe.exists() for pipe in pipes))


if __name__ == "__main__":
    unittest.main()
