import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import environment

environment.use_library()

from root_tools import files


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "name.conf"

    def test_write_syncs_the_file_before_the_rename_and_the_folder_after_it(self) -> None:
        with environment.recorded_calls() as calls:
            files.write(self.path, "new")
        self.assertEqual(
            [call for call in calls if call[0] in ("fsync", "replace")],
            [
                ("fsync", str(self.folder / ".staged-name.conf/name.conf")),
                ("replace", str(self.folder / ".staged-name.conf/name.conf"), str(self.path)),
                ("fsync", str(self.folder)),
            ],
        )

    def test_write_replaces_content_and_mode(self) -> None:
        self.path.write_text("old")
        files.write(self.path, b"new", 0o750)
        self.assertEqual(self.path.read_text(), "new")
        self.assertEqual(self.path.stat().st_mode & 0o7777, 0o750)
        self.assertEqual(os.listdir(self.folder), ["name.conf"])

    def test_a_staged_file_is_private_until_it_is_complete(self) -> None:
        modes = []
        with mock.patch("os.fchmod", side_effect=lambda fd, mode: modes.append(os.fstat(fd).st_mode & 0o777)):
            files.write(self.path, "secret", 0o644)
        self.assertEqual(modes, [0o600])

    def test_write_makes_missing_folders_and_syncs_the_folders_that_name_them(self) -> None:
        path = self.folder / "a/b/c"
        with environment.recorded_calls() as calls:
            files.write(path, "")
        self.assertTrue(path.is_file())
        synced = [call[1] for call in calls if call[0] == "fsync"]
        self.assertEqual(synced[:2], [str(self.folder), str(self.folder / "a")])

    def test_write_removes_what_a_killed_write_has_staged(self) -> None:
        files.stage(self.path, "half")
        files.write(self.path, "new")
        self.assertEqual(os.listdir(self.folder), ["name.conf"])

    def test_a_write_that_fails_leaves_the_old_content(self) -> None:
        self.path.write_text("old")
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            with self.assertRaises(OSError):
                files.write(self.path, "new")
        self.assertEqual(self.path.read_text(), "old")

    def test_point_switches_a_link(self) -> None:
        link = self.folder / "current"
        for target in ("releases/a", "releases/b"):
            files.point(link, target)
            self.assertEqual(os.readlink(link), target)
        self.assertEqual(os.listdir(self.folder), ["current"])

    def test_copy_keeps_the_source(self) -> None:
        self.path.write_text("pair")
        files.copy(self.path, self.folder / "previous")
        self.assertEqual((self.folder / "previous").read_text(), "pair")
        self.assertEqual(sorted(os.listdir(self.folder)), ["name.conf", "previous"])

    def test_remove_is_durable_and_accepts_that_there_is_nothing(self) -> None:
        self.path.write_text("")
        with environment.recorded_calls() as calls:
            files.remove(self.path)
            files.remove(self.path)
        self.assertEqual([call for call in calls if call[0] == "fsync"], [("fsync", str(self.folder))])
        self.assertFalse(self.path.exists())


if __name__ == "__main__":
    unittest.main()
