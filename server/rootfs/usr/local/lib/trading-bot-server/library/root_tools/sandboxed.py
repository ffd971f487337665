"""Runs a oneshot unit and shows what it prints, while it prints it."""

import os
import select
import subprocess
import sys
from pathlib import Path

# How much of a unit's output is shown, in bytes. What a build prints has no end if it is hostile.
SHOWN = 4 << 20
MORE = b"\n(what it prints after this is not shown)\n"


def run_unit(unit: str, pipe: Path) -> bool:
    """Runs a unit to its end and shows its output on our standard error. Returns whether it succeeded.

    `pipe` is what the unit's StandardOutput= names. It is created here, and must be where only root can create files.
    """
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)
    # For reading and writing, so that neither side waits for the other to open it.
    output = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    left = SHOWN
    try:
        job = subprocess.Popen(["systemctl", "start", unit], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while job.poll() is None:
            select.select([output], [], [], 0.1)
            left = show(output, left)
        show(output, left)
        return job.returncode == 0
    finally:
        os.close(output)


def show(output: int, left: int) -> int:
    """Shows what there is, up to so many bytes. Returns how many are left; -1 if there was more than that."""
    while True:
        try:
            data = os.read(output, 1 << 16)
        except BlockingIOError:
            return left
        if left < 0:
            continue
        if len(data) > left:
            data, left = data[:left] + MORE, -1
        else:
            left -= len(data)
        try:
            os.write(sys.stderr.fileno(), data)
        except OSError:
            # The caller has disconnected. The unit must not block because nobody reads its output.
            pass
