"""What a bot writes, without the values of its secrets.

A bot isn't careful with them: freqtrade writes its whole configuration if something in it is wrong, and an error about a
request has its URL. What is in the journal is also on the owner's screen, in backups of the disk, and in what is sent to
others for help. This doesn't stop a bot that wants to publish a secret: it can write it in any other form.
"""

import contextlib
import fcntl
import json
import os
import sys
import termios
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence

# Shorter values, such as a PIN, would be found in text that has nothing to do with them.
SHORTEST_SECRET = 8
# In bytes: what is read at once.
CHUNK = 1 << 16


def secrets_of_unit(environment: Mapping[str, str]) -> dict[str, str]:
    """The values of all credentials that systemd has decrypted for this unit, by their names. launch-bot reports those that
    are damaged.
    """
    secrets: dict[str, str] = {}
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder is None:
        return secrets
    for credential in sorted(os.listdir(folder)):
        with contextlib.suppress(OSError, ValueError):
            with open(os.path.join(folder, credential), encoding="utf-8") as file:
                content = json.load(file)
            if isinstance(content, dict):
                secrets |= {name: value for name, value in content.items() if isinstance(value, str)}
    return secrets


def forms(value: str) -> Iterator[str]:
    """How a value appears in what a program writes: line by line, and as a part of JSON or of a URL."""
    for line in value.splitlines():
        line = line.strip()
        if len(line) >= SHORTEST_SECRET and not line.startswith("-----"):
            yield line
            yield json.dumps(line)[1:-1]
            yield repr(line)[1:-1]
            # Python's two, and that of JavaScript.
            for safe in ("", "/", "!'()*"):
                yield urllib.parse.quote(line, safe=safe)
            yield urllib.parse.quote_plus(line)


class Redaction:
    """Replaces secrets in a stream of bytes by their names in brackets."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        names = {form.encode(): f"[{name}]".encode() for name, value in secrets.items() for form in forms(value)}
        # A form may be a part of another one.
        self._names = sorted(names.items(), key=lambda item: len(item[0]), reverse=True)
        self._held = b""

    def next(self, data: bytes) -> bytes:
        """What can be written by now. An end that may be the beginning of a secret is kept until more is known."""
        text = self._held + data
        for form, name in self._names:
            text = text.replace(form, name)
        held = max((beginning_at_end(text, form) for form, _ in self._names), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def rest(self) -> bytes:
        """What was kept, when nothing more comes."""
        rest, self._held = self._held, b""
        return rest


def beginning_at_end(text: bytes, form: bytes) -> int:
    """How many bytes at the end of a text are the beginning of this form, and not all of it."""
    start = text.find(form[:1], max(0, len(text) - len(form) + 1))
    while start != -1:
        if form.startswith(text[start:]):
            return len(text) - start
        start = text.find(form[:1], start + 1)
    return 0


class Output:
    """Standard output or standard error of the program, or both if they are one file: it gets a pipe instead."""

    def __init__(self, descriptors: Sequence[int], secrets: Mapping[str, str]) -> None:
        self.descriptors = descriptors
        self.source, self.for_program = os.pipe()
        self.is_open = True
        self._redaction = Redaction(secrets)

    def pass_on(self) -> None:
        """Passes on what there is, if there is something to read."""
        self._pass_on(CHUNK)

    def pass_on_rest(self) -> None:
        """Passes on what the program has written until now. Others that it has started may still be writing."""
        left = int.from_bytes(fcntl.ioctl(self.source, termios.FIONREAD, bytes(4)), sys.byteorder) if self.is_open else 0
        while self.is_open and left > 0:
            left -= self._pass_on(min(left, CHUNK))
        if self.is_open:
            self._write(self._redaction.rest())

    def _pass_on(self, size: int) -> int:
        data = os.read(self.source, size)
        self._write(self._redaction.next(data) if data else self._redaction.rest())
        if not data:
            self._close()
        return len(data)

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self.descriptors[0], data) :]
        except OSError:
            # Nobody reads it any more. The program notices that as it would without the pipe.
            self._close()

    def _close(self) -> None:
        if self.is_open:
            os.close(self.source)
            self.is_open = False


def outputs_with_secrets(environment: Mapping[str, str]) -> list[Output]:
    """The outputs of a program that has secrets, except for a terminal, which a pipe would replace."""
    secrets = secrets_of_unit(environment)
    descriptors = [descriptor for descriptor in (1, 2) if not os.isatty(descriptor)]
    if not secrets:
        return []
    # The journal is both. What is written to one and to the other stays in order.
    files = {descriptor: (status.st_dev, status.st_ino) for descriptor in descriptors for status in [os.fstat(descriptor)]}
    same = [[descriptor for descriptor in descriptors if files[descriptor] == file] for file in dict.fromkeys(files.values())]
    return [Output(one, secrets) for one in same]
