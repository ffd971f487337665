"""The bot's own page, which the bot serves in its own network: the setting bot.ui."""

import json
import re

from root_tools import memory, paths
from root_tools.commands import must_run
from root_tools.tool import Failure, require_root, say

# The addresses at which the bot can listen so that 127.0.0.1 reaches it, as ss prints them.
REACHABLE = ("127.0.0.1", "0.0.0.0", "*")


def report() -> None:
    require_root()
    port = (memory.read(paths.UI_PORT) or "").strip()
    if not re.fullmatch(r"\d{4,5}", port):
        raise Failure(
            "the setting bot.ui isn't in effect, so the bot's page can't be reached: pulumi config set --path bot.ui PORT, "
            "with the port at which the bot's page is, and then `pulumi up`"
        )
    say(json.dumps({"port": int(port), "listens": listens(port)}))


def listens(port: str) -> bool:
    """Whether a program in the bot's network accepts connections at this port."""
    lines = must_run("ip", "netns", "exec", paths.BOT_NETWORK, "ss", "-Hltn", f"sport = :{port}").output.splitlines()
    return any(line.split()[3].rpartition(":")[0] in REACHABLE for line in lines)
