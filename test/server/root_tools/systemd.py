"""A stand-in for systemctl that knows one unit: the bot's."""

from root_tools import files, passes, paths
from root_tools.commands import Result

RUNNING = {"ActiveState": "active", "SubState": "running"}
STARTING = {"ActiveState": "activating", "SubState": "start"}
RESTARTING = {"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "ExecMainStatus": "3"}
FAILED = {"ActiveState": "failed", "SubState": "failed", "Result": "exit-code", "ExecMainStatus": "3"}
ENDED = {"ActiveState": "inactive", "SubState": "dead", "Result": "success"}

# Of the pair that is installed. Tests that use this stand-in have no real one.
FINGERPRINT = "0123456789ab"


class Systemd:
    def __init__(self) -> None:
        self.enabled = True
        self.state = {
            **ENDED,
            "Type": "exec",
            "LoadState": "loaded",
            "InvocationID": "",
            "NRestarts": "0",
            "Job": "",
            "ExecMainStatus": "0",
            "ActiveEnterTimestampMonotonic": "0",
        }
        # The bot's states after a start, one for each second. The last one stays.
        self.after_start: list[dict[str, str]] = [RUNNING]
        self.failing: set[str] = set()
        self.calls: list[str] = []
        # The state of the unit that waits until the clock is right.
        self.clock = "active"
        # Whether the guard's check of the live pair passes.
        self.passes = True
        # The unit's bot.mayEnd: `bot-control ended` runs when the bot ends without being stopped.
        self.may_end = False
        self._coming: list[dict[str, str]] = []

    def run(self, *args: str, **_: object) -> Result:
        verb = args[1]
        if args[0] == "systemctl" and verb == "show" and args[-1] == paths.CLOCK:
            return Result(0, f"ActiveState={self.clock}\n".encode(), b"")
        if args[0] == "systemctl" and verb == "show":
            names = args[2].removeprefix("--property=").split(",")
            return Result(0, "\n".join(f"{name}={self.state[name]}" for name in names).encode(), b"")
        if args[0] == "systemctl" and verb == "is-enabled":
            return Result(0 if self.enabled else 1, b"", b"")
        if args[0] == "systemctl" and verb == "is-active":
            return Result(0 if self.state["ActiveState"] == "active" else 3, b"", b"")
        self.calls.append(" ".join(args))
        if args[-1] == paths.GUARD:
            if self.passes:
                passes.record(FINGERPRINT)
            return Result(0, b"", b"")
        if verb in ("restart", "start") and args[-1] == "trading-bot.service":
            self.state["Job"] = "17"
            self._coming = list(self.after_start)
        if verb == "stop" and args[-1] == "trading-bot.service":
            self.state.update(ENDED)
        return Result(1 if verb in self.failing else 0, b"", b"")

    def sleep(self, _: float) -> None:
        if not self._coming:
            return
        if self.state["Job"]:
            self.state["Job"] = ""
            self.state["InvocationID"] += "x"
        self.state.update(self._coming[0])
        if self.may_end and self._coming[0] == ENDED:
            files.write(paths.ENDED, self.state["InvocationID"])
        if len(self._coming) > 1:
            self._coming.pop(0)
