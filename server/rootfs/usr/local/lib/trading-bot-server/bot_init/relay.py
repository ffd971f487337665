"""What a bot with a watchdog reports to systemd."""

import os
import socket
import time

# The first descriptor that systemd passes.
SYSTEMD_SOCKET = 3
PASSED_ON = (b"READY=1", b"WATCHDOG=1")
# In seconds.
INTERVAL = 1
# A message of systemd's protocol is shorter.
LONGEST_MESSAGE = 4096


class Relay:
    """Passes on to systemd what a bot with a watchdog may report."""

    def __init__(self) -> None:
        # The bot doesn't inherit it.
        os.set_inheritable(SYSTEMD_SOCKET, False)
        self._systemd = socket.socket(fileno=SYSTEMD_SOCKET)
        folder = os.environ["RUNTIME_DIRECTORY"]
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.address = os.path.join(folder, "notify")
        if os.path.lexists(self.address):
            os.unlink(self.address)
        self.from_bot = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.from_bot.bind(self.address)
        self._pending: set[bytes] = set()
        self._next_time = 0.0

    def wait(self) -> float | None:
        """In how many seconds there is something to pass on; None if the bot has sent nothing."""
        return max(0.0, self._next_time - time.monotonic()) if self._pending else None

    def pass_on(self, has_message: bool) -> None:
        """Everything is read at once, because the bot waits while its socket is full."""
        if has_message:
            # Descriptors that are sent along are closed by the kernel.
            self._pending.update(line for line in self.from_bot.recv(LONGEST_MESSAGE).split(b"\n") if line in PASSED_ON)
        if self._pending and time.monotonic() >= self._next_time:
            self._systemd.send(b"\n".join(sorted(self._pending)))
            self._pending.clear()
            self._next_time = time.monotonic() + INTERVAL
