"""Moves the bot's state between the server's own disk and a volume, and makes systemd's units agree with where it is.

The record of the volume (root_tools/state_place.py) decides. The state is copied and compared first; then the record is
written or removed by one rename, and that is the move. Whatever interrupts it, `settle` makes the rest agree with the record,
and the bot is off until then.
"""

import shutil
from pathlib import Path

from root_tools import copies, files, paths, state_place, state_swap, state_transfer, state_tree
from root_tools.commands import must_run, run
from root_tools.copies import Copy
from root_tools.releases import target
from root_tools.state_place import STATE_UNIT, VOLUME_UNIT, Record
from root_tools.tool import Failure, report

UNITS = paths.at("/etc/systemd/system")
# Without `nofail`, a volume that isn't there would keep the server from booting. Nobody waits for it but the bot.
VOLUME_MOUNT = """\
# Written by root_tools/volume_switch.py.
[Unit]
Description=The volume with the bot's state

[Mount]
What=/dev/disk/by-uuid/{uuid}
Where={where}
Type=ext4
Options=nofail,nosuid,nodev,noexec,noatime

[Install]
WantedBy=multi-user.target
"""
STATE_MOUNT = """\
# Written by root_tools/volume_switch.py.
[Unit]
Description=The bot's state, on its volume
RequiresMountsFor={volume}

[Mount]
What={volume}/state
Where={where}
Type=none
Options=bind,nofail,nosuid,nodev,noexec
# A person's shell may be in it.
LazyUnmount=yes

[Install]
WantedBy=multi-user.target
"""
NEEDS_MOUNT = """\
# Written by root_tools/volume_switch.py: never start on an empty folder that should be a volume.
[Unit]
RequiresMountsFor={where}
AssertPathIsMountPoint={where}
"""


def has_state_on_disk() -> bool:
    """Whether the server's own disk has a state, whatever is mounted over it."""
    if state_place.is_mounted(paths.BOT_STATE) or not state_tree.is_folder(paths.BOT_STATE):
        return False
    return any(paths.BOT_STATE.iterdir())


def write_volume_unit(uuid: str) -> None:
    where = f"/{paths.VOLUME.relative_to(paths.ROOT)}"
    write_unit(VOLUME_UNIT, VOLUME_MOUNT.format(uuid=uuid, where=where))


def write_unit(name: str, content: str) -> None:
    path = UNITS / name
    if not path.exists() or path.read_text() != content:
        files.write(path, content)


def mount_volume(uuid: str) -> None:
    files.make_folder(paths.VOLUME, 0o700)
    write_volume_unit(uuid)
    must_run("systemctl", "daemon-reload")
    must_run("systemctl", "start", VOLUME_UNIT)
    if not state_place.is_mounted(paths.VOLUME):
        raise Failure("the volume could not be mounted: see npm run ssh -- sudo journalctl --unit='*volume.mount' --lines=20")
    # As the folder below the mount.
    paths.VOLUME.chmod(0o700)


def to_volume(record: Record) -> None:
    """The state is on this disk, and the volume is mounted. The bot is off."""
    new, arriving = paths.VOLUME / "state", paths.VOLUME / ".arriving"
    state_transfer.copy(paths.BOT_STATE, arriving)
    if state_tree.is_folder(new):
        # From before the state was moved to this disk.
        put_aside(new, paths.VOLUME)
    files.move(arriving, new)
    state_place.write_record(record)
    settle()


def adopt(record: Record) -> None:
    """The state is on the volume already, or there is none yet."""
    state = paths.VOLUME / "state"
    if not state_tree.is_folder(state):
        files.make_folder(state, 0o700)
    # The number of the bot's user may be another one on a new server.
    owner = f"{paths.BOT_USER}:{paths.BOT_USER}"
    must_run("chown", "--recursive", "--no-dereference", owner, str(state))
    state_place.write_record(record)
    settle()


def to_disk() -> None:
    """The state is on the volume, and both are mounted. The bot is off."""
    arriving = paths.STATE / ".arriving"
    state_transfer.copy(paths.VOLUME / "state", arriving)
    must_run("systemctl", "stop", STATE_UNIT)
    if has_state_on_disk():
        # From a move back that was interrupted.
        put_aside(paths.BOT_STATE, paths.STATE)
    files.move(arriving, paths.BOT_STATE)
    files.remove(paths.VOLUME_RECORD)
    settle()


def settle() -> None:
    """Can be done again from the start."""
    record = state_place.record()
    if record is None:
        forget_volume()
        return
    mount_volume(record.uuid)
    if has_state_on_disk():
        report("The state on the server's own disk is kept for 30 days: npm run ssh -- sudo state-copy list")
        put_aside(paths.BOT_STATE, paths.STATE)
    files.make_folder(paths.BOT_STATE, 0o700)
    where, volume = (f"/{folder.relative_to(paths.ROOT)}" for folder in (paths.BOT_STATE, paths.VOLUME))
    write_unit(STATE_UNIT, STATE_MOUNT.format(where=where, volume=volume))
    for drop_in in (paths.ON_VOLUME, paths.COMMANDS_ON_VOLUME):
        write_unit(str(drop_in.relative_to(UNITS)), NEEDS_MOUNT.format(where=where))
    must_run("systemctl", "daemon-reload")
    must_run("systemctl", "enable", "--quiet", VOLUME_UNIT, STATE_UNIT)
    must_run("systemctl", "restart", STATE_UNIT)
    if not state_place.is_mounted(paths.BOT_STATE):
        raise Failure("the bot's state on the volume could not be mounted")


def forget_volume() -> None:
    """Nothing needs the volume. It is unmounted, and stays as it is."""
    for drop_in in (paths.ON_VOLUME, paths.COMMANDS_ON_VOLUME):
        files.remove(drop_in)
    found = [unit for unit in (STATE_UNIT, VOLUME_UNIT) if (UNITS / unit).exists()]
    if found:
        run("systemctl", "disable", "--quiet", *found)
        run("systemctl", "stop", *found)
        for unit in found:
            files.remove(UNITS / unit)
    must_run("systemctl", "daemon-reload")


def put_aside(state: Path, home: Path) -> None:
    """Keeps a state for 30 days, on the disk that it is on."""
    made, place = copies.now(), home / "copies"
    name = state_swap.name_of_replaced(made)
    while (place / name).exists():
        name += "-2"
    state_swap.put_aside(state, place, Copy(name, target(paths.CURRENT_PROGRAM), made))


def free_on_volume() -> int:
    return shutil.disk_usage(paths.VOLUME).free
