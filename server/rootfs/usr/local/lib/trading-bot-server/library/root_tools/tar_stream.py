"""Tars that are read or written as a stream, because a disk may have no room for a second copy."""

import hashlib
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from root_tools.tool import Failure

CHUNK = 1 << 20
SHOWN_LINES = 20

# pax keeps every name, and times to the nanosecond. A file with holes stays small.
PACK = ["--create", "--sparse", "--format=posix", "--pax-option=delete=atime,delete=ctime"]
# A socket can't be saved, and a program makes it again.
PACK += ["--one-file-system", "--warning=no-file-ignored"]
# By the names of users and groups, which have other numbers on another server. Links are made last, and not followed.
UNPACK = ["--extract", "--same-owner", "--preserve-permissions", "--delay-directory-restore"]


@dataclass(frozen=True)
class Part:
    """Paths below a folder."""

    folder: Path
    paths: Sequence[str]


def pack(parts: Sequence[Part], output: IO[bytes], renamed: tuple[str, str] | None = None) -> str:
    """Writes a gzipped archive. Returns its SHA-256."""
    digest = hashlib.sha256()
    try:
        for chunk in packed(parts, zipped=True, renamed=renamed):
            digest.update(chunk)
            output.write(chunk)
        output.flush()
    except OSError as error:
        raise Failure(f"the archive could not be sent: {error.strerror}") from error
    return digest.hexdigest()


def packed(parts: Sequence[Part], *, zipped: bool, renamed: tuple[str, str] | None = None) -> Iterator[bytes]:
    """The bytes of an archive. Raises Failure at its end if it is incomplete. What tar reports first is shown.

    `renamed` is a path that gets another one in the archive.
    """
    names = [arg for part in parts if part.paths for arg in (f"--directory={part.folder}", *part.paths)]
    # Not in what a symbolic link says.
    rename = [rf"--transform=flags=rh;s,^{renamed[0]}\(/\|$\),{renamed[1]}\1,"] if renamed else []
    command = ["tar", *PACK, *rename, *compression(zipped), "--file=-", *names]
    with first_lines() as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as tar:
        try:
            while chunk := read(tar.stdout):
                yield chunk
        except GeneratorExit:
            tar.kill()
            raise
    if tar.returncode != 0:
        raise Failure(f"the archive is incomplete, because tar ended with status {tar.returncode}")


def unpack(archive: IO[bytes], folder: Path, left_out: Callable[[bytes], Sequence[str]] = lambda _: ()) -> str:
    """Unpacks a gzipped archive into a folder that nobody else can enter. Returns its SHA-256.

    `left_out` decides by the first chunk which paths aren't unpacked.
    """
    digest = hashlib.sha256()
    chunk = read(archive)
    with unpacker(folder, zipped=True, left_out=left_out(chunk)) as take:
        while chunk:
            digest.update(chunk)
            take(chunk)
            chunk = read(archive)
    return digest.hexdigest()


@contextmanager
def unpacker(folder: Path, *, zipped: bool, left_out: Sequence[str] = ()) -> Iterator[Callable[[bytes], None]]:
    """Takes the bytes of an archive, and unpacks them into a folder that nobody else can enter. What tar reports first is
    shown.
    """
    exclude = ["--anchored", "--no-wildcards", *(f"--exclude={path}" for path in left_out)] if left_out else []
    args = ["tar", *UNPACK, *exclude, *compression(zipped), "--file=-", f"--directory={folder}"]
    with first_lines() as stderr, subprocess.Popen(args, stdin=subprocess.PIPE, stderr=stderr) as tar:

        def take(chunk: bytes) -> None:
            # If tar has ended, its status says why.
            with suppress(BrokenPipeError):
                if tar.stdin:
                    tar.stdin.write(chunk)

        yield take
        with suppress(BrokenPipeError):
            if tar.stdin:
                tar.stdin.close()
    if tar.returncode != 0:
        raise Failure(f"the archive can't be unpacked, because tar ended with status {tar.returncode}")


def compression(zipped: bool) -> list[str]:
    return ["--gzip"] if zipped else []


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
