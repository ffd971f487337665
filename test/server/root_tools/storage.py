"""Stands in for restic's unit, as systemctl runs it: storage.py ROOT INSTANCE. What is stored is in ROOT/storage.

It reads and writes the pipes as the unit does. A file ROOT/storage-fails has the reason why the storage can't be used.
"""

import json
import os
import struct
import sys
from pathlib import Path

root, instance = Path(sys.argv[1]), sys.argv[2]
storage, result = root / "storage", root / "run/trading-bot-backup/result.json"
# systemd opens both before the program runs.
given = open(root / "run/trading-bot-server/storage-input", "rb", buffering=0)
taken = open(root / "run/trading-bot-server/storage-output", "wb", buffering=0)


def read(size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = given.read(size - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data


def ended(**found: object) -> None:
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps(found))
    sys.exit("problem" in found)


command, _, value = instance.partition("-")
if (root / "storage-fails").exists():
    ended(problem=(root / "storage-fails").read_text())
storage.mkdir(exist_ok=True)
if command == "store":
    archive = b""
    while size := struct.unpack(">I", read(4))[0]:
        archive += read(size)
    name = f"{len(os.listdir(storage)):064x}"
    (storage / name).write_bytes(archive)
    ended(snapshot=name, bytes=len(archive))
if command == "dump":
    taken.write((storage / value).read_bytes())
if command == "snapshots":
    taken.write(json.dumps([{"id": name} for name in sorted(os.listdir(storage))]).encode())
with (root / "storage-checks").open("a") as checks:
    if command in ("check", "data"):
        checks.write(f"{instance}\n")
ended()
