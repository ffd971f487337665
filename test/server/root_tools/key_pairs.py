"""Key pairs of tests, by a name."""

import base64
import hashlib
import json


def pair(name: str) -> str:
    return json.dumps({"apiKey": f"{name}-key", "apiSecret": f"{name}-secret"}, separators=(",", ":"))


def fingerprint(name: str) -> str:
    return hashlib.sha256(pair(name).encode()).hexdigest()[:12]


def sealed(name: str, credential: str = "binance") -> str:
    """What the stand-in for systemd-creds makes of a pair."""
    return f"sealed as {credential}\n{base64.encodebytes(pair(name).encode()).decode()}"
