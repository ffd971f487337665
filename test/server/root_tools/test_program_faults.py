"""The links of trading-bot-program when it is interrupted. test_trading_bot_program.py has everything else."""

import base64
import os
import unittest

from environment import Bot, ServerTest

TOOL = "/usr/local/sbin/trading-bot-program"
PROGRAMS = "/opt/trading-bot"
OLD, NEW, OLDEST = "a" * 12, "b" * 12, "c" * 12


class Links(ServerTest):
    def prepare(self) -> None:
        self.functions["systemctl"] = Bot(self.root)
        for release in (OLD, NEW, OLDEST):
            self.at(f"{PROGRAMS}/releases/{release}").mkdir(parents=True, exist_ok=True)
        self.write("/etc/trading-bot/bot.json", "{}")
        pair = base64.encodebytes(b"a pair").decode()
        self.write("/etc/credstore.encrypted/binance", f"sealed as binance\n{pair}")
        self.at(f"{PROGRAMS}/switching").unlink(missing_ok=True)
        self.point(NEW, OLD)

    def point(self, current: str, previous: str) -> None:
        for name, release in (("current", current), ("previous", previous)):
            link = self.at(f"{PROGRAMS}/{name}")
            link.unlink(missing_ok=True)
            link.symlink_to(f"releases/{release}")

    def links(self) -> tuple[str, str]:
        current, previous = (os.readlink(self.at(f"{PROGRAMS}/{name}")) for name in ("current", "previous"))
        return os.path.basename(current), os.path.basename(previous)

    def test_a_roll_back_killed_at_any_moment_is_finished_by_the_next_one(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(TOOL, "roll-back"):
            with self.subTest(step=step):
                # A tool that was killed after its last change has nothing left to finish.
                if self.at(f"{PROGRAMS}/switching").exists() or self.links() == (NEW, OLD):
                    self.assertEqual(self.run_tool(TOOL, "roll-back").returncode, 0)
                self.assertEqual(self.links(), (OLD, NEW))
                self.assertFalse(self.at(f"{PROGRAMS}/switching").exists())
            self.prepare()

    def test_a_roll_back_after_an_installation_that_was_interrupted_goes_to_the_release_before_it(self) -> None:
        self.prepare()
        self.point(NEW, OLDEST)
        self.write(f"{PROGRAMS}/switching", f"install {NEW} {OLD}")
        self.assertEqual(self.run_tool(TOOL, "roll-back").returncode, 0)
        self.assertEqual(self.links(), (OLD, NEW))


if __name__ == "__main__":
    unittest.main()
