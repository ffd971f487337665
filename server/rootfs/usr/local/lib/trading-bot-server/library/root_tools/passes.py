"""The last check that the key pair has passed. A bot only starts if its pair has passed one that is recent enough.

The record is one file: the fingerprint of the pair is its content, the time of the check is its modification time. So
a pass of the same pair is recorded, and revoked, without a free byte or inode.
"""

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from root_tools import credentials, files, memory, paths

DEFAULT_HOURS = 24
# A clock that is set back by more than this makes a record worthless, in seconds.
CLOCK_TOLERANCE = 60


def record(fingerprint: str) -> None:
    if memory.read(paths.PASSED) == fingerprint:
        os.utime(paths.PASSED)
        files.sync(paths.PASSED)
    else:
        files.write(paths.PASSED, fingerprint, 0o600)


def revoke() -> str | None:
    """No check counts as passed any more. Returns why that failed."""
    try:
        os.utime(paths.PASSED, (0, 0))
        files.sync(paths.PASSED)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{paths.PASSED} can't be changed ({error.strerror})"
    return None


def record_missing(fingerprint: str) -> None:
    """Takes over a bot of a version before 0.4.0, which recorded nothing. A record that was revoked is kept."""
    if not paths.PASSED.exists():
        record(fingerprint)


@contextmanager
def without_check() -> Iterator[None]:
    """While this lasts, the bot may be started once without a pass. It also ends if this process is killed."""
    memory.write(paths.WITHOUT_CHECK, "")
    file = os.open(paths.WITHOUT_CHECK, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        files.remove(paths.WITHOUT_CHECK)
        os.close(file)


def is_without_check() -> bool:
    """Whether a process is in `without_check`, and the bot was not started since. One that was killed leaves the file."""
    try:
        file = os.open(paths.WITHOUT_CHECK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def reason_to_refuse(fingerprint: str | None) -> str | None:
    """Why a bot with this pair must not be started. None if it may be started."""
    hours = valid_hours()
    if fingerprint is not None and memory.read(paths.PASSED) == fingerprint:
        age = time.time() - paths.PASSED.stat().st_mtime
        if -CLOCK_TOLERANCE <= age <= hours * 3600:
            return None
    return (
        f"no check of its key has passed in the last {hours} hours. The guard checks every five minutes, and starts it "
        "when a check passes. To start it once without that: npm run start -- --without-check"
    )


def valid_hours() -> int:
    try:
        return int(json.loads(paths.GUARD_SETTINGS.read_text())["passHours"])
    except (OSError, ValueError, LookupError, TypeError):
        return DEFAULT_HOURS


def checked_fingerprint() -> str | None:
    """The fingerprint of the pair that the guard's last check was about. None if that check didn't end well."""
    text = memory.read(paths.GUARD_CHECKED) or ""
    return text if re.fullmatch(f"[0-9a-f]{{{paths.FINGERPRINT_LENGTH}}}", text) else None


def given_fingerprint() -> str | None:
    """The fingerprint of the pair that systemd has given to the bot. The live pair may have been replaced since."""
    try:
        return credentials.fingerprint(paths.GIVEN_KEY_PAIR.read_bytes())
    except OSError:
        return live_fingerprint()


def live_fingerprint() -> str | None:
    """The fingerprint of the pair that is installed. None if there is none, or it can't be decrypted."""
    return installed_fingerprint(paths.KEY_PAIR)


def demo_fingerprint() -> str | None:
    """The same of the demo key pair."""
    return installed_fingerprint(paths.DEMO_KEY_PAIR)


def installed_fingerprint(path: Path) -> str | None:
    pair = credentials.decrypt(path.name, path) if path.exists() else None
    return None if pair is None else credentials.fingerprint(pair)
