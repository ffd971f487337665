import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

import environment

environment.use_library()
os.environ["TRADING_BOT_ROOT"] = tempfile.mkdtemp(prefix="prepare-program-")

from root_tools import packages, paths, prepare_program  # noqa: E402


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    made.linkname = target
    return made


class PrepareProgram(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.addCleanup(shutil.rmtree, paths.ROOT, ignore_errors=True)
        self.folder = Path(folder.name)
        self.target = self.folder / "inner/release"
        self.target.mkdir(parents=True)

    def call(self, *args: str) -> tuple[int, str]:
        stderr = io.StringIO()
        with redirect_stderr(stderr):
            return prepare_program.main(args), stderr.getvalue().strip()

    def unpack(self, *entries: tarfile.TarInfo) -> tuple[int, str]:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            for one in entries:
                archive.addfile(one)
        path = self.folder / "archive"
        path.write_bytes(gzip.compress(content.getvalue()))
        release = hashlib.sha256(content.getvalue()).hexdigest()[:12]
        return self.call("unpack", str(path), release, str(self.target))

    def test_links_inside_the_program_are_kept(self) -> None:
        ended = self.unpack(entry("./run"), entry("bin/start", tarfile.SYMTYPE, "../run"))
        self.assertEqual(ended, (0, ""))
        self.assertEqual(os.readlink(self.target / "bin/start"), "../run")

    def test_names_that_look_dangerous_and_are_not(self) -> None:
        self.assertEqual(self.unpack(entry("..a/b.."), entry("c\n/etc"))[0], 0)

    def test_an_archive_that_leads_out_is_refused_and_nothing_gets_out(self) -> None:
        for case, entries in {
            "an absolute name": [entry("/evil")],
            "a name that climbs": [entry("../evil")],
            "a name that climbs in the middle": [entry("a/../../evil")],
            "an absolute link": [entry("link", tarfile.SYMTYPE, "/etc")],
            "a link that climbs": [entry("link", tarfile.SYMTYPE, "../..")],
            "a link to a neighbour with a longer name": [entry("link", tarfile.SYMTYPE, "../release2")],
            "a file behind a link": [entry("link", tarfile.SYMTYPE, "../.."), entry("link/evil")],
            "a second name of a file elsewhere": [entry("link", tarfile.LNKTYPE, "/etc/hostname")],
            "a pipe": [entry("pipe", tarfile.FIFOTYPE)],
        }.items():
            with self.subTest(case):
                status, stderr = self.unpack(*entries)
                self.assertEqual(status, 1)
                self.assertIn("prepare-program: ", stderr)
                for place in (Path("/evil"), self.folder / "evil", self.folder / "inner/evil"):
                    self.assertFalse(place.exists())

    def test_a_program_that_arrived_incomplete_is_refused(self) -> None:
        self.unpack(entry("run"))
        archive = self.folder / "archive"
        archive.write_bytes(archive.read_bytes()[:-12])
        self.assertIn("incomplete", self.call("unpack", str(archive), "0" * 12, str(self.target))[1])

    def test_another_program_is_refused(self) -> None:
        self.unpack(entry("run"))
        archive = str(self.folder / "archive")
        self.assertIn("is not the program", self.call("unpack", archive, "0" * 12, str(self.target))[1])

    def test_a_program_without_requirements_needs_no_preparation(self) -> None:
        self.assertEqual(self.call("prepare", str(self.target)), (0, ""))
        self.assertEqual(os.listdir(self.target), [])

    def test_a_failing_step_is_named(self) -> None:
        """test_packages.py has the steps with real packages."""
        for file, content in ((packages.LINES, ""), (packages.LOCAL, "[]"), (packages.BUILD_REQUIREMENTS, "[]")):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        for results, message in (([1], "no environment"), ([0, 1], "pip could not install")):
            endings = [mock.Mock(returncode=result) for result in results]
            with mock.patch("subprocess.run", side_effect=endings):
                status, stderr = self.call("prepare", str(self.target))
            self.assertEqual(status, 1)
            self.assertIn(message, stderr)


if __name__ == "__main__":
    unittest.main()
