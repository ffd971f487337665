import io
import json
import tarfile
import unittest
from collections.abc import Sequence

import environment

TOOL = "/usr/local/sbin/bot-packages"
RECORD = "/var/lib/trading-bot-server/bot-packages.json"
DEBIAN = "Debian:13.1/stable"
# Files that root runs or obeys.
OBEYED_BY_ROOT = (
    *("/usr/lib/udev/rules.d/60-x.rules", "/usr/lib/x86_64-linux-gnu/security/pam_x.so", "/usr/share/pam-configs/x"),
    *("/lib/x86_64-linux-gnu/security/pam_x.so", "/usr/lib/x86_64-linux-gnu/libnss_x.so.2", "/etc/kernel/postinst.d/x"),
    *("/usr/lib/kernel/install.d/x.install", "/etc/profile.d/x.sh", "/etc/needrestart/conf.d/x.conf", "/etc/ld.so.preload"),
    *("/usr/share/polkit-1/rules.d/x.rules", "/usr/share/dbus-1/system-services/x.service", "/usr/lib/tmpfiles.d/x.conf"),
    *("/usr/lib/sysusers.d/x.conf", "/usr/lib/modules-load.d/x.conf", "/usr/lib/modprobe.d/x.conf", "/usr/lib/binfmt.d/x.conf"),
    *("/usr/lib/systemd/system-sleep/x", "/usr/lib/systemd/user/x.service", "/usr/lib/systemd/user-generators/x"),
    *("/usr/lib/systemd/system/ssh.service.d/x.conf", "/usr/lib/systemd/system/multi-user.target.wants/x.service"),
    *("/usr/lib/systemd/system/x.mount", "/etc/ld.so.conf.d/x.conf", "/usr/lib/python3/dist-packages/x.pth"),
    *("/usr/lib/python3.13/sitecustomize.py", "/etc/python3.13/sitecustomize.py", "/boot/x", "/root/.profile", "/etc/x.conf"),
)
# Files that are there to be used.
TO_USE = (
    *("/usr/bin/x", "/usr/lib/x86_64-linux-gnu/libx.so.1", "/usr/lib/x86_64-linux-gnu/libnss3.so", "/usr/share/doc/x/copyright"),
    *("/usr/lib/python3/dist-packages/x/__init__.py", "/usr/lib/R/bin/R", "/etc/R/Rprofile.site", "/usr/share/R/x", "/usr/include/x.h"),
    *("/etc/default/x", "/etc/init.d/x", "/usr/lib/systemd/system/x.service", "/lib/systemd/system/x@.service"),
)


