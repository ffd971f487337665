"""What the tests of the root tools share."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTFS = REPOSITORY / "server/rootfs"


def use_library() -> None:
    """Makes `root_tools` importable in this process."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOTFS / "usr/local/lib/trading-bot-server"))


@contextmanager
def recorded_calls() -> Iterator[list[tuple[str, ...]]]:
    """Records each sync with the path that it syncs, and each rename."""
    calls: list[tuple[str, ...]] = []
    fsync, replace = os.fsync, os.replace

    def recording_fsync(descriptor: int) -> None:
        calls.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def recording_replace(source: Path, target: Path) -> None:
        calls.append(("replace", str(source), str(target)))
        replace(source, target)

    with mock.patch("os.fsync", recording_fsync), mock.patch("os.replace", recording_replace):
        yield calls
