import tempfile
import unittest
from pathlib import Path

import environment

environment.use_library()

from root_tools.old_code import replaced_files, unit_in  # noqa: E402

ZLIB = "/usr/lib/x86_64-linux-gnu/libz.so.1.3.1"


def mapping(file: str, permissions: str = "r-xp") -> str:
    return f"7f3d1c3d2000-7f3d1c3e3000 {permissions} 00003000 fe:01 131230                     {file}\n"


class OldCode(unittest.TestCase):
    def test_old_code_is_a_mapping_of_code_whose_file_was_replaced(self) -> None:
        for text, expected in [
            (mapping("/usr/bin/python3.13") + mapping(f"{ZLIB} (deleted)"), {ZLIB}),
            (mapping(ZLIB), set()),
            (mapping(f"{ZLIB} (deleted)", "r--p"), set()),
            (mapping("/memfd:/usr/lib/fake (deleted)"), set()),
            (mapping("/var/lib/trading-bot/program (deleted)"), set()),
            (mapping("/tmp/a\\012/usr/lib/fake (deleted)"), set()),
        ]:
            with self.subTest(text), tempfile.TemporaryDirectory() as folder:
                process = Path(folder)
                (process / "maps").write_text(text)
                self.assertEqual(replaced_files(process), expected)

    def test_a_process_belongs_to_its_outermost_unit(self) -> None:
        for text, expected in [
            ("0::/system.slice/ssh.service\n", "ssh.service"),
            ("0::/bot.slice/trading-bot.service/a.service\n", "trading-bot.service"),
            ("4:cpu:/other.service\n1:name=systemd:/system.slice/cron.service\n", "cron.service"),
            ("0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope"),
            ("0::/init.scope\n", "init.scope"),
            ("0::/\n", None),
        ]:
            with self.subTest(text):
                self.assertEqual(unit_in(text), expected)


if __name__ == "__main__":
    unittest.main()
