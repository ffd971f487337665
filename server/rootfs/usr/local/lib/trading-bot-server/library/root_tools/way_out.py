"""Closes the bot's way out of the server: every packet of its users is refused, of open connections as well.

It is a table of the firewall beside that of /etc/nftables.conf, and comes before it. The kernel opens the way by itself
when the time is over, so that a crash never leaves it closed. A boot opens it as well. The guard's table and that of a stop
are different ones, so that neither opens what the other has closed.
"""

import pwd

from root_tools import paths
from root_tools.commands import run

# The bot, and the proxy that only the bot uses.
USERS = (paths.BOT_USER, "trading-bot-proxy")
TABLE = "inet trading_bot_closed"
# While a person stops the bot at once.
STOP_TABLE = "inet trading_bot_stopping"

# The set is flushed, because adding an element that is there keeps its old time.
RULES = """
add table {table}
add set {table} users {{ type uid; flags timeout; }}
add chain {table} output {{ type filter hook output priority filter - 5; policy accept; }}
flush chain {table} output
add rule {table} output oifname != "lo" meta skuid @users meta l4proto tcp reject with tcp reset
add rule {table} output oifname != "lo" meta skuid @users drop
flush set {table} users
add element {table} users {{ {users} }}
"""


def close(seconds: int, table: str = TABLE) -> str | None:
    """Closes the way for at most so long. Returns why that failed."""
    users = ", ".join(f"{uid} timeout {seconds}s" for uid in map(user_id, USERS) if uid is not None)
    if not users:
        return "the bot's way out can't be closed: it has no user"
    result = run("nft", "--file", "-", stdin=RULES.format(table=table, users=users).encode(), timeout=10)
    return None if result.ok else f"the bot's way out could not be closed: {result.errors}"


def open_again(table: str = TABLE) -> None:
    run("nft", "delete", "table", *table.split(), timeout=10)


def user_id(name: str) -> int | None:
    if str(paths.ROOT) != "/":
        # The users of a test's server aren't those of the machine that runs the test.
        return 1 + USERS.index(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None
