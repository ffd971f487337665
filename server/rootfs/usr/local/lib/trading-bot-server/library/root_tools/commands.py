"""The one way to run another program."""

import subprocess
from dataclasses import dataclass

from root_tools.tool import Failure


@dataclass(frozen=True)
class Result:
    """How a program ended. A program that was ended by its timeout has the status 124, as with timeout(1)."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def output(self) -> str:
        """Standard output as text, without the line end."""
        return text(self.stdout)

    @property
    def errors(self) -> str:
        """Standard error as text, without the line end."""
        return text(self.stderr)


def run(
    *args: str, stdin: bytes = b"", timeout: float | None = None, show: bool = False, merge: bool = False
) -> Result:
    """Runs a program to its end and never raises for how it ends.

    A secret goes to `stdin`, and never into `args`. `show` passes both outputs on to our standard error, `merge` adds
    standard error to `stdout`, in the order in which it was written.
    """
    try:
        ended = subprocess.run(
            args,
            input=stdin,
            stdout=2 if show else subprocess.PIPE,
            stderr=2 if show else subprocess.STDOUT if merge else subprocess.PIPE,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(124, b"", f"{args[0]} did not end within {timeout:g} s".encode())
    except OSError as error:
        return Result(127, b"", f"{args[0]} can't be run: {error.strerror}".encode())
    return Result(ended.returncode, ended.stdout or b"", ended.stderr or b"")


def must_run(*args: str, stdin: bytes = b"") -> Result:
    """Runs a program that has to succeed.

    Raises Failure with the program's standard error, so not for programs that could quote a secret there.
    """
    result = run(*args, stdin=stdin)
    if not result.ok:
        raise Failure(f"`{' '.join(args)}` failed with status {result.status}: {result.errors}")
    return result


def text(output: bytes) -> str:
    return output.decode(errors="replace").strip()
