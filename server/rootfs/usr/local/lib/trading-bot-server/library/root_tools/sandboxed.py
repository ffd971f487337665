"""Runs a oneshot unit and shows what it prints, while it prints it."""

import os
import select
import subprocess
import sys
from pathlib import Path


def run_unit(unit: str, pipe: Path) -> bool:
    """Runs a unit to its end and shows its output on our standard error. Returns whether it succeeded.

    `pipe` is what the unit's StandardOutput= names. It is created here, and must be where only root can create files.
    """
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)
    # For reading and writing, so that neither side waits for the other to open it.
    output = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        job = subprocess.Popen(["systemctl", "start", unit], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while job.poll() is None:
            select.select([output], [], [], 0.1)
            show(output)
        show(output)
        return job.returncode == 0
    finally:
        os.close(output)


def show(output: int) -> None:
    while True:
        try:
            data = os.read(output, 1 << 16)
        except BlockingIOError:
            return
        try:
            os.write(sys.stderr.fileno(), data)
        except OSError:
            # The caller has disconnected. The unit must not block because nobody reads its output.
            pass
