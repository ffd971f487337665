"""state-volume: keeps the bot's state on a volume of Hetzner, which outlives the server, or back on the server's own disk."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from root_tools import bot, disk_space, files, journal, memory, paths, state_place, state_swap, state_tree, volume_switch
from root_tools.commands import must_run, run
from root_tools.lock import exclusive
from root_tools.program_switch import program_lock
from root_tools.state_place import STATE_UNIT, VOLUME_UNIT, Record
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "state-volume"

USAGE = """
Usage: sudo state-volume COMMAND

  use ID STACK  Keeps the bot's state on the volume with this id at Hetzner, which is attached. A volume without any content
                is formatted, once. A state on the server's own disk is moved there: the bot is off while it is copied and
                compared, and the old one is kept for 30 days. A volume that has grown is used in full.
  leave         Moves the state back to the server's own disk. The bot is off meanwhile. The volume stays as it is, and
                isn't mounted any more.
  status        Prints where the state is, as JSON.

`pulumi up` calls these, as the setting stateVolume says. The exit code is 0, or 1 with the reason on standard error.
"""

DEVICE = "/dev/disk/by-id/scsi-0HC_Volume_{}"
# How long it may take until an attached volume is seen, in seconds.
DEVICE_LIMIT = 60
# For people: how many bytes are copied and compared in a second, at least.
SPEED = 50 << 20


def use(number: str, stack: str) -> None:
    require_root()
    survive_hangup()
    with program_lock(NAME), exclusive(NAME):
        record = state_place.record()
        if record is not None and str(record.id) != number:
            raise Failure(
                f"the bot's state is on the volume {record.id}, and the settings want another one, {number}. To move the state "
                "back to the server's own disk first: pulumi config set stateVolume none, and then: pulumi up"
            )
        was_missing = state_place.problem() is not None
        device = find_device(number)
        uuid = format_once(device)
        if record is not None and record.uuid != uuid:
            raise Failure(f"the volume {number} has another file system than before, so nothing was changed")
        volume_switch.mount_volume(uuid)
        claim(stack)
        grow(device)
        if record is None:
            take(Record(int(number), uuid, stack))
        elif not state_place.is_mounted(paths.BOT_STATE) or not paths.ON_VOLUME.exists():
            volume_switch.settle()
        if was_missing and bot.is_enabled() and not bot.is_active() and not bot.is_off():
            start_again()


def find_device(number: str) -> Path:
    if not number.isdecimal():
        raise Failure("the id of a volume is a number")
    device = paths.at(DEVICE.format(number))
    for _ in range(DEVICE_LIMIT):
        if device.exists():
            return device
        time.sleep(1)
    raise Failure(f"the volume {number} isn't attached to this server: there is no {device}")


def format_once(device: Path) -> str:
    """Returns the id of its file system. Formats it only if nothing at all is on it."""
    if must_run("wipefs", "--no-act", str(device)).output == "":
        report("Formatting the volume")
        must_run("mkfs.ext4", "-q", "-m", "1", str(device))
        must_run("sync")
    found = [
        run("blkid", "--probe", "--match-tag", tag, "--output", "value", str(device)).output for tag in ("TYPE", "UUID")
    ]
    if found[0] != "ext4" or not found[1]:
        raise Failure(
            f"the volume {device.name} has something on it that this program hasn't made ({found[0] or 'no file system'}), so it "
            "was not touched"
        )
    return found[1]


def claim(stack: str) -> None:
    """Whose state it is for is written on the volume, so that no other bot starts with it."""
    written = state_place.stack_on_volume()
    if written is None:
        files.write(paths.VOLUME_STACK, f"{stack}\n", 0o600)
    elif written != stack:
        run("systemctl", "stop", VOLUME_UNIT)
        raise Failure(f"the volume has the state of another stack, {written}, so it isn't used")


def grow(device: Path) -> None:
    """Makes the file system as large as the volume: while it is mounted if the kernel lets it."""
    grown = run("resize2fs", str(device))
    if grown.ok:
        return

    if state_place.is_on_volume():
        with_bot_off(lambda: grow_unmounted(device), "Making the volume's file system larger")
    else:
        grow_unmounted(device)


def grow_unmounted(device: Path) -> None:
    if state_place.is_on_volume():
        must_run("systemctl", "stop", STATE_UNIT)
    must_run("systemctl", "stop", VOLUME_UNIT)
    checked = run("e2fsck", "-f", "-p", str(device))
    # 1: it has repaired something.
    if checked.status > 1:
        raise Failure(f"the volume's file system is damaged: {checked.output}")
    must_run("resize2fs", str(device))
    must_run("systemctl", "start", VOLUME_UNIT)
    if state_place.is_on_volume():
        must_run("systemctl", "start", STATE_UNIT)


def take(record: Record) -> None:
    if not volume_switch.has_state_on_disk():
        with_bot_off(lambda: volume_switch.adopt(record), "Using the state on the volume")
        journal.record(NAME, f"uses the volume {record.id}")
        say(f"The bot's state is on the volume {record.id}.")
        return
    size = check_room(paths.BOT_STATE, volume_switch.free_on_volume(), "the volume")
    with_bot_off(lambda: volume_switch.to_volume(record), f"Moving its state to the volume ({described(size)})")
    journal.record(NAME, f"moved the state to the volume {record.id} for {caller()}")
    say(f"The bot's state is on the volume {record.id} now.")


def described(size: int) -> str:
    return f"{disk_space.shown(size)}, at most about {max(1, round(size / SPEED / 60))} min"


def check_room(state: Path, free: int, where: str) -> int:
    """Raises Failure before anything is changed if the state can't be moved."""
    state_tree.refuse_too_deep(state)
    size = state_tree.measure(state).bytes
    if free - size < disk_space.RESERVE:
        raise Failure(
            f"{where} has no room for the bot's state. It takes {disk_space.shown(size)}, {disk_space.shown(disk_space.RESERVE)} "
            f"must stay free, and {disk_space.shown(free)} are free. Nothing was changed"
        )
    return size


