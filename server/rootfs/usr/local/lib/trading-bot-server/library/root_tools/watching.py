"""What watch-guard and watch-updates have in common: what they remember, and how they send a message."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from root_tools import files, webhook


def server_name(settings: dict[str, Any]) -> str:
    """How a message names the server. Nobody must take a bot in paper mode for one with real money."""
    in_paper_mode = read(Path(os.environ["CONFIGURATION_DIRECTORY"]) / "bot.json").get("mode") == "paper"
    address = f"{settings.get('ipAddress', 'address unknown')}{', bot in paper mode' if in_paper_mode else ''}"
    return f"{settings.get('server', 'the server')} ({address})"


def send(text: str) -> bool:
    """Reports to the journal, and to the webhook if there is one. Returns whether nothing is left to be sent."""
    print(f"<4>{' '.join(text.split())}", flush=True)
    try:
        address = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / "trading-bot-webhook").read_text().strip()
    except (OSError, LookupError):
        address = ""
    if not address.startswith("https://"):
        return True
    if why := webhook.post(address, text):
        print(f"<4>{why}. The next run sends it again.", flush=True)
        return False
    return True


def number(value: object) -> float:
    """0 for everything that isn't a number."""
    return float(value) if isinstance(value, int | float) else 0.0


def read(path: Path) -> dict[str, Any]:
    """An object from a JSON file; an empty one if the file is missing or broken."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def keep(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content)
    if read(path) == content:
        return
    try:
        try:
            files.write(path, text, 0o600)
        except OSError:
            # A full disk: in place, which needs no more space.
            path.write_text(text)
    except OSError as error:
        print(f"<4>{path} can't be written ({error.strerror}).", file=sys.stderr)
