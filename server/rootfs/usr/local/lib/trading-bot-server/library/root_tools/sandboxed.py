"""Runs a oneshot unit to its end: shows what it prints, while it prints it, or exchanges data with it."""

import json
import os
import select
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from root_tools.commands import run
from root_tools.tool import Failure

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


def exchange(unit: str, pipes: tuple[Path, Path], given: Iterator[bytes], take: Callable[[bytes], None]) -> bool:
    """Runs a unit to its end. It reads what is given, in frames, and what it prints is taken. Returns whether it succeeded.

    `pipes` are what its StandardInput= and StandardOutput= name, and must be where only root can create files. If what is
    given fails, the unit is stopped before it gets the last frame: it must take nothing for complete without that.
    """
    for pipe in pipes:
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
    # For reading and writing, so that neither side waits for the other to open it, and so that none sees an end.
    unit_input, unit_output = (os.open(pipe, os.O_RDWR | os.O_NONBLOCK) for pipe in pipes)
    job = None
    try:
        job = subprocess.Popen(["systemctl", "start", unit], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        frames = framed(given)
        left = b""
        while job.poll() is None:
            left = left or next(frames, b"")
            select.select([unit_output], [unit_input] if left else [], [], 0.1)
            drain(unit_output, take)
            left = left[give(unit_input, left) :]
        drain(unit_output, take)
        return job.returncode == 0
    except BaseException:
        run("systemctl", "stop", unit)
        if job is not None:
            # It only waits for the unit's end. If that could not be stopped, this tool ends anyway.
            job.kill()
        raise
    finally:
        os.close(unit_input)
        os.close(unit_output)
        if job is not None:
            job.wait()
        for pipe in pipes:
            pipe.unlink(missing_ok=True)


def framed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Each with its length before it, and at the end a length of 0."""
    for chunk in chunks:
        yield struct.pack(">I", len(chunk)) + chunk
    yield struct.pack(">I", 0)


def give(pipe: int, data: bytes) -> int:
    try:
        return os.write(pipe, data) if data else 0
    except BlockingIOError:
        return 0


def drain(pipe: int, take: Callable[[bytes], None]) -> None:
    while True:
        try:
            data = os.read(pipe, 1 << 16)
        except BlockingIOError:
            return
        take(data)


# What a unit reports is small, whatever it writes there.
LONGEST_RESULT = 1 << 20


def read_result(file: Path, unit: str) -> dict[str, Any]:
    """What a unit's user has written. It may be anything."""
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as result:
            content = json.loads(result.read(LONGEST_RESULT))
    except (OSError, ValueError, RecursionError) as error:
        raise Failure(f"{unit} has reported nothing that can be read") from error
    if not isinstance(content, dict):
        raise Failure(f"{unit} has reported nothing that can be read")
    return content
