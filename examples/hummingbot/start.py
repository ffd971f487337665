"""Starts Hummingbot with one strategy, and with the key pair of this server.

Hummingbot keeps everything below the folder in which it is installed, which is read-only here. So it gets another one, in
memory: the key's encrypted file is made there again at each start, with a password that nobody needs to know. Its trades
and its logs are links to the bot's state.
"""

import io
import json
import os
import secrets
import shutil
import sys
from pathlib import Path

import hummingbot

STRATEGY = "market-making.yml"

program = Path(__file__).resolve().parent
state = Path.cwd()
root = Path("/tmp/hummingbot")


def make_root() -> None:
    """Makes Hummingbot's folder."""
    shutil.copytree(program / "conf", root / "conf", copy_function=shutil.copyfile)
    (root / "conf" / "connectors").mkdir()
    (root / "hummingbot").symlink_to(Path(hummingbot.__file__).parent)
    for name in ("data", "logs"):
        (state / name).mkdir(exist_ok=True)
        (root / name).symlink_to(state / name)


def hide_key() -> None:
    """Writes the key pair into Hummingbot's encrypted file, and out of the environment."""
    pair = {
        "binance_api_key": os.environ.pop("BINANCE_API_KEY"),
        "binance_api_secret": os.environ.pop("BINANCE_API_SECRET"),
    }
    os.environ["HBOT_PASSWORD"] = secrets.token_hex(16)

    from hummingbot.cli.main import app

    sys.stdin = io.StringIO(json.dumps(pair))
    app(["connect", "binance", "--keys-stdin"], standalone_mode=False)


def main() -> None:
    make_root()
    # Hummingbot's modules read these when they are imported.
    hummingbot.root_path = lambda: root
    hummingbot.set_prefix_path(str(root))
    os.chdir(root)
    hide_key()

    from hummingbot.cli import bot, engine

    bot.bot_dir().mkdir(parents=True, exist_ok=True)
    sys.argv = ["hummingbot", "--name", Path(STRATEGY).stem, "--config", STRATEGY]
    engine.main()


main()
