"""Uploads that contain only what has changed.

Instead of a file's content, such an upload can have its SHA-256, if the current or the previous release has that file. Here
the content is added again. So the archive is the one that a whole upload would have sent, and is verified in the same way.
Releases belong to root, so the bot can't change what is taken from them, and a file is found by its content alone.

An upload is gzipped. It consists of parts, each with a first line:

  data LENGTH           that many bytes of the archive follow
  file SHA-256 LENGTH   here the archive has the content of this file
  end                   the archive is complete
"""

import gzip
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from root_tools import packages, paths
from root_tools.releases import PREVIOUS
from root_tools.tool import Failure

# In bytes. Smaller files are uploaded again: a list of them would take as long.
SMALLEST = 16 << 10
# So the list of them stays short enough to be read.
MOST_FILES = 50_000
CHUNK = 1 << 20
PART = re.compile(rb"(?:data (?P<data>\d{1,15})|file (?P<file>[0-9a-f]{64}) (?P<size>\d{1,15})|(?P<end>end))\n")


def reusable_files() -> dict[str, Path]:
    """The files of the current and the previous release, by their SHA-256. Both stay until another one is installed."""
    links = (paths.CURRENT_PROGRAM, PREVIOUS)
    found = (file for link in links if link.is_dir() for file in large_files(link.resolve()))
    return {digest_of(file): file for file in islice(found, MOST_FILES)}


def large_files(release: Path) -> Iterator[Path]:
    """No link is followed. Code of a package may have left pipes, and files with holes of any size: neither is read."""
    for parent, folders, names in os.walk(release):
        # What pip has installed is in no upload.
        folders[:] = [folder for folder in folders if folder != packages.VENV]
        for name in names:
            file = Path(parent, name)
            info = file.lstat()
            if stat.S_ISREG(info.st_mode) and SMALLEST <= info.st_size <= info.st_blocks * 512:
                yield file


def digest_of(file: Path) -> str:
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def complete(upload: IO[bytes], write: Callable[[bytes], object]) -> None:
    """Writes the archive that an upload describes. Raises Failure if the upload is incomplete or wrong."""
    files: dict[str, Path] | None = None
    with gzip.open(upload) as parts:
        while part := PART.fullmatch(read_line(parts)):
            if part["end"]:
                return
            if part["data"]:
                copy(lambda size: read(parts, size), int(part["data"]), write)
                continue
            files = reusable_files() if files is None else files
            file = files.get(part["file"].decode())
            if file is None:
                raise Failure("the server no longer has a file that this upload refers to: install the program again")
            with open(file, "rb") as content:
                copy(content.read, int(part["size"]), write)
    raise incomplete()


def copy(read_some: Callable[[int], bytes], size: int, write: Callable[[bytes], object]) -> None:
    """Writes exactly so many bytes."""
    while size > 0:
        chunk = read_some(min(size, CHUNK))
        if not chunk:
            raise incomplete()
        write(chunk)
        size -= len(chunk)


def read(parts: IO[bytes], size: int) -> bytes:
    try:
        return parts.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise incomplete() from error


def read_line(parts: IO[bytes]) -> bytes:
    try:
        return parts.readline(128)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise incomplete() from error


def incomplete() -> Failure:
    return Failure("the program arrived incomplete: install it again")
