"""A bot that trades nothing. Each start adds a line to the diary in its state folder.

Each end by SIGTERM adds a line to `ends` there. A bot whose power is cut adds none.
"""

import os
import signal
import sys
import time
from pathlib import Path

STATE = Path(os.environ["STATE_DIRECTORY"])

# Names this start.
invocation = os.environ["INVOCATION_ID"]


def write(file, line):
    with (STATE / file).open("a") as opened:
        opened.write(f"{line}\n")
        opened.flush()
        os.fsync(opened.fileno())


def end(*_):
    write("ends", f"ended as {invocation}")
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
write("diary", f"started as {invocation}")
print("ready", flush=True)
while True:
    time.sleep(3600)
