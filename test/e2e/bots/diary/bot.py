"""A bot that trades nothing. Each start adds a line to the diary in its state folder."""

import os
import time
from pathlib import Path

with (Path(os.environ["STATE_DIRECTORY"]) / "diary").open("a") as diary:
    diary.write(f"started as {os.getpid()}\n")
print("ready", flush=True)
while True:
    time.sleep(3600)
