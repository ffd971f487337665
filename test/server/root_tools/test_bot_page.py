import json
import unittest
from collections.abc import Sequence

from environment import Result, ServerTest

TOOL = "/usr/local/sbin/bot-control"


class BotPage(ServerTest):
    def page(self, listening: str) -> Result:
        def ip(args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
            self.assertEqual(list(args), ["netns", "exec", "trading-bot", "ss", "-Hltn", "sport = :8080"])
            return 0, "".join(f"LISTEN 0 128 {address}:8080 0.0.0.0:*\n" for address in listening.split()).encode(), b""

        self.functions["ip"] = ip
        return self.run_tool(TOOL, "page")

    def test_the_port_and_whether_the_bot_listens_where_127_0_0_1_reaches_it(self) -> None:
        self.write("/etc/trading-bot/ui-port", "8080\n")
        for listening, expected in [
            ("127.0.0.1", True),
            ("0.0.0.0", True),
            ("198.18.0.2", False),
            ("198.18.0.2 127.0.0.1", True),
            ("", False),
        ]:
            with self.subTest(listening):
                status, stdout, stderr = self.page(listening)
                self.assertEqual((status, stderr), (0, ""))
                self.assertEqual(json.loads(stdout), {"port": 8080, "listens": expected})

    def test_without_the_setting_it_says_how_to_set_it(self) -> None:
        status, stdout, stderr = self.page("127.0.0.1")
        self.assertEqual((status, stdout), (1, ""))
        self.assertIn("pulumi config set --path bot.ui PORT", stderr)


if __name__ == "__main__":
    unittest.main()
