"""The code of a program that is itself a package: it sees the program when it is built, and nothing else."""

import os

from look_around import BOT, look_around, reach
from wheels import write_wheel


def get_requires_for_build_wheel(*_):
    return []


def build_wheel(folder, *_):
    releases = len(os.listdir("/opt/trading-bot/releases"))
    with open("seen", "w") as file:
        file.write("\n".join([f"uid {os.getuid()}", f"{releases} release", *look_around(), *reach("bot", BOT)]))
    return write_wheel(folder, "signals", "def main():\n    print('a signal from the program')\n")
