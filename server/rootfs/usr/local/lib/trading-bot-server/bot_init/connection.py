"""Whether a bot still has a connection to the exchange's streams."""

import ipaddress
import sys
import time

# The state of an open connection in /proc/net/tcp.
ESTABLISHED = "01"


class Connection:
    """Whether the bot has a connection to the exchange's streams, by the kernel's table of the bot's own network.

    The proxy accepts a connection before it has one itself, and needs up to 70 seconds to find out that it gets none. So
    only one that has been open for longer counts.
    """

    def __init__(self, settings: str) -> None:
        """The settings are the limit in seconds, and the addresses at which the proxy accepts connections."""
        limit, *addresses = settings.split()
        self._limit = float(limit)
        self._proven_after = min(90.0, self._limit / 3)
        self._addresses = {ipaddress.ip_address(address) for address in addresses}
        self._next_look = self._last_seen = time.monotonic()
        # When each open connection was seen first, by its inode.
        self._since: dict[str, float] = {}

    def wait(self) -> float:
        """In how many seconds to look again."""
        return max(0.0, self._next_look - time.monotonic())

    def is_missing(self) -> bool:
        """Looks, if it is time to. True once the limit is over, which is reported."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + self._proven_after / 3
        self._since = {inode: self._since.get(inode, now) for inode in self._open()}
        if any(now - since >= self._proven_after for since in self._since.values()):
            self._last_seen = now
        if now - self._last_seen < self._limit:
            return False
        print(
            f"bot-init: The bot has had no open connection to Binance's streams for {self._limit / 60:g} minutes "
            "(bot.connectionMinutes). It is ended, and started again.",
            file=sys.stderr,
            flush=True,
        )
        return True

    def _open(self) -> list[str]:
        """The inodes of the open connections to these addresses."""
        lines: list[str] = []
        for table in ("tcp", "tcp6"):
            try:
                with open(f"/proc/self/net/{table}", encoding="ascii") as file:
                    lines += file.readlines()[1:]
            except FileNotFoundError:
                continue
        fields = (line.split() for line in lines)
        return [
            inode
            for _, _, remote, state, _, _, _, _, _, inode, *_ in fields
            if state == ESTABLISHED and read_address(remote) in self._addresses
        ]


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address of /proc/net/tcp, such as 0100007F:01BB: words of four bytes in the processor's order."""
    hexadecimal = text.partition(":")[0]
    words = [hexadecimal[start : start + 8] for start in range(0, len(hexadecimal), 8)]
    address = ipaddress.ip_address(b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
