"""What a Debian package of the setting bot.packages may contain.

It may add programs, libraries and data for others to use, and its own folders. It may add nothing to any other folder
that the server has: root may run or obey what is there. So what isn't known here is refused.
"""

import io
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from root_tools import debian_packages, paths
from root_tools.commands import run
from root_tools.debian_packages import Entry, must

# Where any package may add files, for others to use.
SHARED = re.compile(
    r"/usr/(bin|sbin|games|include|src)/|/usr/libexec/[^/]+$"
    r"|/usr/lib/[^/]+\.so[.0-9]*$|/usr/lib/(debug|mime|pkgconfig|python3(\.\d+)?|[a-z0-9_]+-linux-gnu)/"
    r"|/usr/share/(aclocal|applications|bash-completion|bug|cmake|doc|doc-base|fish|fontconfig|fonts|gdb|glib-2\.0|icons|info"
    r"|lintian|locale|man|menu|metainfo|mime|nodejs|perl5|pixmaps|pkgconfig|python-wheels|python3/dist|zoneinfo|zsh)/"
    # The settings and the script of a service, which is masked.
    r"|/etc/(default|init\.d|logrotate\.d)/[^/]+$"
)
# What is loaded by programs that run as root, although it is in one of these places: modules of PAM and of the name
# service, and what each Python runs when it starts.
LOADED = re.compile(r".*-linux-gnu/(security/|libnss_)|/usr/lib/python3.*(\.pth|/(site|user)customize\.py)$")
OWN_FOLDER = re.compile(r"(?P<folder>/(?:etc|usr/lib|usr/libexec|usr/share|var/lib|var/cache|var/log)/(?P<name>[^/]+))/.")
# Folders that root obeys, also if nothing has made them yet.
OBEYED = re.compile(
    r"(apt|bash_completion\.d|binfmt\.d|cron\..*|dbus-1|dpkg|dracut|environment\.d|grub\.d|initramfs-tools|kernel"
    r"|ld\.so\.conf\.d|logrotate\.d|modprobe\.d|modules-load\.d|needrestart|network|nftables.*|NetworkManager|pam-configs|pam\.d"
    r"|perl|polkit-1|profile\.d|python3.*|rc.\.d|security|skel|ssh|sudo|sudoers\.d|sysctl\.d|systemd|sysusers\.d|tmpfiles\.d"
    r"|udev|update-motd\.d|xdg)"
)
# What changes who may do what, in a script that dpkg runs as root.
COMMANDS = re.compile(
    r"\b(pam-auth-update|nsswitch\.conf|setcap|visudo|sudoers|authorized_keys|crontab|update-grub|update-initramfs)\b"
    r"|\b(modprobe|sysctl|nft|iptables)\s|/etc/(pam\.d|ssh|security|sysctl|cron)"
    # setuid. A setgid bit is for folders of logs.
    r"|\b(dpkg-statoverride|chmod)\b.*([ua\s]\+s|\b0?[46][0-7]{3}\b)"
)
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
# logrotate runs as root, and with it the scripts in its settings.
ROTATION_SCRIPT = re.compile(r"^\s*(prerotate|postrotate|firstaction|lastaction|preremove|compresscmd)\b", re.MULTILINE)


def reason_to_refuse(archive: Path, entries: Iterable[Entry], for_bot: set[str]) -> str | None:
    """Why a package isn't one that only adds something to use. `for_bot`: the packages that the server has for the bot."""
    refused = first_refused(entries, lambda folder: is_of_server(folder, for_bot))
    if refused is not None:
        return f"contains {refused.path}"
    for name, script in files_in(archive, "--ctrl-tarfile", SCRIPTS).items():
        if command := changing_command(script):
            return f"has a script ({name}) that runs or changes {command}"
    rotations = [entry.path for entry in entries if entry.path.startswith("/etc/logrotate.d/") and is_file(entry)]
    for name, settings in (files_in(archive, "--fsys-tarfile", rotations) if rotations else {}).items():
        if ROTATION_SCRIPT.search(settings):
            return f"contains {name}"
    return None


def first_refused(entries: Iterable[Entry], is_of_server: Callable[[str], bool]) -> Entry | None:
    return next((entry for entry in entries if is_file(entry) and not may_be(entry, is_of_server)), None)


def may_be(entry: Entry, is_of_server: Callable[[str], bool]) -> bool:
    # /lib, /bin and /sbin are links to these.
    path = re.sub(r"^/(?=(bin|lib|sbin)/)", "/usr/", entry.path)
    if "s" in entry.mode[3:7].lower() or LOADED.match(path):
        return False
    if SHARED.match(path) or debian_packages.UNITS.match(path):
        return True
    own = OWN_FOLDER.match(path)
    return own is not None and not OBEYED.fullmatch(own["name"]) and not is_of_server(own["folder"])


def is_file(entry: Entry) -> bool:
    return not entry.mode.startswith("d")


def is_of_server(folder: str, for_bot: set[str]) -> bool:
    """Whether the server has a folder for other reasons than the bot's packages."""
    if not os.path.lexists(paths.at(folder)):
        return False
    # "redis-server, redis-tools:amd64: /usr/share/redis"
    owners = run("dpkg-query", "--search", folder).output.rpartition(": ")[0]
    names = {name.partition(":")[0] for name in owners.split(", ")}
    return not names <= for_bot


def changing_command(script: str) -> str | None:
    """The first command of a script that changes who may do what, or the file that it changes."""
    for line in script.splitlines():
        if not line.lstrip().startswith("#") and (found := COMMANDS.search(line)):
            return found[0].strip()
    return None


def files_in(archive: Path, option: str, names: Iterable[str]) -> Mapping[str, str]:
    """The content of files in a package, or of its scripts."""
    wanted = set(names)
    found: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(must("dpkg-deb", option, str(archive)).stdout)) as tar:
        for member in tar:
            name = member.name.removeprefix("./" if option == "--ctrl-tarfile" else ".")
            content = tar.extractfile(member) if name in wanted else None
            if content is not None:
                found[name] = content.read().decode(errors="replace")
    return found
