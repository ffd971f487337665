import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from environment import recorded_calls, use_library

use_library()

from root_tools import files, markers  # noqa: E402

# Runs in its own mount namespace, so that it can mount a small filesystem. Fills that, and then sets the markers.
FULL_DISK = """
import os, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from root_tools import files, markers
folder = Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=16", "tmpfs", folder], check=True)
markers.prepare(folder / "prepared")
try:
    with open(folder / "big", "wb") as big:
        while True:
            big.write(bytes(4096))
            big.flush()
except OSError as error:
    print(error.strerror)
try:
    for number in range(100):
        (folder / str(number)).touch()
except OSError as error:
    print(error.strerror)
try:
    markers.put(folder / "new", "yes")
except OSError as error:
    print(error.strerror)
markers.put(folder / "prepared", "yes")
files.sync(folder / "prepared")
print((folder / "prepared").read_text().strip())
markers.take_away(folder / "prepared")
markers.put(folder / "prepared", "no")
print((folder / "prepared").read_text().strip())
"""


class Markers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="markers-")
        self.addCleanup(folder.cleanup)
        self.marker = Path(folder.name) / "state/held"

    def test_is_set_and_removed_with_one_file(self) -> None:
        markers.prepare(self.marker)
        inode = markers.spare(self.marker).stat().st_ino
        self.assertFalse(self.marker.exists())
        markers.put(self.marker, "yes")
        self.assertEqual(self.marker.read_text().strip(), "yes")
        markers.put(self.marker, "no")
        self.assertEqual(self.marker.read_text().strip(), "no")
        markers.take_away(self.marker)
        self.assertEqual([path.name for path in self.marker.parent.iterdir()], [".unset-held"])
        markers.put(self.marker)
        self.assertEqual((self.marker.read_text().strip(), self.marker.stat().st_ino), ("", inode))

    def test_is_set_also_if_it_was_not_prepared(self) -> None:
        markers.put(self.marker, "yes")
        self.assertEqual(self.marker.read_text().strip(), "yes")

    def test_nothing_is_prepared_while_it_is_set(self) -> None:
        markers.put(self.marker)
        markers.prepare(self.marker)
        self.assertEqual(os.listdir(self.marker.parent), ["held"])

    def test_none_to_remove(self) -> None:
        markers.take_away(self.marker)

    def test_a_removal_is_durable(self) -> None:
        markers.put(self.marker)
        with recorded_calls() as calls:
            markers.take_away(self.marker)
        self.assertEqual([call[0] for call in calls], ["replace", "fsync"])

    def test_needs_no_space_and_no_inode(self) -> None:
        library = str(Path(files.__file__).parents[1])
        folder = self.marker.parent
        folder.mkdir()
        own_mounts = ["unshare", "--map-root-user", "--mount"]
        result = subprocess.run(
            [*own_mounts, sys.executable, "-B", "-c", FULL_DISK, library, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        full = "No space left on device"
        self.assertEqual((result.stdout.splitlines(), result.stderr), ([full, full, full, "yes", "no"], ""))


if __name__ == "__main__":
    unittest.main()
