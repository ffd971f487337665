"""restic-unit: runs restic in the sandbox of a unit, trading-bot-backup@.service, as a user that reaches the storage and
nothing else.

Root gives it the archive to store, in frames, and takes what it reads from the storage. It has no rights to read anything
else. restic's password and the storage's keys are in memory files, which only restic's own process inherits. A key for sftp is
in one as well: ssh closes what it inherits, so it opens the one of this process.
"""

import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from root_tools import files

NAME = "restic-unit"
RESTIC = "/usr/bin/restic"
# Our own snapshots, and what each of them has.
TAG = "trading-bot-server"
ARCHIVE = "bot.tar"
# The storage's data is read again in so many parts, one a week.
PARTS = 10

# restic repeats a request that fails for 15 minutes. It is ended if it has got no further for so long, in seconds.
RETRY_LIMIT = 120
# It waits at most so long before it repeats a request. After a longer time without a report, it got further.
LONGEST_WAIT = 100
# How often the storage is tried before restic runs, how long each time, and how long between two tries, in seconds.
TRIES, TRY_LIMIT, PAUSE = 3, 10, 5
RETRYING = re.compile(r"returned error, retrying after")
CHUNK = 1 << 20
KEPT_LINES = 40
# In bytes.
LONGEST_LOG = 1 << 16

# The exit codes of restic 0.17 and later.
NO_REPOSITORY, LOCKED, WRONG_PASSWORD = 10, 11, 12

# What the last lines of restic's report mean. The first that fits.
MEANINGS = [
    (
        r"wrong password or no key found",
        "the password isn't the repository's. Set the one that the repository was made with: "
        "pulumi config set --secret backup:password, and then: pulumi up",
    ),
    (
        r"Access ?Denied|InvalidAccessKeyId|[Aa]ccess [Kk]ey I[Dd]|request signature|403 Forbidden|not authorized",
        "the storage refuses the keys. Set those that it has given you: pulumi config set --secret backup:accessKey, "
        "pulumi config set --secret backup:secretKey, and then: pulumi up",
    ),
    (
        r"[Nn]o space left|[Qq]uota|StorageFull|[Ii]nsufficient ?[Ss]torage|\b507\b|disk full",
        "the storage is full. Order more of it, or remove old backups (docs/backup.md)",
    ),
    (
        r"Permission denied \(",
        "the storage refuses the key. Give it the public half of backup:privateKey (docs/backup.md)",
    ),
    (
        r"Host key verification failed",
        "the storage shows another host key than backup:hostKey. Find out why before you change the setting",
    ),
    (r"NoSuchBucket|bucket does not exist", "the bucket doesn't exist. Create it at the storage's provider"),
    (
        r"already locked|unable to create lock",
        "the repository is locked by another run. If that was killed, its lock is removed by a backup after half an hour",
    ),
]


# What the storage says about its keys and its room.
REFUSALS = MEANINGS[1:3]


class Problem(Exception):
    """Why the storage can't be used, as sentences for a person. It holds no secret."""


@dataclass(frozen=True)
class Storage:
    """The settings, as `pulumi up` has delivered them."""

    # As restic takes it.
    repository: str
    # Under this name the stack's backups are known there.
    name: str
    # Where the storage is.
    host: str
    port: int
    # For a storage with sftp.
    user: str = ""
    host_key: str = ""


@dataclass(frozen=True)
class Ended:
    status: int
    # The last lines of standard error.
    report: str
    # The last line of standard output, if it is kept.
    last: str = ""


