import json
import os
import shutil
import subprocess
import unittest

from environment import REPOSITORY, ROOTFS, Result, ServerTest

INSTALLER = REPOSITORY / "server/bootstrap/install-root-tools.py"
LIBRARIES = "/usr/local/lib/trading-bot-server"
TOOL = "/usr/local/sbin/server-files"


def bundle(version: str, text: str) -> str:
    library = {"root_tools/__init__.py": "", "root_tools/server_files.py": f"text = {text!r}\n"}
    return json.dumps({"version": version, "library": library, "tool": f"#!/bin/sh\n# {text}\n"}) + "\n"


class InstallRootTools(ServerTest):
    def install(self, stdin: str) -> Result:
        return self.run_tool(os.path.relpath(INSTALLER, ROOTFS), stdin=stdin)

    def installed(self) -> str | None:
        file = self.at(f"{LIBRARIES}/library/root_tools/server_files.py")
        return file.read_text() if file.exists() else None

    def test_installs_the_library_and_the_tool(self) -> None:
        self.assertEqual(self.install(bundle("a", "one")), Result(0, "", ""))
        self.assertEqual(self.installed(), "text = 'one'\n")
        self.assertEqual(self.at(TOOL).read_text(), "#!/bin/sh\n# one\n")
        self.assertEqual(self.at(TOOL).stat().st_mode & 0o7777, 0o755)

    def test_replaces_the_single_file_of_version_0_1_0_and_leaves_the_other_tools(self) -> None:
        self.write(TOOL, "#!/usr/bin/python3 -I\n", 0o755)
        self.write(f"{LIBRARIES}/bot-control", "#!/bin/bash\n", 0o755)
        self.install(bundle("a", "one"))
        self.assertEqual(self.at(TOOL).read_text(), "#!/bin/sh\n# one\n")
        self.assertEqual(sorted(os.listdir(self.at(LIBRARIES))), ["bot-control", "library", "library-a"])

    def test_keeps_one_previous_version_for_a_tool_that_has_just_started(self) -> None:
        for version in "abc":
            self.install(bundle(version, version))
        self.assertEqual(sorted(os.listdir(self.at(LIBRARIES))), ["library", "library-b", "library-c"])
        self.assertEqual(self.installed(), "text = 'c'\n")
        # Back to the previous one, whose folder is there already.
        self.install(bundle("b", "b"))
        self.assertEqual(self.installed(), "text = 'b'\n")

    def test_half_a_bundle_changes_nothing(self) -> None:
        self.install(bundle("a", "one"))
        for text in ("", bundle("b", "two")[:-3]):
            result = self.install(text)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(
                result.stderr, "The root tools arrived incomplete and were not installed: run `pulumi up` again.\n"
            )
        self.assertEqual(self.installed(), "text = 'one'\n")

    def test_killed_at_any_moment_the_library_is_whole_and_the_next_run_installs_it(self) -> None:
        self.install(bundle("a", "one"))
        for step in self.kill_everywhere(os.path.relpath(INSTALLER, ROOTFS), stdin=bundle("b", "two")):
            with self.subTest(step=step):
                self.assertIn(self.installed(), ["text = 'one'\n", "text = 'two'\n"])
                self.assertIn("#!/bin/sh\n", self.at(TOOL).read_text())
                self.assertEqual(self.install(bundle("b", "two")), Result(0, "", ""))
                self.assertEqual(self.installed(), "text = 'two'\n")
                left = [name for name in os.listdir(self.at(LIBRARIES)) if name.startswith(".")]
                self.assertEqual(left, [])
            self.install(bundle("a", "one"))
            shutil.rmtree(self.at(f"{LIBRARIES}/library-b"), ignore_errors=True)

    def test_an_installed_tool_runs_by_its_own_first_line(self) -> None:
        library = {
            str(path.relative_to(ROOTFS / LIBRARIES.lstrip("/") / "library")): path.read_text()
            for path in (ROOTFS / LIBRARIES.lstrip("/") / "library").rglob("*.py")
        }
        tool = (ROOTFS / TOOL.lstrip("/")).read_text()
        self.install(json.dumps({"version": "0a1b2c", "library": library, "tool": tool}))
        ended = subprocess.run([self.at(TOOL), "--help"], capture_output=True, text=True, check=False)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertTrue(ended.stdout.startswith("Usage: sudo server-files COMMAND\n"))
        self.assertEqual(list(self.at(LIBRARIES).rglob("__pycache__")), [])


if __name__ == "__main__":
    unittest.main()
