"""Markers: small files that say something by being there, such as that the bot must stay off.

The bot can use up the disk's space and its inodes. So the file of a marker is made ahead, under another name, and is
renamed when the marker is set. A rename needs neither.
"""

import contextlib
import os
from pathlib import Path

from root_tools import files

# All contents have this length, so that another one is written over the previous one, into the same block.
LENGTH = 16


def prepare(marker: Path) -> None:
    """Makes the file of a marker that isn't set, unless the disk is full already."""
    with contextlib.suppress(OSError):
        if not marker.exists() and not spare(marker).exists():
            files.write(spare(marker), padded(""))


def put(marker: Path, content: str = "") -> None:
    """Sets a marker, or changes its content. That it is set isn't durable until `files.sync`."""
    prepared = marker if marker.exists() else spare(marker)
    if not prepared.exists():
        files.make_folder(marker.parent)
        marker.write_bytes(padded(content))
        return
    if prepared.read_bytes() != padded(content):
        with prepared.open("r+b") as file:
            file.write(padded(content))
            file.flush()
            os.fsync(file.fileno())
    os.replace(prepared, marker)


def take_away(marker: Path) -> None:
    """Removes a marker. There may be none. Its file is kept for the next time."""
    try:
        os.replace(marker, spare(marker))
    except FileNotFoundError:
        return
    files.sync_folder(marker.parent)


def spare(marker: Path) -> Path:
    return marker.with_name(f".unset-{marker.name}")


def padded(content: str) -> bytes:
    return content.encode().ljust(LENGTH, b"\n")
