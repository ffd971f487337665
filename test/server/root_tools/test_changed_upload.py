import gzip
import hashlib
import io
import os
import tarfile
import unittest
from unittest import mock

from programs import ProgramTest
from root_tools import changed_upload, new_release, paths, releases

LARGE = os.urandom(40_000)
SHA256 = hashlib.sha256(LARGE).hexdigest()


def program(files: dict[str, bytes]) -> tuple[str, bytes]:
    """The ID and the tar of a program."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return hashlib.sha256(tar.getvalue()).hexdigest()[:12], tar.getvalue()


def changes(tar: bytes, without: bytes = LARGE) -> bytes:
    """An upload of a tar, with the SHA-256 of one of its files instead of its content."""
    before, found, after = tar.partition(without)
    assert found
    name = b"file %s %d\n" % (hashlib.sha256(without).hexdigest().encode(), len(without))
    return gzip.compress(b"data %d\n%s%sdata %d\n%send\n" % (len(before), before, name, len(after), after))


class ChangedUpload(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.old, tar = program({"wheel": LARGE, "bot.py": b"old"})
        self.assertEqual(self.call("install", self.old, stdin=gzip.compress(tar))[0], 0)
        # The file has another name.
        self.new, self.tar = program({"wheels/wheel": LARGE, "bot.py": b"new"})

    def install_changes(self, upload: bytes) -> tuple[int, str]:
        status, _, stderr = self.call("install-changes", self.new, stdin=upload)
        return status, stderr

    def files(self) -> list[str]:
        status, stdout, _ = self.call("files")
        self.assertEqual(status, 0)
        return stdout.split()

    def assert_refused(self, upload: bytes, reason: str) -> None:
        status, stderr = self.install_changes(upload)
        self.assertEqual((status, self.current(), self.releases()), (1, self.old, [self.old]))
        self.assertIn(reason, stderr)
        self.assertFalse(new_release.STAGING.exists())

    def test_a_file_of_the_current_release_is_used_again_without_being_uploaded(self) -> None:
        self.assertEqual(self.files(), [SHA256])
        upload = changes(self.tar)
        self.assertNotIn(LARGE, gzip.decompress(upload))
        self.assertEqual(self.install_changes(upload)[0], 0)
        self.assertEqual(self.current(), self.new)
        self.assertEqual((paths.CURRENT_PROGRAM / "wheels/wheel").read_bytes(), LARGE)
        self.assertEqual((paths.CURRENT_PROGRAM / "bot.py").read_bytes(), b"new")
        # The two releases share nothing: one of them can be removed.
        self.assertEqual((paths.CURRENT_PROGRAM / "wheels/wheel").stat().st_nlink, 1)

    def test_a_file_of_the_previous_release_is_used_again(self) -> None:
        other, tar = program({"bot.py": b"other"})
        self.assertEqual(self.call("install", other, stdin=gzip.compress(tar))[0], 0)
        self.assertEqual(self.install_changes(changes(self.tar))[0], 0)
        self.assertEqual((paths.CURRENT_PROGRAM / "wheels/wheel").read_bytes(), LARGE)

    def test_a_file_that_was_changed_isnt_used_whatever_its_name_and_size_are(self) -> None:
        (releases.RELEASES / self.old / "wheel").write_bytes(os.urandom(len(LARGE)))
        self.assertNotIn(SHA256, self.files())
        self.assert_refused(changes(self.tar), "no longer has a file")

    def test_a_file_that_changes_while_it_is_read_makes_another_program_which_is_refused(self) -> None:
        file = releases.RELEASES / self.old / "wheel"
        with mock.patch("root_tools.changed_upload.reusable_files", lambda: {SHA256: file}):
            file.write_bytes(os.urandom(len(LARGE)))
            self.assert_refused(changes(self.tar), f"the release {self.new} can't be unpacked")
            file.write_bytes(LARGE[:-1])
            self.assert_refused(changes(self.tar), "incomplete")

    def test_an_upload_that_is_cut_off_or_wrong_changes_nothing(self) -> None:
        upload = changes(self.tar)
        for cut in range(0, len(upload) - 8, len(upload) // 7):
            self.assert_refused(upload[:cut], "incomplete")
        self.assert_refused(upload[:-12], "incomplete")
        for wrong in (b"", b"end", b"data 5\nabc", b"data -1\n", b"file x 1\nend\n", b"other\nend\n", b"data 9" + b"9" * 200):
            self.assert_refused(gzip.compress(wrong), "incomplete")
        self.assert_refused(b"not gzipped", "incomplete")
        self.assert_refused(gzip.compress(b"data 3\nabcend\n"), "can't be unpacked")

    def test_an_upload_of_another_program_is_refused(self) -> None:
        _, tar = program({"wheel": LARGE, "bot.py": b"another"})
        self.assert_refused(changes(tar), "can't be unpacked")

    def test_a_disk_that_is_too_small_for_the_archive_keeps_the_current_program(self) -> None:
        with mock.patch("root_tools.disk_space.is_enough_for", lambda size: size < len(LARGE)):
            self.assert_refused(changes(self.tar), "the disk is too small")

    def test_links_pipes_holes_small_files_and_installed_packages_arent_read(self) -> None:
        release = releases.RELEASES / self.old
        (release / "link").symlink_to("/etc/hostname")
        (release / "folder").symlink_to("/etc")
        os.mkfifo(release / "pipe")
        (release / "small").write_bytes(b"x" * (changed_upload.SMALLEST - 1))
        with open(release / "holes", "wb") as file:
            file.truncate(1 << 40)
        (release / ".venv").mkdir()
        (release / ".venv/package").write_bytes(os.urandom(20_000))
        self.assertEqual(self.files(), [SHA256])

    def test_without_a_program_there_is_nothing_to_list(self) -> None:
        paths.CURRENT_PROGRAM.unlink()
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
