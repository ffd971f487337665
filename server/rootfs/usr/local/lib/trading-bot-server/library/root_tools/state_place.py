"""Where the bot's state is, and the copies of it. They are on the same file system, so that one can take the other's place."""

from pathlib import Path

from root_tools import paths


def state() -> Path:
    """The folder that is renamed when the state is replaced."""
    return paths.BOT_STATE


def copies() -> Path:
    """Its parents are root's, so nobody else gets to a copy."""
    return paths.STATE / "copies"


def refresh() -> None:
    """Called after the state was replaced, while the bot is off. A plain folder needs nothing."""