def with_bot_off(change: Callable[[], None], what: str) -> None:
    """What fails before the record is written or removed leaves the state where it was, and the bot goes on there."""
    runs = bot.is_active() or bot.is_starting()
    if runs:
        bot.check_key()
        if bot.is_active() and (why := bot.reason_not_to_stop()):
            raise Failure(f"the bot runs, and {why}")
    state_swap.mark(state_swap.Swap("volume"))
    try:
        if runs:
            memory.write(paths.STOPPED_FOR_VOLUME, "")
            report("Stopping the bot")
            # A command could change the state meanwhile, with or without the key.
            bot.stop(commands=paths.COMMAND)
        report(what)
        change()
    except (Failure, OSError):
        volume_switch.settle()
        raise
    finally:
        state_place.clear()
        state_swap.let_bot_start()
        if runs:
            start_again()


def start_again() -> None:
    if why := bot.reason_not_to_start():
        report(f"The bot doesn't run: {why}.")
    else:
        bot.start_unwatched()
    files.remove(paths.STOPPED_FOR_VOLUME)


def leave() -> None:
    require_root()
    survive_hangup()
    with program_lock(NAME), exclusive(NAME):
        record = state_place.record()
        if record is None:
            volume_switch.forget_volume()
            say("The bot's state is on the server's own disk.")
            return
        size = check_room(state_place.state(), shutil.disk_usage(paths.STATE).free, "the server's disk")
        with_bot_off(volume_switch.to_disk, f"Moving its state to the server's own disk ({described(size)})")
        journal.record(NAME, f"moved the state from the volume {record.id} for {caller()}")
        say("The bot's state is on the server's own disk now. The volume isn't used any more.")


def status() -> None:
    record = state_place.record()
    say(json.dumps({"place": "disk"} if record is None else {"place": "volume", **asdict(record)}))


COMMANDS = {"use": use, "leave": leave, "status": status}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