class Retries:
    """How long restic has been repeating requests in vain."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.first = 0.0
        self.last = float("-inf")

    def is_over(self, now: float) -> bool:
        """Called for each request that restic repeats."""
        if now - self.last > LONGEST_WAIT:
            self.first = now
        self.last = now
        return now - self.first >= self.limit


def read_storage() -> Storage:
    given = json.loads((Path(os.environ["CREDENTIALS_DIRECTORY"]) / "storage.json").read_text())
    return Storage(host_key=given.pop("hostKey", ""), **given)


def meaning(ended: Ended) -> str:
    """What is wrong, from how restic has ended."""
    if ended.status == WRONG_PASSWORD:
        return MEANINGS[0][1]
    for pattern, text in MEANINGS:
        if re.search(pattern, ended.report):
            return text
    if ended.status == LOCKED:
        return MEANINGS[-1][1]
    lines = [line for line in ended.report.splitlines() if line.strip()]
    if lines and RETRYING.search(lines[-1]):
        return f"the storage fails the same request again and again. It may be full, or out of order: {lines[-1][:400]}"
    return f"restic ended with status {ended.status}: {lines[-1][:400] if lines else 'it reported nothing'}"


class Restic:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        password, access = read_secrets(storage)
        self.files = [memory_file("password", password)]
        self.ssh_log = memory_file("log", "")
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": "/nonexistent",
            "TMPDIR": "/tmp",
            "RESTIC_REPOSITORY": storage.repository,
            "RESTIC_PASSWORD_FILE": f"/proc/self/fd/{self.files[0]}",
            "RESTIC_CACHE_DIR": os.environ["CACHE_DIRECTORY"],
            "RESTIC_PROGRESS_FPS": "0.1",
            # The server has little memory.
            "GOGC": "20",
        }
        if storage.user:
            self.option = f"sftp.command={ssh_command(storage, memory_file('key', access), self.ssh_log)}"
        else:
            # The bucket in the path and not in the host's name, because only the host itself can be reached.
            self.option = "s3.bucket-lookup=path"
            self.files.append(memory_file("keys", access))
            self.environment["AWS_SHARED_CREDENTIALS_FILE"] = f"/proc/self/fd/{self.files[-1]}"

    def run(self, *args: str, output: IO[bytes] | int = subprocess.DEVNULL, inherit: Sequence[int] = ()) -> Ended:
        """Runs restic to its end. With output=PIPE, the last line that it prints is kept."""
        command = [RESTIC, f"--option={self.option}", *args]
        retries = Retries(float(os.environ.get("RETRY_LIMIT", RETRY_LIMIT)))
        lines: list[str] = []
        # A memory file is read from its start each time, because each opening has its own place in it.
        with subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            pass_fds=(*self.files, *inherit),
        ) as process:
            last = b""
            reader = threading.Thread(target=watch, args=(process, lines, retries))
            reader.start()
            if process.stdout is not None:
                for line in process.stdout:
                    last = line
            reader.join()
        lines.extend(self.said_by_ssh())
        return Ended(process.returncode, "\n".join(lines), last.decode(errors="replace"))

    def said_by_ssh(self) -> list[str]:
        """What ssh has written since the last time. restic shows that only if it ends late enough."""
        said = os.pread(self.ssh_log, LONGEST_LOG, 0).decode(errors="replace").splitlines()[-KEPT_LINES:]
        os.ftruncate(self.ssh_log, 0)
        for line in said:
            print(f"ssh: {line}", file=sys.stderr, flush=True)
        return said

    def must_run(self, *args: str, output: IO[bytes] | int = subprocess.DEVNULL, inherit: Sequence[int] = ()) -> str:
        ended = self.run(*args, output=output, inherit=inherit)
        if ended.status != 0:
            raise Problem(meaning(ended))
        return ended.last


def read_secrets(storage: Storage) -> tuple[str, str]:
    """restic's password, and what opens the storage: a private key for sftp, or a file with the keys of S3."""
    text = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / "trading-bot-backup").read_text()
    if storage.user:
        password, _, key = text.partition("\n")
        return password, key
    given = json.loads(text)
    keys = f"aws_access_key_id = {given['accessKey']}\naws_secret_access_key = {given['secretKey']}\n"
    return given["password"], f"[default]\n{keys}"


def ssh_command(storage: Storage, key: int, log: int) -> str:
    """How restic starts ssh, which accepts no other host key and offers no other key, and what is wrong is in `log`."""
    hosts = memory_file("hosts", f"storage {storage.host_key}\n")
    files = {"UserKnownHostsFile": hosts, "IdentityFile": key}
    options = [
        *(f"{name}=/proc/{os.getpid()}/fd/{file}" for name, file in files.items()),
        "GlobalKnownHostsFile=/dev/null",
        "StrictHostKeyChecking=yes",
        "HostKeyAlias=storage",
        "UpdateHostKeys=no",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "BatchMode=yes",
        "ConnectTimeout=20",
        "ServerAliveInterval=20",
        "ServerAliveCountMax=3",
    ]
    flags = " ".join(f"-o {option}" for option in options)
    return f"/usr/bin/ssh -F none -T -E /proc/{os.getpid()}/fd/{log} -p {storage.port} {flags} {storage.user}@{storage.host} -s sftp"


def memory_file(name: str, content: str) -> int:
    file = os.memfd_create(name, 0)
    # ssh reads no key that others may read.
    os.fchmod(file, 0o600)
    os.write(file, content.encode())
    return file


def watch(process: "subprocess.Popen[bytes]", lines: list[str], retries: Retries) -> None:
    """Keeps the last lines of what restic reports, and ends it if it goes on for too long without success."""
    if process.stderr is None:
        return
    for raw in process.stderr:
        line = raw.decode(errors="replace").rstrip()
        print(f"restic: {line}", file=sys.stderr, flush=True)
        lines.append(line)
        del lines[:-KEPT_LINES]
        if RETRYING.search(line) and (is_refusal(line) or retries.is_over(time.monotonic())):
            process.kill()


