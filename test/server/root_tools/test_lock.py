import subprocess
import sys
import unittest
from typing import IO

from environment import ROOTFS, ServerTest

# Takes the lock, reports that, and gives it up when its input ends.
HOLDER = """
import sys
sys.path.insert(0, sys.argv[1])
from root_tools.lock import exclusive
with exclusive(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


class Lock(ServerTest):
    def hold(self, name: str) -> subprocess.Popen[str]:
        library = ROOTFS / "usr/local/lib/trading-bot-server/library"
        return subprocess.Popen(
            [sys.executable, "-IB", "-c", HOLDER, str(library), name],
            env={"TRADING_BOT_ROOT": str(self.root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read_line(self, stream: IO[str] | None) -> str:
        assert stream is not None
        return stream.readline()

    def test_one_tool_waits_for_the_other_and_says_for_which(self) -> None:
        with self.hold("server-files install") as first:
            self.assertEqual(self.read_line(first.stdout), "held\n")
            with self.hold("binance-credential install") as second:
                self.assertEqual(
                    self.read_line(second.stderr),
                    "binance-credential install: waiting for server-files install " f"(process {first.pid}) to end\n",
                )
                first.communicate()
                self.assertEqual(self.read_line(second.stdout), "held\n")
                second.communicate()

    def test_a_tool_that_is_killed_gives_it_up(self) -> None:
        with self.hold("first") as first:
            self.assertEqual(self.read_line(first.stdout), "held\n")
            first.kill()
        with self.hold("second") as second:
            self.assertEqual(self.read_line(second.stdout), "held\n")
            self.assertEqual(second.communicate(), ("", ""))

    def test_only_root_can_open_it(self) -> None:
        with self.hold("first") as first:
            self.assertEqual(self.read_line(first.stdout), "held\n")
            self.assertEqual(self.at("/run/trading-bot-server/lock").stat().st_mode & 0o7777, 0o600)
            self.assertEqual(self.at("/run/trading-bot-server").stat().st_mode & 0o7777, 0o700)
            first.communicate()


if __name__ == "__main__":
    unittest.main()
