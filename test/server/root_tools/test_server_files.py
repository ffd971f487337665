import json
import os
import unittest
from pathlib import Path
from typing import Any

import faults
from environment import ServerTest, systemd_creds

TOOL = "/usr/local/sbin/server-files"
RECORD = "/var/lib/trading-bot-server/undo/record.json"


def file(path: str, content: str | None, **more: Any) -> dict[str, Any]:
    return {"path": path, "content": content, **more}


class ServerFiles(ServerTest):
    def deliver(self, *files: dict[str, Any], **more: Any) -> Any:
        return self.run_tool(TOOL, "install", stdin=json.dumps({"files": files, **more}) + "\n")

    def content(self, path: str) -> str | None:
        return self.at(path).read_text() if self.at(path).exists() else None

    def assert_nothing_is_left(self) -> None:
        """No record, no copy and no staging folder. If it could not be removed, an empty one is harmless."""
        self.assertFalse(self.at(RECORD).parent.exists())
        for folder, folders, _ in os.walk(self.root):
            staged = [name for name in folders if name.startswith(".staged")]
            if faults.chosen():
                staged = [name for name in staged if os.listdir(os.path.join(folder, name))]
            self.assertEqual(staged, [])

    def test_installs_files_with_their_modes_in_new_folders(self) -> None:
        result = self.deliver(file("/etc/one", "1"), file("/etc/new/two", "2", mode="0750"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "/etc/one\n/etc/new/two\n", ""))
        self.assertEqual((self.content("/etc/one"), self.content("/etc/new/two")), ("1", "2"))
        self.assertEqual(self.at("/etc/one").stat().st_mode & 0o7777, 0o644)
        self.assertEqual(self.at("/etc/new/two").stat().st_mode & 0o7777, 0o750)
        self.assert_nothing_is_left()

    def test_does_nothing_about_files_that_are_as_they_should_be(self) -> None:
        delivery = [file("/etc/one", "1", activate=["systemctl restart one"]), file("/etc/gone", None)]
        self.deliver(*delivery)
        self.calls()
        result = self.deliver(*delivery)
        self.assertEqual((result.returncode, result.stdout), (0, "unchanged\n"))
        self.assertEqual(self.calls(), [])

    def test_notices_a_changed_mode_and_a_link(self) -> None:
        self.write("/etc/mode", "1", 0o600)
        self.write("/etc/target", "1")
        self.at("/etc/link").symlink_to("target")
        self.assertEqual(self.deliver(file("/etc/mode", "1"), file("/etc/link", "1")).stdout, "/etc/mode\n/etc/link\n")
        self.assertFalse(self.at("/etc/link").is_symlink())

    def test_removes_a_file(self) -> None:
        self.write("/etc/one", "1")
        self.assertEqual(self.deliver(file("/etc/one", None)).stdout, "/etc/one\n")
        self.assertIsNone(self.content("/etc/one"))

    def test_runs_each_activation_once_in_the_order_of_the_files_and_only_for_changed_files(self) -> None:
        self.write("/etc/same", "1")
        self.deliver(
            file("/etc/same", "1", activate=["systemctl restart same"]),
            file("/etc/a", "1", activate=["systemctl daemon-reload", "systemctl restart a"]),
            file("/etc/b", "1", activate=["systemctl daemon-reload", "systemctl restart b"]),
        )
        self.assertEqual(self.calls(), ["systemctl daemon-reload", "systemctl restart a", "systemctl restart b"])

    def test_a_file_that_its_check_refuses_changes_nothing(self) -> None:
        self.write("/etc/a", "old")
        result = self.deliver(
            file("/etc/a", "new", activate=["systemctl restart a"]),
            file("/etc/b.conf", "broken", check='echo "line 1: broken in $1"; grep -q sound "$1"'),
        )
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(
            result.stderr, r"^server-files: .* refused /etc/b.conf, and nothing was changed. Its output:\n"
        )
        self.assertRegex(result.stderr, r"line 1: broken in .*/b\.conf\n")
        self.assertEqual((self.content("/etc/a"), self.content("/etc/b.conf"), self.calls()), ("old", None, []))
        self.assert_nothing_is_left()

    def test_a_failing_activation_restores_files_modes_and_what_runs(self) -> None:
        self.write("/etc/a", "old", 0o600)
        self.write("/etc/b", "old")
        broken = f'systemctl reload a; grep -q old "{self.at("/etc/a")}"'
        result = self.deliver(file("/etc/a", "new", activate=[broken]), file("/etc/b", None), file("/etc/c", "new"))
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("failed. Its output:", result.stderr)
        self.assertIn("The previous files were restored.", result.stderr)
        self.assertEqual([self.content(f"/etc/{name}") for name in "abc"], ["old", "old", None])
        self.assertEqual(self.at("/etc/a").stat().st_mode & 0o7777, 0o600)
        self.assertEqual(self.calls()[:2], ["systemctl reload a"] * 2)
        self.assert_nothing_is_left()

    def test_a_file_that_can_not_be_put_in_place_restores_the_others(self) -> None:
        self.write("/etc/a", "old")
        self.at("/etc/folder").mkdir()
        result = self.deliver(file("/etc/a", "new"), file("/etc/folder", "new"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("/etc/folder", result.stderr)
        self.assertEqual(self.content("/etc/a"), "old")

    SECRETS = "/etc/credstore.encrypted/secrets"

    def secret(self, content: str | dict[str, str] | None, **more: Any) -> dict[str, Any]:
        return file(self.SECRETS, content, credential="secrets", mode="0600", **more)

    def decrypted(self) -> str:
        status, secret, _ = systemd_creds(["decrypt", "--name=secrets", str(self.at(self.SECRETS)), "-"], b"")
        self.assertEqual(status, 0)
        return secret.decode()

    def test_a_credential_is_encrypted_and_changes_only_with_its_content(self) -> None:
        delivery = self.secret("the-secret", activate=["systemctl restart one"])
        self.assertEqual(self.deliver(delivery).stdout, f"{self.SECRETS}\n")
        self.assertEqual(self.decrypted(), "the-secret")
        self.assertEqual(self.at(self.SECRETS).stat().st_mode & 0o7777, 0o600)
        self.calls()
        self.assertEqual(self.deliver(delivery).stdout, "unchanged\n")
        self.write(self.SECRETS, "damaged", 0o600)
        self.assertEqual(self.deliver(delivery).stdout, f"{self.SECRETS}\n")
        self.assertEqual(self.decrypted(), "the-secret")
        self.assertEqual(self.deliver(self.secret(None)).stdout, f"{self.SECRETS}\n")
        self.assertEqual(os.listdir(self.at(self.SECRETS).parent), [])
        self.assert_nothing_is_left()

    def test_a_credential_that_is_json_is_the_text_that_javascript_makes_of_it(self) -> None:
        # What JSON.stringify prints. So a credential that an earlier version has sent as this text is unchanged.
        text = r'{"KEY":"BEGIN\n\"é\\/\u0001\t€😀\u2028","TOKEN":"one"}'.replace(r"\u2028", "\u2028")
        self.deliver(self.secret(text))
        self.assertEqual(self.deliver(self.secret(json.loads(text))).stdout, "unchanged\n")
        self.deliver(self.secret(None))
        self.assertEqual(self.deliver(self.secret(json.loads(text))).stdout, f"{self.SECRETS}\n")
        self.assertEqual(self.decrypted(), text)

    def test_a_failing_activation_restores_a_credential_and_shows_nothing_of_it(self) -> None:
        self.deliver(self.secret("the-old-secret"))
        result = self.deliver(self.secret("the-new-secret", activate=["false"]), file("/etc/one", "1"))
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("secret", result.stderr.replace(self.SECRETS, ""))
        self.assertEqual((self.decrypted(), self.content("/etc/one")), ("the-old-secret", None))
        self.assert_nothing_is_left()

    def test_no_plaintext_of_a_credential_is_ever_on_the_disk(self) -> None:
        self.deliver(self.secret("the-old-secret"))
        delivery = json.dumps({"files": [self.secret("the-new-secret", activate=["systemctl restart one"])]}) + "\n"
        for step in self.kill_everywhere(TOOL, "install", stdin=delivery):
            with self.subTest(step=step):
                for folder, _, names in os.walk(self.root):
                    for name in names:
                        self.assertNotRegex(Path(folder, name).read_bytes(), b"the-(old|new)")
                self.assertIn(self.decrypted(), ["the-old-secret", "the-new-secret"])
            self.run_tool(TOOL, "undo")
            self.deliver(self.secret("the-old-secret"))
        self.assert_nothing_is_left()

    def test_half_a_delivery_changes_nothing(self) -> None:
        whole = json.dumps({"files": [file("/etc/one", "1")]})
        for text in (
            "",
            "null",
            whole[:-3],
            '{"files":[{"path":"/etc/one"}]}',
            '{"files":[{"path":"etc","content":""}]}',
        ):
            result = self.run_tool(TOOL, "install", stdin=text)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"^server-files: the delivery arrived incomplete, and nothing was changed")
        self.assertIsNone(self.content("/etc/one"))

    def test_a_delivery_to_be_confirmed_starts_a_timer_that_a_confirmation_stops(self) -> None:
        result = self.deliver(file("/etc/one", "1"), confirmWithin=60)
        self.assertEqual(result.stdout, "unconfirmed\n/etc/one\n")
        number = json.loads(self.at(RECORD).read_text())["number"]
        self.assertEqual(
            self.calls()[-1],
            "systemd-run --quiet --collect --on-active=60s --unit=server-files-unconfirmed "
            f"--timer-property=AccuracySec=1s /usr/local/sbin/server-files undo {number}",
        )
        self.assertEqual(self.run_tool(TOOL, "confirm").returncode, 0)
        self.assertEqual(self.calls(), ["systemctl stop server-files-unconfirmed.timer"])
        self.assertEqual(self.run_tool(TOOL, "undo", number).returncode, 0)
        self.assertEqual(self.content("/etc/one"), "1")
        self.assert_nothing_is_left()

    def test_without_a_timer_nothing_is_changed(self) -> None:
        self.write("/etc/one", "old")
        self.program("systemd-run", "echo no timer >&2; exit 1")
        result = self.deliver(file("/etc/one", "new"), confirmWithin=60)
        self.assertEqual((result.returncode, self.content("/etc/one")), (1, "old"))
        self.assertIn("no timer", result.stderr)
        self.assert_nothing_is_left()

    def test_what_is_not_confirmed_is_rolled_back_and_then_there_is_nothing_to_confirm(self) -> None:
        self.write("/etc/one", "old")
        self.deliver(file("/etc/one", "new", activate=["systemctl reload one"]), confirmWithin=60)
        number = json.loads(self.at(RECORD).read_text())["number"]
        self.calls()
        result = self.run_tool(TOOL, "undo", number)
        self.assertEqual((result.returncode, result.stderr), (0, "Rolled back: /etc/one\n"))
        self.assertEqual(self.content("/etc/one"), "old")
        self.assertEqual(self.calls()[0], "systemctl reload one")
        result = self.run_tool(TOOL, "confirm")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nothing to confirm", result.stderr)

    def test_the_timer_of_an_earlier_delivery_leaves_a_later_one_alone(self) -> None:
        self.deliver(file("/etc/one", "1"), confirmWithin=60)
        self.run_tool(TOOL, "undo", "ffffffff")
        self.assertEqual(self.content("/etc/one"), "1")

    def test_the_next_delivery_rolls_back_one_that_was_not_confirmed(self) -> None:
        self.deliver(file("/etc/one", "1"), confirmWithin=60)
        self.assertEqual(self.deliver(file("/etc/two", "2")).stdout, "/etc/two\n")
        self.assertEqual((self.content("/etc/one"), self.content("/etc/two")), (None, "2"))

    def test_rolls_back_a_delivery_of_version_0_1_0(self) -> None:
        record = {"number": "0a1b2c3d", "paths": ["/etc/one", "/etc/two"], "activate": ["systemctl reload one"]}
        self.write(RECORD, json.dumps(record))
        self.write("/var/lib/trading-bot-server/undo/0", "old", 0o600)
        self.write("/etc/one", "new")
        self.write("/etc/two", "new")
        self.assertEqual(self.run_tool(TOOL, "undo", "0a1b2c3d").returncode, 0)
        self.assertEqual((self.content("/etc/one"), self.content("/etc/two")), ("old", None))
        self.assertEqual(self.at("/etc/one").stat().st_mode & 0o7777, 0o600)
        self.assertIn("systemctl reload one", self.calls())

    def test_a_delivery_killed_at_any_moment_is_rolled_back_or_complete_and_the_next_one_succeeds(self) -> None:
        old, new = ["old", "old", None], ["new", None, "new"]
        states = set()
        delivery = json.dumps(
            {
                "files": [
                    file("/etc/a", "new", activate=["systemctl restart a"]),
                    file("/etc/b", None),
                    file("/etc/c", "new"),
                ]
            }
        )

        def prepare() -> None:
            self.write("/etc/a", "old")
            self.write("/etc/b", "old")
            self.at("/etc/c").unlink(missing_ok=True)

        prepare()
        for step in self.kill_everywhere(TOOL, "install", stdin=delivery):
            with self.subTest(step=step):
                self.calls()
                self.assertEqual(self.run_tool(TOOL, "undo").returncode, 0)
                after_undo = [self.content(f"/etc/{name}") for name in "abc"]
                self.assertIn(after_undo, [old, new])
                states.add(after_undo[0])
                self.assertEqual(self.run_tool(TOOL, "install", stdin=delivery).returncode, 0)
                self.assertEqual([self.content(f"/etc/{name}") for name in "abc"], new)
                self.assert_nothing_is_left()
            prepare()
        self.assertEqual(states, {"old", "new"})

    def test_a_roll_back_killed_at_any_moment_is_finished_by_the_next_one(self) -> None:
        def prepare() -> None:
            self.write("/etc/a", "old")
            self.at("/etc/b").unlink(missing_ok=True)
            self.deliver(
                file("/etc/a", "new", activate=["systemctl restart a"]), file("/etc/b", "new"), confirmWithin=60
            )
            self.calls()

        prepare()
        for step in self.kill_everywhere(TOOL, "undo"):
            with self.subTest(step=step):
                activated = "systemctl restart a" in self.calls()
                self.assertEqual(self.run_tool(TOOL, "undo").returncode, 0)
                self.assertEqual((self.content("/etc/a"), self.content("/etc/b")), ("old", None))
                self.assertTrue(activated or "systemctl restart a" in self.calls())
                self.assert_nothing_is_left()
            prepare()

    def test_a_confirmation_that_is_killed_at_any_moment_leaves_a_delivery_that_is_final_or_can_be_rolled_back(self) -> None:
        def prepare() -> None:
            self.write("/etc/a", "old")
            self.write("/etc/b", "old")
            self.deliver(file("/etc/a", "new"), file("/etc/b", "new"), confirmWithin=60)

        prepare()
        for step in self.kill_everywhere(TOOL, "confirm"):
            with self.subTest(step=step):
                self.assertEqual(self.run_tool(TOOL, "undo").returncode, 0)
                states = {self.content("/etc/a"), self.content("/etc/b")}
                self.assertIn(states, ({"new"},) if self.interrupted.returncode == 0 else ({"old"}, {"new"}))
                self.assert_nothing_is_left()
            prepare()

    def test_help_and_wrong_commands(self) -> None:
        self.assertRegex(self.run_tool(TOOL, "--help").stdout, r"^Usage: sudo server-files COMMAND\n")
        for args in ([], ["confirm", "1"], ["undo", "1", "2"], ["remove"]):
            result = self.run_tool(TOOL, *args)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertRegex(result.stderr, r"^Usage: sudo server-files COMMAND\n")


if __name__ == "__main__":
    unittest.main()