def is_refusal(line: str) -> bool:
    """Whether the storage has refused a request for a reason that doesn't pass by itself."""
    return any(re.search(pattern, line) for pattern, _ in REFUSALS)


def reach(storage: Storage) -> None:
    """Raises Problem if the storage doesn't answer. restic would try that for 15 minutes, and say less."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE)
        try:
            with (
                socket.create_connection((storage.host, storage.port), timeout=TRY_LIMIT) as connection,
                greeting(storage, connection),
            ):
                return
        except ssl.SSLCertVerificationError as error:
            why = f"its certificate isn't valid: {error.verify_message}"
        except OSError as error:
            why = type(error).__name__ if error.strerror is None else error.strerror
    raise Problem(f"the storage {storage.host} can't be reached ({why}). The next run tries it again")


def greeting(storage: Storage, connection: socket.socket) -> socket.socket:
    """Raises OSError if what answers isn't the storage."""
    if not storage.user:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=storage.host)
    if connection.recv(4) != b"SSH-":
        raise ConnectionError(0, "no SSH server answers")
    return connection


def store(restic: Restic) -> dict[str, Any]:
    is_new = make_repository(restic)
    # Removes only locks of runs that have ended: half an hour old, or of a process of this server that is gone.
    restic.must_run("unlock")
    source = ["--stdin-from-command", "--stdin-filename", ARCHIVE]
    own = ["--host", restic.storage.name, "--tag", TAG, "--json", "--retry-lock", "2m"]
    # What root has given goes to a process of ours. If it doesn't see its end, it fails, and restic stores no snapshot.
    given = os.dup(sys.stdin.fileno())
    reader = [sys.executable, "-IB", os.path.abspath(sys.argv[0]), f"unframe-{given}"]
    summary = json.loads(
        restic.must_run("backup", *own, *source, "--", *reader, output=subprocess.PIPE, inherit=[given])
    )
    return {
        "snapshot": summary["snapshot_id"],
        "bytes": summary["total_bytes_processed"],
        "added": summary.get("data_added_packed", summary.get("data_added")),
        "isNew": is_new,
    }


def make_repository(restic: Restic) -> bool:
    """Makes the repository if there is none. Returns whether there was none."""
    ended = restic.run("cat", "config", "--no-lock")
    if ended.status == 0:
        return False
    if ended.status != NO_REPOSITORY or re.search(MEANINGS[1][0], ended.report):
        raise Problem(meaning(ended))
    restic.must_run("init")
    return True


def unframe(given: str) -> dict[str, Any]:
    """Writes what arrives in frames to standard output. Raises Problem if it ends without the last frame."""
    with open(int(given), "rb") as source:
        while length := struct.unpack(">I", read_all(source, 4))[0]:
            sys.stdout.buffer.write(read_all(source, length))
    sys.stdout.buffer.flush()
    return {}


def read_all(source: IO[bytes], size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise Problem("the archive was cut off")
    return data


def check(restic: Restic) -> dict[str, Any]:
    """The structure of everything that is stored."""
    restic.must_run("check", "--retry-lock", "2m")
    return {}


def check_data(restic: Restic, part: str) -> dict[str, Any]:
    """The same, and one part of the data is read again."""
    restic.must_run("check", "--retry-lock", "2m", f"--read-data-subset={part}/{PARTS}")
    return {}


def snapshots(restic: Restic) -> dict[str, Any]:
    # Those of this stack, if several use one repository.
    own = ["--host", restic.storage.name, "--tag", TAG]
    restic.must_run("snapshots", "--json", "--no-lock", *own, output=sys.stdout.buffer)
    return {}


def dump(restic: Restic, snapshot: str) -> dict[str, Any]:
    own = ["--host", restic.storage.name, "--tag", TAG]
    restic.must_run("dump", "--no-lock", *own, snapshot, f"/{ARCHIVE}", output=sys.stdout.buffer)
    return {}


COMMANDS = {"store": store, "check": check, "data": check_data, "snapshots": snapshots, "dump": dump}


def main(args: Sequence[str]) -> int:
    """The argument is the unit's instance: a command, and after a hyphen what it needs."""
    command, _, value = args[0].partition("-")
    if command == "unframe":
        try:
            unframe(value)
        except Problem as problem:
            print(f"{NAME}: {problem}", file=sys.stderr)
            return 1
        return 0
    result = Path(os.environ["RUNTIME_DIRECTORY"]) / "result.json"
    try:
        storage = read_storage()
        reach(storage)
        found = COMMANDS[command](Restic(storage), *([value] if value else []))
    except Problem as problem:
        files.write(result, json.dumps({"problem": str(problem)}), 0o600)
        print(f"{NAME}: {problem}", file=sys.stderr)
        return 1
    files.write(result, json.dumps(found), 0o600)
    return 0
