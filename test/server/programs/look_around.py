"""What a package's code looks for when it runs: everything that it must not see, reach or change."""

import os
import socket
import subprocess

# On the private internet: a site that no program here needs, and PyPI.
SITES = ("192.0.2.50", "192.0.2.60")
# Where one unit could leave a message for another one.
SHARED = ("/dev/shm", "/run", "/run/lock", "/tmp", "/var/tmp")
SECRETS = ("/etc/credstore.encrypted", "/var/lib/trading-bot", "/var/log", "/etc/ssh")
FOREIGN = ("/etc", "/usr", "/opt/trading-bot", "/opt/trading-bot/releases", "/home", "/root")
# A listener of the code that is built, and one of the bot's.
BUILD, BOT = 5555, 5556


def look_around():
    """What it found, one thing in a line: nothing, if the sandbox is as it should be."""
    seen = [f"sees {path}" for path in SECRETS if can(os.listdir, path)]
    seen += [f"writes {path}" for path in FOREIGN if can(open, f"{path}/left", "w")]
    seen += [f"reaches {site}" for site in SITES if can(socket.create_connection, (site, 443), 5)]
    if subprocess.call(["sudo", "--non-interactive", "true"], stderr=subprocess.DEVNULL) == 0:
        seen.append("is root")
    return seen


def can(action, *args):
    try:
        action(*args)
        return True
    except OSError:
        return False


def listen(name, port):
    """Listens on an abstract socket and on loopback."""
    listeners = [socket.socket(socket.AF_UNIX), socket.socket()]
    for listener, address in zip(listeners, (f"\0{name}", ("127.0.0.1", port))):
        listener.bind(address)
        listener.listen()
    return listeners


def reach(name, port):
    """Tries to connect to such listeners, and looks for messages of the one who listens."""
    seen = [f"finds {folder}/{name}" for folder in SHARED if os.path.exists(f"{folder}/{name}")]
    if can(socket.socket(socket.AF_UNIX).connect, f"\0{name}"):
        seen.append("reaches the abstract socket")
    if can(socket.create_connection, ("127.0.0.1", port), 5):
        seen.append("reaches loopback")
    return seen


def leave_messages(name):
    for folder in SHARED:
        can(open, f"{folder}/{name}", "w")
