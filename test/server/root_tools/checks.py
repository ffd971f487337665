"""A stand-in for systemctl that knows the bot and the guard, whose check may take long.

It does what systemd does: a start of the guard joins a check that runs, a restart ends it without a verdict, and a start of
the bot waits for the check. What happens in which order is up to the test.
"""

from collections.abc import Sequence

from environment import Bot, ServerTest
from key_pairs import fingerprint, pair, sealed

GUARD_VERDICT = "/usr/local/lib/trading-bot-server/guard-verdict"
BOT_CONTROL = "/usr/local/sbin/bot-control"
MARKS = "/var/lib/trading-bot-server"
EXIT_CODES = {"pass": "0", "unknown": "2", "fail": "3"}


class Checks(Bot):
    """`verdicts` has each pair's, by its name: one for each of its checks. The last one stays."""

    def __init__(self, test: ServerTest, verdicts: dict[str, list[str]], live: str) -> None:
        super().__init__(test.root)
        self.test = test
        self.verdicts = verdicts
        self.set("runs-with", sealed(live))
        for name in verdicts:
            self.set(f"checks-of-{name}", "0")
            self.set(f"may-use-{name}", "yes" if name == live else "")
        for name in ("checking", "check-waits", "start-waits", "wrong-starts", "refusals"):
            self.set(name, "")

    def __call__(self, args: Sequence[str], given: bytes) -> tuple[int, bytes, bytes]:
        verb, unit = args[0], args[-1]
        if unit == "trading-bot-guard.service" and "--no-block" in args:
            self.set("check-waits", "yes")
            return 0, b"", b""
        if unit == "trading-bot-guard.service" and verb in ("start", "restart", "stop"):
            if verb != "start":
                self.set("checking", "")
            if verb != "stop":
                self.begin_check()
                self.end_check()
            return 0, b"", b""
        if unit == "trading-bot.service" and verb in ("start", "restart"):
            if verb == "restart":
                self.set("state", "inactive")
            if self.get("start-waits") == "no":
                # The check that calls this has not ended yet.
                self.set("start-waits", "yes")
            else:
                self.start()
            return 0, b"", b""
        return super().__call__(args, given)

    def live(self) -> str | None:
        content = self.pair.read_text() if self.pair.exists() else ""
        return next((name for name in self.verdicts if sealed(name) == content), None)

    def begin_check(self) -> None:
        if not self.get("checking"):
            self.set("checking", self.live() or "")

    def end_check(self) -> None:
        """Binance answers the check that runs, if any, and root does what its verdict requires."""
        name = self.get("checking")
        if not name:
            return
        number = int(self.get(f"checks-of-{name}"))
        self.set(f"checks-of-{name}", str(number + 1))
        verdict = self.verdicts[name][min(number, len(self.verdicts[name]) - 1)]
        if verdict != "unknown":
            self.set(f"may-use-{name}", "yes" if verdict == "pass" else "")
        self.test.write("/run/trading-bot-guard/checked", fingerprint(name))
        # A start from here on begins another check, when this one has ended.
        self.set("checking", "")
        self.set("start-waits", "no")
        variables = {"EXIT_CODE": "exited", "EXIT_STATUS": EXIT_CODES[verdict]}
        self.test.run_tool(GUARD_VERDICT, variables=variables)
        waits = self.get("start-waits") == "yes"
        self.set("start-waits", "")
        if waits:
            self.start()

    def start(self) -> None:
        """A start of the bot: the check first, then what the bot's unit requires."""
        if self.get("state") == "active":
            return
        self.begin_check()
        self.end_check()
        if self.get("state") == "active" or self.is_held() or self.test.at(f"{MARKS}/stopped").exists():
            return
        name = self.live()
        if name is None:
            return
        self.test.write("/run/credentials/trading-bot.service/binance", pair(name))
        if self.test.run_tool(BOT_CONTROL, "may-start").returncode != 0:
            self.set("refusals", f"{self.get('refusals')} {name}")
            if self.get("check-waits"):
                self.set("check-waits", "")
                self.begin_check()
                self.end_check()
            return
        self.set("invocation", self.get("invocation") + "1")
        self.set("state", "active")
        self.set("runs-with", sealed(name))
        if not self.get(f"may-use-{name}"):
            self.set("wrong-starts", f"{self.get('wrong-starts')} {name}")

    def crash(self) -> None:
        """The bot crashes, and systemd starts it again."""
        if self.get("state") == "active":
            self.set("state", "inactive")
            self.start()

    def is_held(self) -> bool:
        return any(self.test.at(f"{folder}/held").exists() for folder in (MARKS, "/run/trading-bot-server"))

    def runs_with(self) -> str | None:
        """The name of the pair with which the bot runs."""
        if self.get("state") != "active":
            return None
        return next(name for name in self.verdicts if sealed(name) == self.get("runs-with"))
