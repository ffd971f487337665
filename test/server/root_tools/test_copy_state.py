"""copy-state, which reads the bot's state as the bot's user. What is read is hostile here, or changes meanwhile."""

import json
import os
import shutil
import socket
import sqlite3
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import environment

environment.use_library()
# In memory, where a sync takes no time.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
os.environ["TRADING_BOT_ROOT"] = tempfile.mkdtemp(prefix="copy-state-", dir=MEMORY)

from root_tools import copy_state, disk_space, paths  # noqa: E402
from root_tools.tool import Failure  # noqa: E402

STATE = paths.BOT_STATE
COPY = copy_state.TARGET / "state"


def count_in(database: Path) -> int:
    reader = sqlite3.connect(database)
    try:
        return int(reader.execute("SELECT count(*) FROM trades").fetchone()[0])
    finally:
        reader.close()


class CopyState(unittest.TestCase):
    def setUp(self) -> None:
        shutil.rmtree(paths.ROOT, ignore_errors=True)
        self.addCleanup(shutil.rmtree, paths.ROOT, ignore_errors=True)
        for folder in (STATE, COPY, copy_state.TARGET / "result"):
            folder.mkdir(parents=True, mode=0o700)
        # However small this computer's disk is.
        self.room = mock.patch.object(disk_space, "RESERVE", 0)
        self.room.start()
        self.addCleanup(self.room.stop)

    def copy(self) -> dict[str, object]:
        copy_state.copy()
        result = json.loads((copy_state.TARGET / "result/result.json").read_text())
        assert isinstance(result, dict)
        return result

    def database(self, name: str, mode: str = "delete", rows: int = 100) -> sqlite3.Connection:
        bot = sqlite3.connect(STATE / name, isolation_level=None)
        self.addCleanup(bot.close)
        bot.execute(f"PRAGMA journal_mode = {mode}")
        bot.execute("CREATE TABLE trades (id INTEGER PRIMARY KEY, text TEXT)")
        bot.execute("BEGIN")
        for _ in range(rows):
            bot.execute("INSERT INTO trades (text) VALUES ('a trade')")
        bot.execute("COMMIT")
        return bot

    def test_everything_keeps_its_content_its_mode_and_its_time(self) -> None:
        (STATE / "deep/er").mkdir(parents=True)
        (STATE / "deep/er/file").write_bytes(b"\0content\xff")
        (STATE / "deep/er/file").chmod(0o640)
        os.utime(STATE / "deep/er/file", ns=(1, 1_600_000_000_123_456_789))
        (STATE / "deep").chmod(0o500)
        self.addCleanup((STATE / "deep").chmod, 0o700)
        (STATE / os.fsdecode(b"no \xff text\n")).touch()
        self.assertEqual(self.copy(), {"entries": 4, "databases": 0, "notes": []})
        copied = COPY / "deep/er/file"
        self.assertEqual(copied.read_bytes(), b"\0content\xff")
        self.assertEqual((copied.stat().st_mode & 0o7777, copied.stat().st_mtime_ns), (0o640, 1_600_000_000_123_456_789))
        self.assertEqual((COPY / "deep").stat().st_mode & 0o7777, 0o500)
        self.addCleanup((COPY / "deep").chmod, 0o700)
        self.assertEqual(sorted(os.listdir(os.fsencode(COPY))), [b"deep", b"no \xff text\n"])

    def test_a_link_is_copied_and_not_followed(self) -> None:
        (STATE / "link").symlink_to("/etc/passwd")
        (STATE / "loop").symlink_to(".")
        self.copy()
        self.assertEqual([os.readlink(COPY / name) for name in ("link", "loop")], ["/etc/passwd", "."])

    def test_a_pipe_blocks_nothing_and_a_socket_is_left_out(self) -> None:
        os.mkfifo(STATE / "pipe")
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(STATE / "socket"))
        self.copy()
        self.assertTrue((COPY / "pipe").is_fifo())
        self.assertEqual(os.listdir(COPY), ["pipe"])

    def test_a_file_with_holes_takes_no_more_space_than_before(self) -> None:
        with open(STATE / "holes", "wb") as file:
            file.truncate(1 << 40)
            file.seek(1 << 30)
            file.write(b"in the middle")
        self.copy()
        copied = COPY / "holes"
        self.assertEqual(copied.stat().st_size, 1 << 40)
        self.assertLess(copied.stat().st_blocks * 512, 1 << 20)
        with open(copied, "rb") as file:
            file.seek(1 << 30)
            self.assertEqual(file.read(13), b"in the middle")

    def test_a_file_with_several_names_is_one_file_in_the_copy(self) -> None:
        (STATE / "one").write_text("content")
        os.link(STATE / "one", STATE / "other")
        self.copy()
        self.assertTrue((COPY / "one").samefile(COPY / "other"))

    def test_no_file_of_a_copy_runs_as_another_user(self) -> None:
        (STATE / "program").touch()
        (STATE / "program").chmod(0o6755)
        self.copy()
        self.assertEqual((COPY / "program").stat().st_mode & 0o7777, 0o755)

    def test_a_database_is_copied_while_the_bot_writes_to_it(self) -> None:
        for mode in ("delete", "wal"):
            with self.subTest(mode):
                bot = self.database(f"{mode}.sqlite", mode)
                bot.execute("BEGIN IMMEDIATE")
                bot.execute("INSERT INTO trades (text) VALUES ('not committed')")
        result = self.copy()
        self.assertEqual((result["databases"], result["notes"]), (2, []))
        self.assertEqual(sorted(os.listdir(COPY)), ["delete.sqlite", "wal.sqlite"])
        self.assertEqual([count_in(COPY / f"{mode}.sqlite") for mode in ("delete", "wal")], [100, 100])

    def test_a_database_that_has_no_such_name_is_found_and_one_with_that_name_may_be_none(self) -> None:
        self.database("state.bin", "wal")
        (STATE / "text.sqlite").write_text("no database")
        self.assertEqual(self.copy()["databases"], 1)
        self.assertEqual((count_in(COPY / "state.bin"), (COPY / "text.sqlite").read_text()), (100, "no database"))

    def test_what_a_bot_that_was_killed_had_not_committed_is_not_in_the_copy(self) -> None:
        for mode in ("delete", "wal"):
            with self.subTest(mode):
                name = f"{mode}.sqlite"
                self.database(name, mode).close()
                if os.fork() == 0:
                    bot = sqlite3.connect(STATE / name, isolation_level=None)
                    bot.execute("PRAGMA cache_size = 1")
                    bot.execute("INSERT INTO trades (text) VALUES ('committed')")
                    bot.execute("BEGIN")
                    for _ in range(5_000):
                        bot.execute("INSERT INTO trades (text) VALUES ('not committed')")
                    os._exit(0)
                os.wait()
                left = sorted(os.listdir(STATE))
                self.assertIn({"delete": f"{name}-journal", "wal": f"{name}-wal"}[mode], left)
        # The copies of the first one and of its journal belong together.
        self.assertRegex(str(self.copy()["notes"]), r"^\['delete.sqlite: a database with an unfinished change [^,]*, copied as it is'\]$")
        self.assertEqual([count_in(COPY / f"{mode}.sqlite") for mode in ("delete", "wal")], [101, 101])

    def test_a_database_keeps_its_kind_of_log(self) -> None:
        self.database("wal.sqlite", "wal").close()
        self.copy()
        with sqlite3.connect(COPY / "wal.sqlite") as reader:
            self.assertEqual(reader.execute("PRAGMA journal_mode").fetchone(), ("wal",))
        reader.close()

    def test_a_locked_database_is_copied_as_it_is_and_that_is_said(self) -> None:
        bot = self.database("locked.sqlite")
        bot.execute("BEGIN EXCLUSIVE")
        with mock.patch.object(copy_state, "LOCKED_LIMIT", 0):
            result = self.copy()
        self.assertEqual(result["databases"], 0)
        self.assertRegex(str(result["notes"]), r"locked.sqlite: a database that stayed locked .*copied as it is")
        self.assertEqual((COPY / "locked.sqlite").read_bytes(), (STATE / "locked.sqlite").read_bytes())

    def test_a_damaged_database_is_copied_as_it_is_and_that_is_said(self) -> None:
        content = b"SQLite format 3\0" + b"\xff" * 5000
        (STATE / "damaged.sqlite").write_bytes(content)
        (STATE / "damaged.sqlite-wal").write_bytes(b"its log")
        result = self.copy()
        self.assertRegex(str(result["notes"]), "damaged.sqlite: a damaged or unusual database")
        for folder in (STATE, COPY):
            self.assertEqual((folder / "damaged.sqlite").read_bytes(), content)
            self.assertEqual((folder / "damaged.sqlite-wal").read_bytes(), b"its log")

    def test_a_database_to_which_the_bot_writes_all_the_time_is_read_at_once(self) -> None:
        bot = self.database("busy.sqlite", rows=2_000)
        pages = []
        read_pages = copy_state.read_pages

        def reading(*args: object) -> None:
            pages.append(args[-1])
            read_pages(*args)  # type: ignore[arg-type]

        def write_meanwhile(_: float) -> None:
            bot.execute("INSERT INTO trades (text) VALUES ('meanwhile')")

        with mock.patch.object(copy_state, "PAGES", 2), mock.patch.object(copy_state, "read_pages", reading):
            with self.writing_between_pages(write_meanwhile):
                result = self.copy()
        self.assertEqual((pages, result["databases"], result["notes"]), ([2, -1], 1, []))
        self.assertGreaterEqual(count_in(COPY / "busy.sqlite"), 2_000)

    def writing_between_pages(self, write: Callable[[float], None]) -> "mock._patch[object]":
        """As if the bot wrote between two steps of a copy: SQLite's own progress function is called there."""
        connect = sqlite3.connect

        class Reader(sqlite3.Connection):
            def backup(self, *args: object, progress: Callable[..., None] | None = None, **options: object) -> None:
                def noticing(*state: int) -> None:
                    write(0)
                    if progress:
                        progress(*state)

                super().backup(*args, progress=noticing, **options)  # type: ignore[arg-type]

        return mock.patch.object(sqlite3, "connect", lambda *args, **options: connect(*args, factory=Reader, **options))

    def test_a_file_that_vanishes_or_becomes_a_link_is_left_out(self) -> None:
        for name in ("a", "b", "c"):
            (STATE / name).write_text(name)
        lstat = os.lstat

        def looking(path: Path) -> os.stat_result:
            found = lstat(path)
            if path == STATE / "a":
                path.unlink()
            if path == STATE / "b":
                path.unlink()
                path.symlink_to("/etc/passwd")
            return found

        with mock.patch("os.lstat", looking):
            self.assertEqual(self.copy()["notes"], [])
        self.assertEqual(os.listdir(COPY), ["c"])

    def test_what_its_user_may_not_read_is_left_out_and_said(self) -> None:
        (STATE / "secret").touch()
        with mock.patch("os.open", side_effect=PermissionError(13, "Permission denied")):
            made = copy_state.Copy(STATE, COPY)
            made.folder(STATE, COPY)
        self.assertEqual(made.notes, ["secret: left out, because the bot's user may not read it"])

    def test_names_in_notes_are_printable_and_their_number_is_limited(self) -> None:
        for number in range(100):
            (STATE / f"\x1b[31m{number}").write_bytes(b"SQLite format 3\0" + b"\xff" * 600)
        notes = self.copy()["notes"]
        assert isinstance(notes, list)
        self.assertEqual(len(notes), copy_state.MOST_NOTES)
        self.assertTrue(all(note.isprintable() for note in notes))

    def test_a_tree_that_could_not_be_restored_ends_the_copy(self) -> None:
        folder = STATE
        for _ in range(205):
            folder = folder / "d"
            folder.mkdir()
        with self.assertRaisesRegex(Failure, "more than 200 levels"):
            copy_state.copy()

    def test_more_files_than_may_be_end_the_copy(self) -> None:
        for number in range(5):
            (STATE / str(number)).touch()
        with mock.patch("root_tools.state_tree.MOST_ENTRIES", 4):
            with self.assertRaisesRegex(Failure, "more than 4 files"):
                copy_state.copy()

    def test_a_copy_that_would_fill_the_disk_ends(self) -> None:
        (STATE / "large").write_bytes(b"x" * (3 << 20))
        with mock.patch.object(disk_space, "RESERVE", 1 << 60):
            with self.assertRaisesRegex(Failure, "the disk became too full"):
                copy_state.copy()

    def test_the_trades_of_freqtrade_are_read_the_open_ones_and_the_latest_first(self) -> None:
        bot = sqlite3.connect(STATE / "tradesv3.sqlite", isolation_level=None)
        self.addCleanup(bot.close)
        bot.execute("CREATE TABLE trades (id, pair, is_open, open_date, close_date, other)")
        bot.execute("INSERT INTO trades VALUES (1, 'A/USDT', 0, '2026-01-01', '2026-01-02', 'x')")
        bot.execute("INSERT INTO trades VALUES (2, 'B/USDT', 0, '2026-01-03', '2026-01-04', 'x')")
        bot.execute("INSERT INTO trades VALUES (3, 'C/USDT', 1, '2025-12-01', NULL, 'x')")
        copy_state.trades()
        found = json.loads((copy_state.TARGET / "result/result.json").read_text())["trades"]
        self.assertEqual([trade["id"] for trade in found], [3, 2, 1])
        self.assertEqual(found[0], {"id": 3, "pair": "C/USDT", "open_date": "2025-12-01", "close_date": None})

    def test_a_state_without_that_database_has_no_trades_that_are_known(self) -> None:
        copy_state.trades()
        self.assertEqual(json.loads((copy_state.TARGET / "result/result.json").read_text()), {"trades": None})


if __name__ == "__main__":
    unittest.main()
