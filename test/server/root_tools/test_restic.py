"""restic-unit: what it makes of restic's reports, and that it takes nothing for complete that isn't.
test/e2e/backup.campaign.test.ts has it with restic and a storage.
"""

import io
import os
import struct
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import environment

environment.use_library()

from root_tools import restic  # noqa: E402

# As restic 0.18 prints it.
RETRYING = "Save(<data/9c26c45b84>) returned error, retrying after 750.385857ms: client.PutObject: "
SIGNATURE = "The request signature we calculated does not match the signature you provided. Check your key and signing method."


class Meanings(unittest.TestCase):
    def test_each_reason_is_recognized(self) -> None:
        for status, report, expected in (
            (12, "", "the password isn't the repository's"),
            (1, "Fatal: wrong password or no key found", "the password isn't the repository's"),
            (-9, f"{RETRYING}{SIGNATURE}", "the storage refuses the keys"),
            (1, "Fatal: unable to open config file: Stat: Access Denied.", "the storage refuses the keys"),
            (1, "The AWS Access Key Id you provided does not exist in our records.", "the storage refuses the keys"),
            (-9, f"{RETRYING}QuotaExceeded", "the storage is full"),
            (-9, f"{RETRYING}No space left on device.", "the storage is full"),
            (-9, f"{RETRYING}Internal Error", "It may be full, or out of order"),
            (1, "subprocess ssh: u1@u1.example.net: Permission denied (publickey).", "the storage refuses the key."),
            (1, "subprocess ssh: Host key verification failed.", "another host key than backup:hostKey"),
            (11, "", "the repository is locked by another run"),
            (10, "Stat: The specified bucket does not exist", "the bucket doesn't exist"),
            (3, "one\nthe last line\n", "restic ended with status 3: the last line"),
            (2, "", "it reported nothing"),
        ):
            with self.subTest(report=report, status=status):
                self.assertIn(expected, restic.meaning(restic.Ended(status, report)))

    def test_a_refusal_ends_restic_at_once_and_a_failure_only_if_it_lasts(self) -> None:
        self.assertTrue(restic.is_refusal(RETRYING + SIGNATURE))
        self.assertFalse(restic.is_refusal(f"{RETRYING}Internal Error"))
        retries = restic.Retries(120)
        self.assertEqual([retries.is_over(now) for now in (0, 60, 119)], [False, False, False])
        self.assertTrue(retries.is_over(121))
        # It got further meanwhile.
        self.assertFalse(retries.is_over(121 + restic.LONGEST_WAIT + 1))


class Secrets(unittest.TestCase):
    def secrets(self, storage: restic.Storage, credential: str) -> tuple[str, str]:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", {"CREDENTIALS_DIRECTORY": folder}):
            (Path(folder) / "trading-bot-backup").write_text(credential)
            return restic.read_secrets(storage)

    def test_of_s3_and_of_sftp(self) -> None:
        storage = restic.Storage("s3:https://s3.example.net/b", "bot", "s3.example.net", 443)
        credential = '{"accessKey": "a", "secretKey": "s", "password": "p"}'
        keys = "[default]\naws_access_key_id = a\naws_secret_access_key = s\n"
        self.assertEqual(self.secrets(storage, credential), ("p", keys))
        storage = restic.Storage("sftp://u1@u1.example.net:23/f", "bot", "u1.example.net", 23, "u1", "ssh-ed25519 AAAA")
        self.assertEqual(self.secrets(storage, "p\n-----BEGIN\nkey\n"), ("p", "-----BEGIN\nkey\n"))


class Sftp(unittest.TestCase):
    def test_ssh_accepts_only_the_pinned_host_key_and_shows_no_key_in_its_arguments(self) -> None:
        storage = restic.Storage("sftp://u1@u1.example.net:23/f", "bot", "u1.example.net", 23, "u1", "ssh-ed25519 AAAA")
        command = restic.ssh_command(storage, restic.memory_file("key", "canary"), restic.memory_file("log", ""))
        self.assertRegex(command, "^/usr/bin/ssh -F none .* -p 23 .* u1@u1.example.net -s sftp$")
        self.assertIn("StrictHostKeyChecking=yes", command)
        self.assertNotIn("canary", command)
        options = dict(part.split("=") for part in command.split() if "=/proc/" in part)
        self.assertEqual(Path(options["UserKnownHostsFile"]).read_text(), "storage ssh-ed25519 AAAA\n")
        self.assertEqual(Path(options["IdentityFile"]).read_text(), "canary")
        self.assertEqual(Path(options["IdentityFile"]).stat().st_mode & 0o077, 0)


class Frames(unittest.TestCase):
    def unframe(self, data: bytes) -> bytes:
        with tempfile.TemporaryFile() as given:
            given.write(data)
            given.seek(0)
            output = io.TextIOWrapper(io.BytesIO())
            with redirect_stdout(output):
                restic.unframe(str(os.dup(given.fileno())))
            return output.buffer.getvalue()

    def test_what_arrives_with_its_end_is_passed_on(self) -> None:
        self.assertEqual(self.unframe(struct.pack(">I", 3) + b"abc" + struct.pack(">I", 2) + b"de" + bytes(4)), b"abcde")

    def test_what_is_cut_off_anywhere_is_not_complete(self) -> None:
        whole = struct.pack(">I", 3) + b"abc" + bytes(4)
        for length in range(len(whole)):
            with self.assertRaises(restic.Problem):
                self.unframe(whole[:length])


class Reach(unittest.TestCase):
    def test_a_storage_that_does_not_answer_is_named_after_some_tries(self) -> None:
        storage = restic.Storage("s3:https://s3.example.net/b", "bot", "s3.example.net", 443)
        with (
            mock.patch("socket.create_connection", side_effect=ConnectionRefusedError(111, "Connection refused")) as tried,
            mock.patch("time.sleep"),
            self.assertRaisesRegex(restic.Problem, r"the storage s3\.example\.net can't be reached \(Connection refused\)"),
        ):
            restic.reach(storage)
        self.assertEqual(tried.call_count, restic.TRIES)


if __name__ == "__main__":
    unittest.main()
