import contextlib
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any
from unittest import mock

from environment import ROOTFS

INIT = str(ROOTFS / "usr/local/lib/trading-bot-server/bot-init")

# The same program as a module.
LOADER = SourceFileLoader("bot_init", INIT)
SPEC = spec_from_loader("bot_init", LOADER)
assert SPEC is not None
INIT_MODULE = module_from_spec(SPEC)
LOADER.exec_module(INIT_MODULE)
OUTPUT = import_module("bot_init.output")

# The beginning of each bot.
CONNECT = """
import array, os, signal, socket, sys, time
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect(os.environ["NOTIFY_SOCKET"])
"""


class BotInit(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="bot-init-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.systemd, self.passed = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.systemd.close)
        self.addCleanup(self.passed.close)
        self.systemd.settimeout(60)

    def start(self, bot: str, **variables: str) -> subprocess.Popen[bytes]:
        """Starts a bot as systemd does: the third descriptor is systemd's socket."""
        descriptor = self.passed.fileno()
        return subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{descriptor} {descriptor}<&-', "sh", INIT, sys.executable, "-c", CONNECT + bot],
            env={**os.environ, "RUNTIME_DIRECTORY": str(self.folder / "run"), "LISTEN_FDS": "1", "WATCHDOG_PID": "1"}
            | variables,
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def sent(self) -> list[bytes]:
        """What has arrived at systemd's socket."""
        self.systemd.setblocking(False)
        messages = []
        while True:
            try:
                messages.append(self.systemd.recv(4096))
            except BlockingIOError:
                return messages

    def test_passes_on_that_the_bot_has_started_and_is_alive_and_nothing_else(self) -> None:
        bot = self.start(
            """
notify.send(b"MAINPID=1\\nSTOPPING=1\\nREADY=1\\nSTATUS=\\x1b[2J")
notify.send(b"EXTEND_TIMEOUT_USEC=1000000")
notify.sendmsg([b"FDSTORE=1"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
sys.stdin.read()
notify.send(b"WATCHDOG=1")
"""
        )
        self.assertEqual(self.systemd.recv(4096), b"READY=1")
        # The bot waits for its standard input, which is this test's and has ended.
        self.assertEqual(bot.communicate()[0], b"")
        self.assertEqual([message for message in self.sent() if message != b"WATCHDOG=1"], [])

    def test_passes_on_a_flood_at_most_once_in_a_second(self) -> None:
        before = time.monotonic()
        bot = self.start('for _ in range(3000): notify.send(b"WATCHDOG=1")')
        bot.communicate()
        elapsed = time.monotonic() - before
        self.assertLessEqual(1, len(messages := self.sent()))
        self.assertLessEqual(len(messages), elapsed + 1)
        self.assertEqual(set(messages), {b"WATCHDOG=1"})

    def test_gives_the_bot_its_own_socket_and_process_id_and_not_the_one_of_systemd(self) -> None:
        bot = self.start(
            """
print(os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_PID"] == str(os.getpid()), "LISTEN_FDS" in os.environ)
print({n for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")} == {"0", "1", "2", "3"})
print(os.readlink("/proc/self/fd/3") == os.readlink(f"/proc/self/fd/{notify.fileno()}"))
"""
        )
        output = bot.communicate()[0].decode().splitlines()
        self.assertEqual(output, [f"{self.folder}/run/notify True False", "True", "True"])
        self.assertEqual((self.folder / "run").stat().st_mode & 0o777, 0o700)

    def test_ends_with_the_code_of_the_bot_or_of_the_signal_that_has_ended_it(self) -> None:
        for end, status in (
            ("sys.exit(78)", 78),
            ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
            ("os.kill(os.getpid(), signal.SIGABRT)", 128 + signal.SIGABRT),
        ):
            bot = self.start(end)
            bot.communicate()
            self.assertEqual(bot.returncode, status)

    def test_outlives_signals_until_the_bot_has_ended(self) -> None:
        bot = self.start(
            """
notify.send(b"READY=1")
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(7))
print("waits", flush=True)
signal.pause()
"""
        )
        self.assertEqual(self.systemd.recv(4096), b"READY=1")
        assert bot.stdout is not None
        self.assertEqual(bot.stdout.readline(), b"waits\n")
        bot.send_signal(signal.SIGTERM)
        [child] = Path(f"/proc/{bot.pid}/task/{bot.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGUSR1)
        self.assertEqual(bot.communicate()[0], b"")
        self.assertEqual(bot.returncode, 7)

    def test_ends_a_bot_without_a_connection(self) -> None:
        bot = self.start("signal.pause()", BOT_INIT_CONNECTION="0.6 127.0.0.2")
        errors = bot.communicate()[1]
        self.assertEqual(bot.returncode, 75, errors)
        self.assertIn(b"no open connection to Binance's streams for 0.01 minutes (bot.connectionMinutes)", errors)

    def test_passes_no_variable_of_its_own_to_the_bot(self) -> None:
        bot = self.start("print([n for n in os.environ if n.startswith('BOT_INIT')])", BOT_INIT_CONNECTION="600 127.0.0.2")
        self.assertEqual(bot.communicate()[0], b"[]\n")

    def test_gives_a_command_the_terminal_that_belongs_to_nobody_any_more(self) -> None:
        terminal, end_of_program = os.openpty()
        self.addCleanup(os.close, terminal)
        program = """
import signal, sys
try:
    print("waits", flush=True)
    signal.pause()
except KeyboardInterrupt:
    sys.exit(7)
"""
        command = subprocess.Popen(
            [INIT, sys.executable, "-c", program],
            env={name: value for name, value in os.environ.items() if name != "LISTEN_FDS"},
            stdin=end_of_program,
            stdout=end_of_program,
            stderr=end_of_program,
            start_new_session=True,
        )
        os.close(end_of_program)
        output = b""
        while b"waits" not in output:
            output += os.read(terminal, 4096)
        os.write(terminal, b"\x03")
        self.assertEqual(command.wait(timeout=300), 7)

    def test_is_the_parent_of_processes_whose_parents_have_ended_and_leaves_none_that_has_ended(self) -> None:
        orphan = """
import os
if os.fork() == 0:
    if os.fork() == 0:
        os.setpgid(0, 0)
        while os.getppid() != 1:
            pass
        os._exit(3)
    os._exit(0)
os.wait()
def others():
    return [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]
while others():
    pass
print("none left")
"""
        # In its own process numbers, with its own /proc, as in the unit. The program has nothing to do with a watchdog.
        result = subprocess.run(
            ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child", INIT, sys.executable, "-c", orphan],
            env={name: value for name, value in os.environ.items() if name != "LISTEN_FDS"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual((result.stdout, result.returncode), ("none left\n", 0), result.stderr)


class Secrets(unittest.TestCase):
    """What a bot writes is passed on without the values of its secrets."""

    KEY = "canaryKey" + "k" * 55
    TOKEN = "canary/token+with\"signs=="
    PEM = "-----BEGIN PRIVATE KEY-----\ncanaryMC4CAQAwBQYDK2VwBCIEIA\ncanaryZZ\n-----END PRIVATE KEY-----\n"
    VALUES = {"apiKey": KEY, "apiSecret": PEM, "TOKEN": TOKEN, "PIN": "1234"}
    CANARIES = (KEY, TOKEN, "canaryMC4CAQAwBQYDK2VwBCIEIA", "canaryZZ")

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="bot-init-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "binance").write_text(json.dumps({"apiKey": self.KEY, "apiSecret": self.PEM}))
        (self.folder / "trading-bot-secrets").write_text(json.dumps({"TOKEN": self.TOKEN, "PIN": "1234"}))
        (self.folder / "damaged").write_text("{")

    def run_bot(self, program: str, stderr: int = subprocess.STDOUT, **variables: str) -> subprocess.CompletedProcess[bytes]:
        environment = {name: value for name, value in os.environ.items() if name != "LISTEN_FDS"}
        return subprocess.run(
            [INIT, sys.executable, "-c", f"import json, os, sys, time, urllib.parse\nv = {self.VALUES!r}\n{program}"],
            env=environment | {"CREDENTIALS_DIRECTORY": str(self.folder)} | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            timeout=300,
        )

    def test_are_replaced_by_their_names(self) -> None:
        output = self.run_bot(
            """
print(v["apiKey"], v["TOKEN"], v["PIN"])
print(v["apiSecret"])
print(json.dumps(v), v)
print("https://example.com/bot" + urllib.parse.quote(v["TOKEN"]) + "?" + urllib.parse.urlencode(v))
"""
        ).stdout.decode()
        for canary in self.CANARIES:
            for form in (canary, json.dumps(canary)[1:-1], repr(canary)[1:-1], urllib.parse.quote(canary), urllib.parse.quote_plus(canary)):
                self.assertNotIn(form, output)
        self.assertEqual(output.splitlines()[0], "[apiKey] [TOKEN] 1234")
        self.assertIn("-----BEGIN PRIVATE KEY-----\n[apiSecret]\n[apiSecret]\n-----END PRIVATE KEY-----", output)
        self.assertIn("https://example.com/bot[TOKEN]?apiKey=[apiKey]", output)

    def test_are_recognized_however_a_program_writes_them(self) -> None:
        output = self.run_bot(
            """
for part in ("a" + v["apiKey"][:20], v["apiKey"][20:] + "b", v["TOKEN"][:5], "no token", v["TOKEN"][:9]):
    os.write(1, part.encode())
    time.sleep(0.01)
"""
        ).stdout.decode()
        self.assertEqual(output, f"a[apiKey]b{self.TOKEN[:5]}no token{self.TOKEN[:9]}")

    def test_stay_in_order_if_both_outputs_are_one_file_and_apart_if_they_arent(self) -> None:
        program = 'for n in range(500): os.write(1 + n % 2, f"{n} {v[\'apiKey\']}\\n".encode())'
        lines = [f"{n} [apiKey]" for n in range(500)]
        self.assertEqual(self.run_bot(program).stdout.decode().splitlines(), lines)
        apart = self.run_bot(program, subprocess.PIPE)
        self.assertEqual(apart.stdout.decode().splitlines(), lines[::2])
        self.assertEqual(apart.stderr.decode().splitlines(), lines[1::2])

    def test_everything_else_is_passed_on_unchanged_to_the_end(self) -> None:
        data = self.folder / "data"
        data.write_bytes(random.Random(7).randbytes(3_000_000) + self.KEY.encode()[:-1])
        result = self.run_bot(f"sys.stdout.buffer.write(open({str(data)!r}, 'rb').read()); sys.stdout.flush(); os._exit(7)")
        self.assertEqual((result.returncode, result.stdout), (7, data.read_bytes()))

    def test_a_process_that_the_bot_leaves_behind_doesnt_keep_it_from_ending(self) -> None:
        result = self.run_bot(
            """
if os.fork() == 0:
    while True:
        os.write(1, b"left behind\\n")
print("ends", flush=True)
"""
        )
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"ends", result.stdout)

    def test_a_bot_whose_output_nobody_reads_any_more_learns_it(self) -> None:
        reader, writer = os.pipe()
        bot = subprocess.Popen(
            [INIT, sys.executable, "-c", "import os\ntry:\n  while True: os.write(1, b'x')\nexcept BrokenPipeError: os._exit(9)"],
            env=os.environ | {"CREDENTIALS_DIRECTORY": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=writer,
        )
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        self.assertEqual(bot.wait(timeout=300), 9)

    def test_a_program_without_secrets_keeps_its_output(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()
        program = "print(os.environ['JOURNAL_STREAM'], os.fstat(1).st_ino == int(os.environ['JOURNAL_STREAM'].split(':')[1]))"
        with tempfile.TemporaryFile() as output:
            number = f"0:{os.fstat(output.fileno()).st_ino}"
            environment = os.environ | {"CREDENTIALS_DIRECTORY": str(self.folder), "JOURNAL_STREAM": number}
            subprocess.run([INIT, sys.executable, "-c", f"import os\n{program}"], env=environment, stdout=output, check=True)
            output.seek(0)
            self.assertEqual(output.read().decode(), f"{number} True\n")

    def test_a_stream_that_is_cut_anywhere_never_shows_one(self) -> None:
        chance = random.Random(11)
        text = "".join(chance.choice(["x", " ", "\n", *self.CANARIES, *(c[:9] for c in self.CANARIES)]) for _ in range(400)).encode()
        redaction = OUTPUT.Redaction(self.VALUES)
        whole = redaction.next(text) + redaction.rest()
        self.assertIn(b"[apiKey]", whole)
        for _ in range(200):
            cuts = sorted(chance.randrange(len(text)) for _ in range(chance.randrange(60)))
            redaction = OUTPUT.Redaction(self.VALUES)
            parts = [redaction.next(text[start:end]) for start, end in zip([0, *cuts], [*cuts, len(text)])]
            self.assertEqual(b"".join(parts) + redaction.rest(), whole)


class Connection(unittest.TestCase):
    """Whether a bot is connected, at the times that a test sets."""

    def setUp(self) -> None:
        self.now = 1000.0
        clock = mock.patch("time.monotonic", lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def look(self, connection: Any, seconds: int, *inodes: str) -> bool:
        """Looks as often as it wants, for so long, while these connections are open. Returns whether one is missing."""
        connection._open = lambda: list(inodes)
        until = self.now + seconds
        while self.now < until:
            self.now += max(connection.wait(), 1)
            if connection.is_missing():
                return True
        return False

    def test_is_missing_after_the_limit_and_not_while_one_stays_open(self) -> None:
        connection = INIT_MODULE.Connection("300 127.0.0.2")
        self.assertFalse(self.look(connection, 180))
        self.assertFalse(self.look(connection, 1000, "7"))
        # Another one takes its place.
        self.assertFalse(self.look(connection, 1000, "8", "9"))
        self.assertFalse(self.look(connection, 180))
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.assertTrue(self.look(connection, 180))
        self.assertIn("for 5 minutes (bot.connectionMinutes)", errors.getvalue())

    def test_is_missing_if_each_is_closed_soon(self) -> None:
        connection = INIT_MODULE.Connection("300 127.0.0.2")
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertTrue(any(self.look(connection, 60, str(number)) for number in range(10)))

    def test_is_one_to_the_right_address_in_the_kernels_table(self) -> None:
        connection = INIT_MODULE.Connection("300 127.0.0.9 127.0.0.2")
        self.assertEqual(connection._open(), [])
        for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::ffff:127.0.0.2")):
            with self.subTest(address), socket.create_server(("127.0.0.2", 0)) as server, socket.socket(family) as client:
                client.connect((address, server.getsockname()[1]))
                accepted, _ = server.accept()
                with accepted, socket.create_server(("127.0.0.3", 0)) as other:
                    with socket.create_connection(other.getsockname()):
                        self.assertEqual(connection._open(), [str(os.fstat(client.fileno()).st_ino)])
                    accepted.shutdown(socket.SHUT_WR)
                    client.recv(1)
                    self.assertEqual(connection._open(), [])


if __name__ == "__main__":
    unittest.main()
