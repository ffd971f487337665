"""Encrypted systemd credentials, which units load with LoadCredentialEncrypted=.

A secret is only in this process's memory and in pipes: never in a plaintext file, an argument or a message.
"""

import hashlib
import json
import sys
from pathlib import Path

from root_tools import files, paths
from root_tools.commands import run
from root_tools.tool import Failure


def read_line(what: str) -> bytes:
    """The line on standard input, without its end. A line without an end is from a connection that broke on the way."""
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        raise Failure(f"{what} arrived incomplete, and nothing was changed")
    return line[:-1]


def stage(name: str, path: Path, secret: bytes) -> None:
    """Encrypts a secret and checks that it can be read back. `files.commit(path)` makes it live."""
    files.make_folder(paths.CREDENTIALS, 0o700)
    # A credential has its name inside, so that it can't be used as another one.
    encrypted = run("systemd-creds", "encrypt", "--quiet", "--with-key=host", f"--name={name}", "-", "-", stdin=secret)
    if not encrypted.ok:
        raise Failure(f"systemd-creds could not encrypt {name}, and nothing was changed: {encrypted.errors}")
    files.stage(path, encrypted.stdout, 0o600)
    if decrypt(name, files.staged(path)) != secret:
        files.discard(path)
        raise Failure(f"{name} could not be read back after its encryption, and nothing was changed")


def decrypt(name: str, path: Path) -> bytes | None:
    """The secret in a file, or None if it can't be decrypted."""
    result = run("systemd-creds", "decrypt", "--quiet", f"--name={name}", str(path), "-")
    return result.stdout if result.ok else None


def fingerprint(pair: bytes) -> str:
    """Names a key pair. binance/key-pair.ts makes the same, of a pair that was made here from its public key."""
    return hashlib.sha256(without_private_key(pair)).hexdigest()[: paths.FINGERPRINT_LENGTH]


def without_private_key(pair: bytes) -> bytes:
    """The pair as it arrived. To one that was made here, the private key was added."""
    try:
        stored = json.loads(pair)
        return as_json({"apiKey": stored["apiKey"], "publicKey": stored["publicKey"]})
    except (ValueError, LookupError, TypeError):
        return pair


def as_json(value: dict[str, str | None]) -> bytes:
    """In the form of JavaScript's JSON.stringify."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
