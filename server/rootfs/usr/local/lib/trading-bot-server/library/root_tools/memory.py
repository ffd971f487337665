"""Files in memory: they need no space on the disk, and a boot removes them. Only root can enter their folder."""

from pathlib import Path

from root_tools import files, paths


def make_folder() -> None:
    paths.RUN.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Versions before 0.4.0 made it readable for everybody.
    paths.RUN.chmod(0o700)


def write(path: Path, content: str) -> None:
    make_folder()
    files.write(path, content, 0o600)


def read(path: Path) -> str | None:
    """The content, or None if there is no such file."""
    try:
        return path.read_text()
    except OSError:
        return None