class Apt:
    """A stand-in for Debian's package tools: what is in the archive, and what is installed."""

    def __init__(self, server: environment.ServerTest) -> None:
        self.server = server
        # What each package contains, as `dpkg-deb --contents` shows it: mode and path.
        self.contents: dict[str, list[str]] = {}
        # The scripts that dpkg runs as root, and the texts of files.
        self.scripts: dict[str, dict[str, str]] = {}
        self.texts: dict[str, str] = {}
        # Which packages have a folder, as `dpkg-query --search` shows it.
        self.owners: dict[str, str] = {}
        # What each package requires.
        self.requires: dict[str, list[str]] = {}
        self.state = server.root / "dpkg.json"
        self.installed = {"chrony": False, "libc6": True}
        self.source = DEBIAN
        self.removes: list[str] = []
        # What is updated with what is installed.
        self.updated: list[str] = []
        # Units that were masked when apt-get install ran.
        self.masked = server.root / "masked.json"

    @property
    def installed(self) -> dict[str, bool]:
        """The packages that are installed, and whether only for others. In a file, because a tool is another process."""
        return json.loads(self.state.read_text())

    @installed.setter
    def installed(self, packages: dict[str, bool]) -> None:
        self.state.write_text(json.dumps(packages))

    def change(self, **packages: bool | None) -> None:
        """Adds packages, and removes those with None."""
        changed = {**self.installed, **{name: value for name, value in packages.items()}}
        self.installed = {name: value for name, value in changed.items() if value is not None}

    def wanted(self, names: Sequence[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            found += [*self.wanted(self.requires.get(name, [])), name]
        return [name for name in dict.fromkeys(found) if name not in self.installed]

    def unused(self) -> list[str]:
        installed = self.installed
        needed = {name for name, automatic in installed.items() if not automatic} | {"libc6"}
        while more := {required for name in needed for required in self.requires.get(name, [])} - needed:
            needed |= more
        return [name for name in installed if name not in needed]

    def apt_get(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        plain = [arg for arg in args if not arg.startswith("-") and "=" not in arg]
        verb, names = plain[0], plain[1:]
        if verb == "install":
            unknown = [name for name in names if name not in self.contents and name not in self.installed]
            if unknown:
                return 100, b"", f"E: Unable to locate package {unknown[0]}".encode()
        if "--simulate" in args:
            lines = [f"Inst {name} (1.0-1 {self.source} [amd64])" for name in self.wanted(names)]
            lines += [f"Inst {name} [0.9-1] (1.0-1 {self.source} [amd64])" for name in self.updated]
            lines += [f"Remv {name} [1.0-1]" for name in (self.unused() if verb == "autoremove" else self.removes)]
            return 0, "\n".join(lines).encode(), b""
        if "--download-only" in args:
            folder = next(arg for arg in args if arg.startswith("Dir::Cache::archives=")).partition("=")[2]
            for name in [*self.wanted(names), *self.updated]:
                with open(f"{folder}/{name}_1.0-1_amd64.deb", "w") as file:
                    file.write(name)
        elif verb == "install":
            folder = self.server.at("/etc/systemd/system")
            self.masked.write_text(json.dumps([file.name for file in folder.glob("*") if file.is_symlink()]))
            self.change(**{name: name not in names for name in self.wanted(names)})
        elif verb == "remove":
            self.change(**dict.fromkeys(names))
        return 0, b"", b""

    def dpkg_deb(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        with open(args[-1]) as file:
            name = file.read()
        if args[0] != "--contents":
            return 0, tar(self.scripts.get(name, {}) if args[0] == "--ctrl-tarfile" else self.texts), b""
        entries = self.contents[name]
        lines = [f"{entry.split()[0]} root/root 0 2026-01-01 00:00 .{entry.split(maxsplit=1)[1]}" for entry in entries]
        return 0, "\n".join(lines).encode(), b""

    def dpkg_query(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        if args[0] == "--search":
            owners = self.owners.get(args[1])
            return (1, b"", b"no path found") if owners is None else (0, f"{owners}: {args[1]}\n".encode(), b"")
        if args[-1] not in self.installed:
            return 1, b"", b"no packages found"
        return 0, b"1.0-1" if "Version" in args[1] else b"installed", b""

    def apt_mark(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        verb, names = args[0], args[1:]
        if verb == "showauto":
            return 0, "\n".join(name for name in names if self.installed[name]).encode(), b""
        self.change(**{name: verb == "auto" for name in names})
        return 0, b"", b""


def tar(texts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"./{name.lstrip('/')}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


class BotPackages(environment.ServerTest):
    written_by_stand_ins = ("dpkg.json", "masked.json")

    def setUp(self) -> None:
        super().setUp()
        self.apt = Apt(self)
        self.functions |= {
            "apt-get": self.apt.apt_get,
            "apt-mark": self.apt.apt_mark,
            "dpkg-deb": self.apt.dpkg_deb,
            "dpkg-query": self.apt.dpkg_query,
            "dpkg": environment.succeed,
            "systemctl": environment.succeed,
        }
        self.apt.contents = {
            "libgomp1": ["drwxr-xr-x /usr/lib/", "-rw-r--r-- /usr/lib/x86_64-linux-gnu/libgomp.so.1"],
            "gcc-base": ["-rw-r--r-- /usr/share/doc/gcc-base/copyright"],
            "redis-server": [
                "lrwxrwxrwx /usr/lib/systemd/system/redis.service -> redis-server.service",
                "-rw-r--r-- /usr/lib/systemd/system/redis-server.service",
                "-rwxr-xr-x /etc/init.d/redis-server",
            ],
        }
        self.apt.requires = {"libgomp1": ["gcc-base"]}

    def set(self, *names: str) -> environment.Result:
        return self.run_tool(TOOL, "set", *names)

    def record(self) -> dict[str, list[str]]:
        return json.loads(self.at(RECORD).read_text())

    def unit(self, name: str) -> bool:
        path = self.at(f"/etc/systemd/system/{name}")
        return path.is_symlink() and str(path.readlink()) == "/dev/null"

    def refuses(self, *parts: str, names: Sequence[str] = ("libgomp1",)) -> None:
        before = self.apt.installed
        result = self.set(*names)
        self.assertEqual(result.returncode, 1)
        for part in parts:
            self.assertIn(part, result.stderr)
        self.assertEqual(self.apt.installed, before)

    def test_without_packages_nothing_is_done(self) -> None:
        self.assertEqual(self.set(), (0, "", ""))
        self.assertEqual([call for call in self.calls() if not call.startswith("dpkg-query")], [])
        self.assertFalse(self.at(RECORD).exists())

    def test_packages_are_installed_listed_and_removed_again_with_what_they_require(self) -> None:
        self.assertEqual(self.set("libgomp1", "chrony").returncode, 0)
        self.assertEqual(self.apt.installed, {"chrony": False, "libc6": True, "gcc-base": True, "libgomp1": False})
        self.assertEqual(self.run_tool(TOOL, "list").stdout, "libgomp1  1.0-1\n")
        self.calls()
        self.assertEqual(self.set("libgomp1", "chrony"), (0, "", ""))
        self.assertEqual([call for call in self.calls() if call.startswith("apt-get")], [])
        self.assertEqual(self.set("chrony").returncode, 0)
        self.assertEqual(self.apt.installed, {"chrony": False, "libc6": True})
        self.assertFalse(self.at(RECORD).exists())

    def test_recommended_packages_are_not_installed_and_none_is_removed(self) -> None:
        self.set("libgomp1")
        installs = [call for call in self.calls() if " install " in call]
        self.assertTrue(all("--no-install-recommends" in call for call in installs))
        self.assertTrue(all("--no-remove" in call for call in installs if "--simulate" not in call))

    def test_what_another_package_needs_by_now_stays(self) -> None:
        self.set("libgomp1")
        self.apt.change(octave=False)
        self.apt.requires["octave"] = ["gcc-base"]
        self.set()
        self.assertIn("gcc-base", self.apt.installed)
        self.assertNotIn("libgomp1", self.apt.installed)

    def test_what_a_person_has_installed_is_never_removed(self) -> None:
        self.apt.change(libgomp1=False)
        self.set("libgomp1")
        self.set()
        self.assertEqual(self.apt.installed["libgomp1"], False)

    def test_what_the_server_has_as_a_dependency_is_kept_for_the_bot_and_then_left_as_it_was(self) -> None:
        self.set("libc6")
        self.assertEqual(self.apt.installed["libc6"], False)
        self.set()
        self.assertEqual(self.apt.installed["libc6"], True)

    def test_no_unit_of_a_package_is_started_now_or_later(self) -> None:
        units = ("redis.service", "redis-server.service")
        self.set("redis-server")
        self.assertEqual(sorted(json.loads(self.apt.masked.read_text())), sorted(units))
        self.set()
        self.assertFalse(any(self.unit(unit) for unit in units))

    def test_a_unit_that_is_there_already_is_left_alone(self) -> None:
        self.write("/usr/lib/systemd/system/redis.service", "")
        self.set("redis-server")
        self.assertFalse(self.unit("redis.service"))
        self.assertTrue(self.unit("redis-server.service"))

    def test_a_name_that_debian_does_not_have(self) -> None:
        self.refuses("bot.packages has a name that Debian 13 doesn't have: libgopm1", names=["libgopm1"])

    def test_only_from_debian(self) -> None:
        self.apt.source = "Docker CE:trixie"
        self.refuses("gcc-base, libgomp1 would not come from Debian's own archive")

    def test_nothing_is_removed_for_it(self) -> None:
        self.apt.removes = ["chrony"]
        self.refuses("can't be installed beside chrony")

    def test_what_would_run_as_root_is_refused(self) -> None:
        for entry in (
            "-rwsr-xr-x /usr/bin/x",
            "-rwxr-sr-x /usr/bin/x",
            "-rw-r--r-- /etc/cron.d/x",
            "-r--r----- /etc/sudoers.d/x",
            *(f"-rw-r--r-- {path}" for path in OBEYED_BY_ROOT),
        ):
            self.apt.contents["gcc-base"] = [entry]
            # It isn't in the setting: libgomp1, which is, requires it.
            self.refuses("the package gcc-base contains", entry.split()[1], "or the package there that requires it")

    def test_what_is_only_there_to_be_used_is_installed(self) -> None:
        self.apt.contents["gcc-base"] = [f"-rw-r--r-- {path}" for path in TO_USE]
        self.assertEqual(self.set("libgomp1").returncode, 0)

    def test_a_folder_of_the_server_gets_nothing_but_one_of_the_bots_packages_does(self) -> None:
        for owners, status in ((None, 1), ("haproxy", 1), ("haproxy, gcc-base:amd64", 1), ("gcc-base:amd64", 0)):
            self.apt.owners = {} if owners is None else {"/usr/lib/x": owners}
            self.write("/usr/lib/x/there", "")
            self.apt.contents["libgomp1"] = ["-rw-r--r-- /usr/lib/x/added"]
            self.assertEqual((owners, self.set("libgomp1").returncode), (owners, status))

    def test_an_update_of_what_the_server_has_may_contain_what_the_server_runs(self) -> None:
        self.apt.contents["libc6"] = ["-rw-r--r-- /etc/ld.so.conf.d/x.conf"]
        self.apt.updated = ["libc6"]
        self.assertEqual(self.set("libgomp1").returncode, 0)

    def test_a_script_that_changes_who_may_do_what_is_refused(self) -> None:
        for line in (
            "pam-auth-update --package krb5",
            "sed -i '/^hosts:/s/$/ x/' /etc/nsswitch.conf",
            "setcap cap_net_raw+ep /usr/bin/x",
            "chmod u+s /usr/bin/x",
            "chmod +s /usr/bin/x",
            "chmod 4755 /usr/bin/x",
            "dpkg-statoverride --update --add root x 4750 /usr/bin/x",
        ):
            self.apt.scripts["gcc-base"] = {"postinst": f"#!/bin/sh\nset -e\n{line}\n"}
            self.refuses("the package gcc-base has a script (postinst)")

    def test_other_scripts_are_not(self) -> None:
        lines = "# sysctl isn't called\ndpkg-statoverride --update --add x adm 2750 /var/log/x\nchmod 2750 /x\nldconfig\n"
        self.apt.scripts["gcc-base"] = {"postinst": lines, "md5sums": "pam-auth-update"}
        self.assertEqual(self.set("libgomp1").returncode, 0)

    def test_the_rotation_of_logs_may_run_no_script(self) -> None:
        self.apt.contents["gcc-base"] = ["-rw-r--r-- /etc/logrotate.d/x"]
        self.apt.texts = {"/etc/logrotate.d/x": "/var/log/x.log {\n  weekly\n  postrotate\n    x\n  endscript\n}\n"}
        self.refuses("the package gcc-base contains /etc/logrotate.d/x")
        self.apt.texts = {"/etc/logrotate.d/x": "/var/log/x.log {\n  weekly\n  compress\n}\n"}
        self.assertEqual(self.set("libgomp1").returncode, 0)

    def test_what_is_not_a_name_never_reaches_apt(self) -> None:
        for name in ("-o=x", "Libgomp1", "a", "libgomp1/sid", "libgomp1=1.0", "./x.deb"):
            self.refuses("can't be the name of a Debian package", names=[name])
        self.assertEqual(self.calls(), [])

    def test_a_run_killed_at_any_moment_leaves_nothing_that_the_next_run_does_not_know(self) -> None:
        for _ in self.kill_everywhere(TOOL, "set", "libgomp1", "redis-server"):
            self.set()
            self.assertEqual(self.apt.installed, {"chrony": False, "libc6": True})
            self.assertFalse(any(self.unit(unit) for unit in ("redis.service", "redis-server.service")))
            self.assertFalse(self.at(RECORD).exists())
            self.assertEqual(self.set("libgomp1", "redis-server").returncode, 0)
            self.set()
            self.calls()


if __name__ == "__main__":
    unittest.main()
