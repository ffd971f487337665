import subprocess
import unittest

import environment

LOCAL = environment.ROOTFS / "usr/local"
TOOLS = [
    "sbin/binance-credential",
    "sbin/bot-backup",
    "sbin/bot-command",
    "sbin/bot-control",
    "sbin/bot-packages",
    "sbin/bot-state",
    "sbin/restart-updated",
    "sbin/server-files",
    "sbin/server-status",
    "sbin/state-copy",
    "sbin/state-volume",
    "sbin/stored-backup",
    "sbin/trading-bot-program",
    "lib/trading-bot-server/copy-state",
    "lib/trading-bot-server/prepare-program",
    "lib/trading-bot-server/service-credential",
]


class Stubs(unittest.TestCase):
    def test_each_tool_finds_its_module_and_explains_itself(self) -> None:
        for tool in TOOLS:
            with self.subTest(tool):
                ended = subprocess.run([LOCAL / tool, "--help"], capture_output=True, text=True)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                self.assertRegex(ended.stdout, rf"^Usage: (sudo )?{tool.split('/')[-1]} ")

    def test_each_tool_that_people_call_is_among_them(self) -> None:
        self.assertEqual(
            {tool for tool in TOOLS if tool.startswith("sbin/")},
            {f"sbin/{path.name}" for path in (LOCAL / "sbin").iterdir()},
        )


if __name__ == "__main__":
    unittest.main()
