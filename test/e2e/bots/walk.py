"""What a program in a sandbox could connect to, and where it can write. Prints it as JSON."""

import json
import os
import socket
import stat

TYPES = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
# The kernel's own, and folders of packages that no unit can change.
SKIPPED = ("/proc", "/sys", "/usr")


def connects(address):
    for kind in TYPES:
        try:
            with socket.socket(socket.AF_UNIX, kind) as client:
                client.settimeout(5)
                client.connect(address)
                return True
        except OSError:
            pass
    return False


def can_write(folder):
    file = os.path.join(folder, "written-by-the-walk")
    try:
        with open(file, "w"):
            pass
        os.unlink(file)
    except OSError:
        return False
    return True


sockets, pipes, writable = [], [], []
for folder, names, files in os.walk("/"):
    names[:] = [name for name in names if os.path.join(folder, name) not in SKIPPED]
    if can_write(folder):
        writable.append(folder)
    for name in names + files:
        path = os.path.join(folder, name)
        try:
            mode = os.lstat(path).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode) and connects(path):
            sockets.append(path)
        if stat.S_ISFIFO(mode) and os.access(path, os.W_OK):
            pipes.append(path)

with open("/proc/self/net/unix") as table:
    for line in table.read().splitlines()[1:]:
        name = line.split(None, 7)[7:]
        if name and name[0].startswith("@") and connects("\0" + name[0][1:]):
            sockets.append(name[0])

shared = ("/dev/shm", "/run", "/tmp", "/var/tmp")
print(
    json.dumps(
        {
            "sockets": sockets,
            "pipes": pipes,
            "writable": writable,
            "filesystems": {folder: os.stat(folder).st_dev for folder in shared},
            "controlGroup": open("/proc/self/cgroup").read().strip(),
        }
    )
)
