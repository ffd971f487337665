"""state-volume: moves the bot's state to a volume and back. A mount is a file of the stand-ins, and the volume a folder."""

import hashlib
import json
import os
import shutil
import subprocess
import unittest
from collections.abc import Sequence

from archives import ArchiveTest
from environment import KILLED, Bot, Result
from key_pairs import sealed

TOOL = "/usr/local/sbin/state-volume"
STATE_COPY = "/usr/local/sbin/state-copy"
STATE = "/var/lib/trading-bot"
MARKS = "/var/lib/trading-bot-server"
VOLUME = f"{MARKS}/volume"
DEVICE = "/dev/disk/by-id/scsi-0HC_Volume_7"
STACK = "trading-bot-server/prod"
UUID = "0a1b2c3d-0000-4000-8000-000000000000"
UNITS = "/etc/systemd/system"
MOUNTS = {VOLUME: r"var-lib-trading\x2dbot\x2dserver-volume.mount", STATE: r"var-lib-trading\x2dbot.mount"}


class StateVolume(ArchiveTest):
    written_by_stand_ins = (DEVICE,)

    def setUp(self) -> None:
        super().setUp()
        self.prepare()

    def prepare(self, state: str | None = "now") -> None:
        for folder in ("var", "run", "etc", "dev", "systemd", "opt"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.bot = Bot(self.root)
        for name, stand_in in (
            ("systemctl", self.systemctl),
            ("mountpoint", self.mountpoint),
            ("wipefs", lambda args, _: (0, self.content(args[-1]), b"")),
            ("blkid", lambda args, _: (0, b"ext4" if "TYPE" in args else UUID.encode(), b"")),
            ("mkfs.ext4", self.format),
            ("resize2fs", lambda *_: (0, b"", b"")),
            ("sync", lambda *_: (0, b"", b"")),
        ):
            self.functions[name] = stand_in
        self.write(DEVICE, "")
        self.write("/etc/trading-bot/bot.json", "{}")
        self.write("/etc/credstore.encrypted/binance", sealed("one"))
        if state is not None:
            self.write(f"{STATE}/trades", state, 0o600)

    def content(self, device: str) -> bytes:
        with open(device, "rb") as file:
            return file.read()

    def format(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        with open(args[-1], "a", encoding="utf-8") as device:
            device.write("ext4 ")
        return 0, b"", b""

    def systemctl(self, args: Sequence[str], given: bytes) -> tuple[int, bytes, bytes]:
        for unit in (arg for arg in args if arg.endswith(".mount")):
            if args[0] in ("start", "restart", "stop"):
                self.bot.set(f"mounted {unit}", "" if args[0] == "stop" else "yes")
        return self.bot(args, given)

    def mountpoint(self, args: Sequence[str], _: bytes) -> tuple[int, bytes, bytes]:
        unit = MOUNTS[f"/{os.path.relpath(args[-1], self.root)}"]
        mark = self.bot.folder / f"mounted {unit}"
        return (0 if mark.exists() and mark.read_text() else 1), b"", b""

    def use(self) -> Result:
        return self.run_tool(TOOL, "use", "7", STACK)

    def leave(self) -> Result:
        return self.run_tool(TOOL, "leave")

    def place(self) -> str:
        return json.loads(self.run_tool(TOOL, "status").stdout)["place"]

    def expect_moved(self, state: str = "now") -> None:
        self.assertEqual(self.place(), "volume")
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), state)
        self.assertEqual(list(self.at(STATE).iterdir()), [])
        self.assertEqual(self.at(f"{VOLUME}/stack").read_text(), f"{STACK}\n")
        self.assertIn(f"by-uuid/{UUID}", self.at(f"{UNITS}/{MOUNTS[VOLUME]}").read_text())
        self.assertIn("AssertPathIsMountPoint=/var/lib/trading-bot", self.at(f"{UNITS}/trading-bot.service.d/state-volume.conf").read_text())
        self.assertFalse(self.at(f"{MARKS}/swapping").exists())
        self.assertEqual(self.bot.get("state"), "active")

    def kept(self, folder: str) -> list[str]:
        place = self.at(f"{folder}/copies")
        names = sorted(place.iterdir()) if place.exists() else []
        return [(name / "state/trades").read_text() for name in names if name.name.startswith("replaced-")]

    def test_the_state_is_moved_and_the_old_one_is_kept_aside(self) -> None:
        ended = self.use()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("Stopping the bot", ended.stderr)
        self.expect_moved()
        self.assertEqual(self.kept(MARKS), ["now"])
        self.assertEqual(self.at(f"{VOLUME}/state/trades").stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.at(DEVICE).read_text(), "ext4 ")

    def test_run_twice_changes_nothing(self) -> None:
        self.use()
        invocation = self.bot.get("invocation")
        ended = self.use()
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", ""))
        self.assertEqual(self.bot.get("invocation"), invocation)
        self.assertEqual(self.at(DEVICE).read_text(), "ext4 ")

    def test_a_new_server_uses_the_state_that_is_on_the_volume(self) -> None:
        self.use()
        volume = self.root / "volume"
        self.at(VOLUME).rename(volume)
        self.prepare(state=None)
        self.at(MARKS).mkdir(parents=True)
        volume.rename(self.at(VOLUME))
        self.write(DEVICE, "ext4")
        ended = self.use()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.expect_moved()
        self.assertEqual(self.at(DEVICE).read_text(), "ext4")

    def test_a_move_killed_at_any_moment_is_finished_by_the_next_run(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(TOOL, "use", "7", STACK):
            with self.subTest(step=step):
                if self.interrupted.returncode != KILLED:
                    # A fault of the disk: the state is where the tool says.
                    folder = f"{VOLUME}/state" if self.place() == "volume" else STATE
                    self.assertEqual(self.at(f"{folder}/trades").read_text(), "now")
                ended = self.use()
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.expect_moved()
                self.assertEqual(self.at(DEVICE).read_text(), "ext4 ")
                self.assertFalse(self.at(f"{VOLUME}/.arriving").exists())
            self.prepare()

    def test_a_move_killed_at_any_moment_is_finished_by_the_timer_and_the_bot_runs(self) -> None:
        self.prepare()
        for step in self.kill_everywhere(TOOL, "use", "7", STACK):
            with self.subTest(step=step):
                self.assertEqual(self.run_tool(STATE_COPY, "tidy").returncode, 0)
                folder = f"{VOLUME}/state" if self.place() == "volume" else STATE
                self.assertEqual(self.at(f"{folder}/trades").read_text(), "now")
                self.assertEqual(self.bot.get("state"), "active")
            self.prepare()

    def test_the_way_back_killed_at_any_moment_is_finished_by_the_next_run(self) -> None:
        def prepare() -> None:
            self.prepare()
            self.use()
            self.at(f"{VOLUME}/state/trades").write_text("later")

        prepare()
        for step in self.kill_everywhere(TOOL, "leave"):
            with self.subTest(step=step):
                ended = self.leave()
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertEqual(self.place(), "disk")
                self.assertEqual(self.at(f"{STATE}/trades").read_text(), "later")
                self.assertEqual([unit for unit in MOUNTS.values() if self.at(f"{UNITS}/{unit}").exists()], [])
                self.assertFalse(self.at(f"{UNITS}/trading-bot.service.d/state-volume.conf").exists())
                self.assertEqual(self.bot.get("state"), "active")
            prepare()

    def test_a_state_that_went_back_and_comes_again_loses_neither(self) -> None:
        self.use()
        self.leave()
        self.at(f"{STATE}/trades").write_text("later")
        self.assertEqual(self.use().returncode, 0)
        self.expect_moved("later")
        self.assertEqual(self.kept(VOLUME), ["now"])

    def test_a_volume_that_has_grown_is_used_by_a_server_that_had_none_mounted(self) -> None:
        def resize(*_: object) -> tuple[int, bytes, bytes]:
            # The kernel refuses it while the file system is mounted.
            return (1 if self.mountpoint([str(self.at(VOLUME))], b"")[0] == 0 else 0), b"", b""

        def systemctl(args: Sequence[str], given: bytes) -> tuple[int, bytes, bytes]:
            if args[0] == "stop" and MOUNTS[STATE] in args and not self.at(f"{UNITS}/{MOUNTS[STATE]}").exists():
                return 5, b"", b"not loaded"
            return self.systemctl(args, given)

        self.functions.update({"resize2fs": resize, "e2fsck": lambda *_: (0, b"", b""), "systemctl": systemctl})
        ended = self.use()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.expect_moved()

    def test_a_volume_with_something_else_on_it_is_never_formatted(self) -> None:
        self.write(DEVICE, "xfs")
        self.functions["blkid"] = lambda *_: (0, b"xfs", b"")
        ended = self.use()
        self.assertEqual(ended.returncode, 1)
        self.assertIn("was not touched", ended.stderr)
        self.assertEqual((self.at(DEVICE).read_text(), self.place()), ("xfs", "disk"))
        self.assertEqual(self.bot.get("state"), "active")

    def test_the_volume_of_another_stack_is_refused(self) -> None:
        self.write(f"{VOLUME}/stack", "trading-bot-server/other\n")
        ended = self.use()
        self.assertEqual(ended.returncode, 1)
        self.assertIn("another stack, trading-bot-server/other", ended.stderr)
        self.assertEqual(self.place(), "disk")

    def test_a_volume_that_is_not_attached_changes_nothing(self) -> None:
        self.at(DEVICE).unlink()
        ended = self.use()
        self.assertEqual(ended.returncode, 1)
        self.assertIn("isn't attached", ended.stderr)
        self.assertEqual((self.place(), self.bot.get("state")), ("disk", "active"))

    def test_the_bot_does_not_start_without_its_volume_and_the_message_says_why(self) -> None:
        self.use()
        self.bot.set(f"mounted {MOUNTS[VOLUME]}", "")
        ended = self.run_tool("/usr/local/sbin/bot-control", "may-start")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("its state is on the volume 7, which isn't there", ended.stderr)
        ended = self.run_tool("/usr/local/sbin/bot-backup", "make")
        self.assertEqual(ended.returncode, 1)

    def test_the_bot_does_not_start_on_the_volume_of_another_stack(self) -> None:
        self.use()
        self.write(f"{VOLUME}/stack", "another\n")
        ended = self.run_tool("/usr/local/sbin/bot-control", "may-start")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("of another stack", ended.stderr)

    def test_a_state_on_a_volume_is_replaced_there(self) -> None:
        self.use()
        self.write(f"{MARKS}/stopped", "")
        self.bot.set("state", "inactive")
        folder = self.run_tool(STATE_COPY, "prepare", "other").stdout.strip()
        self.assertEqual(folder, str(self.at(f"{VOLUME}/copies/other/state")))
        self.write(f"{VOLUME}/copies/other/state/trades", "other")
        self.calls()
        self.assertEqual(self.run_tool(STATE_COPY, "restore", "other").returncode, 0)
        self.assertIn(f"systemctl restart {MOUNTS[STATE]}", self.calls())
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "other")
        self.assertEqual(self.kept(VOLUME), ["now"])

    def test_a_copy_on_the_servers_disk_can_be_restored_to_the_volume(self) -> None:
        self.use()
        self.write(f"{MARKS}/stopped", "")
        self.bot.set("state", "inactive")
        replaced = next(name for name in os.listdir(self.at(f"{MARKS}/copies")) if name.startswith("replaced-"))
        self.write(f"{VOLUME}/state/trades", "later")
        self.assertEqual(self.run_tool(STATE_COPY, "restore", replaced).returncode, 0)
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "now")
        self.assertEqual(self.kept(MARKS), [])

    def test_what_is_saved_for_a_replacement_leaves_the_state_on_the_volume(self) -> None:
        self.use()
        self.assertEqual(self.run_tool("/usr/local/sbin/bot-state", "hold").returncode, 0)
        self.calls()
        ended = self.run_tool("/usr/local/sbin/bot-state", "save")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn(f"systemctl stop {MOUNTS[STATE]} {MOUNTS[VOLUME]}", self.calls())
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "now")

    def test_copies_on_the_volume_stay_there_unless_the_next_server_is_where_it_cant_go(self) -> None:
        self.use()
        self.add_copy("on-disk")
        self.add_copy("on-volume", folder=f"{VOLUME}/copies")
        self.run_tool("/usr/local/sbin/bot-state", "hold")
        for command, saved in (("save", ["on-disk"]), ("save-all", ["on-disk", "on-volume"])):
            result, archive = self.run_with_archive("/usr/local/sbin/bot-state", [command])
            self.assertEqual(result.returncode, 0, result.stderr)
            shown = [name for name in ("on-disk", "on-volume") if f"With a copy of the state: {name}" in result.stderr]
            listed = subprocess.run(["tar", "-tz"], input=archive, capture_output=True, check=True).stdout.decode()
            found = [name for name in ("on-disk", "on-volume") if f"copies/{name}/state/orders\n" in listed]
            self.assertEqual((shown, found), (saved, saved))

    def test_what_is_saved_for_a_failover_has_the_state_of_the_volume(self) -> None:
        self.use()
        self.assertEqual(self.run_tool("/usr/local/sbin/bot-state", "hold").returncode, 0)
        self.calls()
        ended = self.run_tool("/usr/local/sbin/bot-state", "save-all")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        calls = self.calls()
        self.assertIn(f"systemctl start {MOUNTS[VOLUME]} {MOUNTS[STATE]}", calls)
        self.assertNotIn(f"systemctl stop {MOUNTS[STATE]} {MOUNTS[VOLUME]}", calls)

    def test_a_state_that_is_restored_to_the_volume_keeps_the_one_that_was_left_there(self) -> None:
        self.run_tool("/usr/local/sbin/bot-state", "hold")
        saved, archive = self.run_with_archive("/usr/local/sbin/bot-state", ["save"])
        self.assertEqual(saved.returncode, 0, saved.stderr)
        self.use()
        self.write(f"{VOLUME}/state/trades", "left there")
        checksum = hashlib.sha256(archive).hexdigest()
        for _ in ("at first", "again, after it was interrupted"):
            restored, _ = self.run_with_archive("/usr/local/sbin/bot-state", ["restore", checksum], archive)
            self.assertEqual(restored.returncode, 0, restored.stderr)
            self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "now")
            self.assertEqual(self.kept(VOLUME), ["left there"])

    def test_a_state_that_the_volume_has_no_room_for_is_refused_before_the_bot_is_stopped(self) -> None:
        self.run_tool("/usr/local/sbin/bot-state", "hold")
        _, backup = self.run_with_archive("/usr/local/sbin/bot-state", ["save"])
        self.run_tool("/usr/local/sbin/bot-state", "release")
        self.use()
        self.write(f"{VOLUME}/state/trades", "later")
        invocation = self.bot.get("invocation")
        replaced = next(name for name in os.listdir(self.at(f"{MARKS}/copies")) if name.startswith("replaced-"))
        self.free = 1 << 30
        checksum = hashlib.sha256(backup).hexdigest()
        refused, _ = self.run_with_archive("/usr/local/sbin/bot-backup", ["restore", checksum], backup)
        self.write(f"{MARKS}/stopped", "")
        undone = self.run_tool("/usr/local/sbin/bot-backup", "undo")
        for ended in (refused, undone):
            self.assertEqual(ended.returncode, 1)
            for text in ("the volume has no room", "1.0 GiB must stay free", "pulumi config set stateVolume GB"):
                self.assertIn(text, ended.stderr)
        self.assertEqual((self.bot.get("state"), self.bot.get("invocation")), ("active", invocation))
        self.bot.set("state", "inactive")
        self.assertIn("the volume has no room", self.run_tool(STATE_COPY, "restore", replaced).stderr)
        for name in ("moving", "swapping", "undoing"):
            self.assertFalse(self.at(f"{MARKS}/{name}").exists(), name)
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "later")

    def test_a_failover_to_a_volume_without_room_goes_on_when_that_is_larger(self) -> None:
        self.run_tool("/usr/local/sbin/bot-state", "hold")
        _, archive = self.run_with_archive("/usr/local/sbin/bot-state", ["save"])
        self.use()
        self.write(f"{VOLUME}/state/trades", "left there")
        args = ["restore", hashlib.sha256(archive).hexdigest()]
        self.free = 1 << 30
        refused, _ = self.run_with_archive("/usr/local/sbin/bot-state", args, archive)
        self.free = 1 << 40
        self.assertEqual(refused.returncode, 1)
        self.assertIn("pulumi config set stateVolume GB", refused.stderr)
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "left there")
        self.assertEqual(self.use().returncode, 0)
        restored, _ = self.run_with_archive("/usr/local/sbin/bot-state", args, archive)
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.assertEqual(self.at(f"{VOLUME}/state/trades").read_text(), "now")


if __name__ == "__main__":
    unittest.main()
