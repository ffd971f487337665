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
# The guard holds the bot: root_tools/hold.py. The bot's unit asserts that this file isn't there.
HELD = STATE / "held"
# Which pair passed a check of the guard last, and when: root_tools/passes.py.
PASSED = STATE / "passed"
# A person stopped the bot, and it stays off until a person starts it.
STOPPED = STATE / "stopped"
# The bot's state is being moved to a fresh system, or replaced on this one: the bot stays off until that is complete.
# bot-state and bot-backup write and remove it.
MOVING = STATE / "moving"
# Its content if bot-backup has written it.
RESTORING = "restore"
# The bot's state is being copied or replaced, and the bot stays off meanwhile: root_tools/state_swap.py.
SWAPPING = STATE / "swapping"
# The bot that the program was installed for was removed from the settings. The settings of another one must not start it:
# its unit has a condition for this file (program.conf). An installation, a roll-back or a person ends that.
PROGRAM_UNUSED = STATE / "program-unused"
# A new key pair is live, and the bot has not been moved to it yet.
ACTIVATING = STATE / "activating"
# With which mode the bot was set up last, "live" or "paper", so that a change is recorded once.
MODE = STATE / "mode"
# What an unfinished delivery has changed.
UNDO = STATE / "undo"

# In memory, so that a full disk doesn't matter, and for root alone: anyone who can open a lock could hold it.
RUN = at("/run/trading-bot-server")
LOCK = RUN / "lock"
# Held during the whole installation of a program, so that no second one uses the same staging folder.
PROGRAM_LOCK = RUN / "program.lock"

# Held while a bot that may be hostile is being stopped: a start at the same time must not give it its network again.
STOP_LOCK = RUN / "stop.lock"

# How often the bot was started again while the exchange was unavailable. In memory: a boot begins again.
RETRIES = RUN / "retries"
# The invocation of the bot that ended by itself, with bot.mayEnd. In memory, like the state of the bot's unit.
ENDED = RUN / "ended"
# The same as HELD, until the next boot. The bot's unit asserts that this file isn't there either.
HELD_IN_MEMORY = RUN / "held"
# Why the last start of the bot was refused. It is started as soon as a check passes.
REFUSED = RUN / "refused"
# A check has passed, and the bot is about to be started. If that is interrupted, the next check that passes starts it.
TO_START = RUN / "to-start"
# A person starts the bot once, although no check of its key has passed lately: root_tools/passes.py.
WITHOUT_CHECK = RUN / "without-check"

# The bot was stopped while its state is moved, and must be started again. In memory: a boot starts it anyway.
STOPPED_FOR_VOLUME = RUN / "stopped-for-volume"

# Which invocations of units were reported because they run old code. In memory, like the units.
OLD_CODE_REPORTED = RUN / "old-code-reported"

# When apt's daily jobs have last succeeded, by the names of their units.
UPDATE_STAMPS = {
    "apt-daily": at("/var/lib/apt/periodic/update-stamp"),
    "apt-daily-upgrade": at("/var/lib/apt/periodic/upgrade-stamp"),
}

PROCESSES = at("/proc")
# The setting rebootTime. With `never`, this file isn't there.
UPDATE_WINDOW = at("/etc/trading-bot/update-window")

BOT = "trading-bot.service"
BOT_USER = "trading-bot"
# Its network namespace.
BOT_NETWORK = "trading-bot"
# The setting bot.ui. Without it, this file isn't there.
UI_PORT = at("/etc/trading-bot/ui-port")
# How the names of the units begin that run commands as the bot: bot-command.
COMMAND = "trading-bot-command-"
COMMAND_WITH_KEY = f"{COMMAND}key-"
COMMAND_WITH_SECRETS = f"{COMMAND}secrets-"
BOT_DROP_INS = at(f"/etc/systemd/system/{BOT}.d")
BOT_SETTINGS = at("/etc/trading-bot/bot.json")
# The bot's own files: StateDirectory= of its unit.
BOT_STATE = at("/var/lib/trading-bot")
# Where the volume for that state is mounted, and which one it is, if there is one: root_tools/state_place.py.
VOLUME = STATE / "volume"
VOLUME_RECORD = STATE / "state-volume.json"
# On the volume: whose state it is for.
VOLUME_STACK = VOLUME / "stack"
# A unit drop-in that is there while the state is on a volume: the bot never starts on an empty folder. The same for commands.
ON_VOLUME = BOT_DROP_INS / "state-volume.conf"
COMMANDS_ON_VOLUME = at(f"/etc/systemd/system/{COMMAND}.service.d/state-volume.conf")

GUARD = "trading-bot-guard.service"
CLOCK = "trading-bot-clock.service"
GUARD_SETTINGS = at("/etc/trading-bot/guard.json")
# What the guard remembers, written by its own user: server/guard/state.ts.
GUARD_MEMORY = at("/var/lib/trading-bot-guard/memory.json")
# The fingerprint of the pair that the guard's last check was about: server/guard/checked-pair.ts.
GUARD_CHECKED = at("/run/trading-bot-guard/checked")
# A message that the guard has prepared for the webhook: server/guard/outbox.ts.
GUARD_MESSAGE = at("/run/trading-bot-guard/message.json")

CREDENTIALS = at("/etc/credstore.encrypted")
KEY_PAIR = CREDENTIALS / "binance"
DEMO_KEY_PAIR = CREDENTIALS / "trading-bot-demo-key"
# What systemd has decrypted for the bot's unit, while that starts or runs.
GIVEN_KEY_PAIR = at(f"/run/credentials/{BOT}/binance")
HEARTBEAT = CREDENTIALS / "trading-bot-heartbeat"
# A unit drop-in that is there for a bot without a key.
WITHOUT_KEY = BOT_DROP_INS / "without-key.conf"
# Unit drop-ins that are there for a bot with other secrets than its key, and for one with a demo key pair.
WITH_SECRETS = BOT_DROP_INS / "zz-secrets.conf"
WITH_DEMO_KEY = BOT_DROP_INS / "zz-demo-key.conf"
# A unit drop-in that is there for a bot that may end by itself.
MAY_END = BOT_DROP_INS / "may-end.conf"

# The setting backup:repository. Without it, this file isn't there.
STORAGE = at("/etc/trading-bot-backup/storage.json")
# When a backup was stored last off the server, and why the last one failed: root_tools/stored_backup.py.
STORED_BACKUPS = at("/var/lib/trading-bot-backup/stored.json")

PROGRAMS = at("/opt/trading-bot")
CURRENT_PROGRAM = PROGRAMS / "current"
# A unit drop-in that is there for a bot that needs an installed program.
NEEDS_PROGRAM = BOT_DROP_INS / "program.conf"

# A fingerprint is the beginning of a SHA-256 in hexadecimal. binance/key-pair.ts has the same length.
FINGERPRINT_LENGTH = 12
