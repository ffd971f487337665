"""Gzipped tars that are read or written as a stream, because a disk may have no room for a second copy."""

import hashlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from root_tools.tool import Failure

CHUNK = 1 << 20
SHOWN_LINES = 20

# pax keeps every name, and times to the nanosecond. A file with holes stays small.
PACK = ["--create", "--gzip", "--sparse", "--format=posix", "--pax-option=delete=atime,delete=ctime"]
# A socket can't be saved, and a program makes it again.
PACK += ["--one-file-system", "--warning=no-file-ignored"]
# By the names of users and groups, which have other numbers on another server. Links are made last, and not followed.
UNPACK = ["--extract", "--gzip", "--same-owner", "--preserve-permissions", "--delay-directory-restore"]


def pack(parts: Sequence[tuple[Path, Sequence[str]]], output: IO[bytes]) -> str:
    """Writes an archive of paths below folders. Returns its SHA-256. What tar reports first is shown."""
    names = [arg for folder, paths in parts if paths for arg in (f"--directory={folder}", *paths)]
    digest = hashlib.sha256()
    command = ["tar", *PACK, "--file=-", *names]
    with first_lines() as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as tar:
        try:
            while chunk := read(tar.stdout):
                digest.update(chunk)
                output.write(chunk)
            output.flush()
        except OSError as error:
            tar.kill()
            raise Failure(f"the archive could not be sent: {error.strerror}") from error
    if tar.returncode != 0:
        raise Failure(f"the archive is incomplete, because tar ended with status {tar.returncode}")
    return digest.hexdigest()


def unpack(archive: IO[bytes], folder: Path) -> str:
    """Unpacks an archive into a folder that nobody else can enter. Returns its SHA-256. What tar reports first is shown."""
    digest = hashlib.sha256()
    args = ["tar", *UNPACK, "--file=-", f"--directory={folder}"]
    with first_lines() as stderr, subprocess.Popen(args, stdin=subprocess.PIPE, stderr=stderr) as tar:
        try:
            while chunk := read(archive):
                digest.update(chunk)
                if tar.stdin:
                    tar.stdin.write(chunk)
            if tar.stdin:
                tar.stdin.close()
        except BrokenPipeError:
            # tar has ended, and its status says why.
            pass
    if tar.returncode != 0:
        raise Failure(f"the archive can't be unpacked, because tar ended with status {tar.returncode}")
    return digest.hexdigest()


@contextmanager
def first_lines() -> Iterator[IO[bytes]]:
    """Where tar reports problems: only the first ones are shown, because a hostile bot can cause any number of them."""
    with subprocess.Popen(["sed", "-n", f"1,{SHOWN_LINES}p"], stdin=subprocess.PIPE, stdout=2) as shown:
        if shown.stdin:
            yield shown.stdin


def read(stream: IO[bytes] | None) -> bytes:
    return stream.read(CHUNK) if stream else b""


def checksum_in(file: Path) -> str:
    """The checksum of the last archive, where it is written once the archive is complete."""
    if not file.exists():
        raise Failure("no archive was written completely since the server has started")
    return file.read_text()


def require_checksum(checksum: str) -> None:
    if not re.fullmatch("[0-9a-f]{64}", checksum):
        raise Failure("the checksum must be a SHA-256: 64 hex digits")
