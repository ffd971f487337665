"""The paths on the server that several tools use. docs/server-state.md says who writes and who reads them."""

import os
from pathlib import Path

# Put before every path that a root tool reads or writes, so that tests run without root. sudo and systemd don't pass
# this variable on from a caller.
ROOT = Path(os.environ.get("TRADING_BOT_ROOT", "/"))


def at(path: str) -> Path:
    """An absolute path of the server, below the root prefix."""
    return ROOT / path.lstrip("/")


# The tools' own state.
STATE = at("/var/lib/trading-bot-server")
# The guard holds the bot. The bot's unit asserts that this file isn't there.
HELD = STATE / "held"
# A person stopped the bot, and it stays off until a person starts it.
STOPPED = STATE / "stopped"
# The bot's state is being moved to another server: the bot stays off until it is there. bot-state writes and removes it.
MOVING = STATE / "moving"
# A new key pair is live, and the bot has not been moved to it yet.
ACTIVATING = STATE / "activating"
# What an unfinished delivery has changed.
UNDO = STATE / "undo"

# In memory, so that a full disk doesn't matter, and readable by root alone: anyone who can open it could hold it.
LOCK = at("/run/trading-bot-server.lock")
# Held during the whole installation of a program, so that no second one uses the same staging folder.
PROGRAM_LOCK = at("/run/trading-bot-program.lock")

# How often the bot was started again while the exchange was unavailable. In memory: a boot begins again.
RETRIES = at("/run/trading-bot-server/retries")
# The invocation of the bot that ended by itself, with bot.mayEnd. In memory, like the state of the bot's unit.
ENDED = at("/run/trading-bot-server/ended")

BOT = "trading-bot.service"
BOT_DROP_INS = at(f"/etc/systemd/system/{BOT}.d")
BOT_SETTINGS = at("/etc/trading-bot/bot.json")
# The bot's own files: StateDirectory= of its unit.
BOT_STATE = at("/var/lib/trading-bot")

CREDENTIALS = at("/etc/credstore.encrypted")
KEY_PAIR = CREDENTIALS / "binance"
# A unit drop-in that is there for a bot without a key.
WITHOUT_KEY = BOT_DROP_INS / "without-key.conf"
# A unit drop-in that is there for a bot that may end by itself.
MAY_END = BOT_DROP_INS / "may-end.conf"

PROGRAMS = at("/opt/trading-bot")
CURRENT_PROGRAM = PROGRAMS / "current"
# A unit drop-in that is there for a bot that needs an installed program.
NEEDS_PROGRAM = BOT_DROP_INS / "program.conf"

# A fingerprint is the beginning of a SHA-256 in hexadecimal. binance/key-pair.ts has the same length.
FINGERPRINT_LENGTH = 12
