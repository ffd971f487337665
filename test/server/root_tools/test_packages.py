"""All steps from requirements.txt to an environment, with real pip and without a network."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

import environment

LIBRARY = environment.ROOTFS / "usr/local/lib/trading-bot-server/library"
PIP = environment.pip_folder()

# A source archive whose metadata is only known to its code, and which asks for "helper" when it is built. It notes in
# which step its code runs.
BACKEND = """
import os, zipfile
with open(os.environ["RAN"], "a") as ran:
    ran.write(os.environ["STEP"] + "\\n")
def get_requires_for_build_wheel(*_):
    return ["helper"]
def build_wheel(folder, *_):
    import helper
    name = "dynamic-1.0.dist-info/"
    files = {
        "dynamic.py": helper.CODE,
        name + "METADATA": "Metadata-Version: 2.1\\nName: dynamic\\nVersion: 1.0\\nRequires-Dist: plain\\n",
        name + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[name + "RECORD"] = "".join(f"{file},,\\n" for file in [*files, name + "RECORD"])
    with zipfile.ZipFile(folder + "/dynamic-1.0-py3-none-any.whl", "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return "dynamic-1.0-py3-none-any.whl"
"""
BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def make_wheel(folder: Path, name: str, code: str, *requires: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info/"
    files = {
        f"{name}.py": code,
        f"{info}METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
        ),
        f"{info}WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def make_source_archive(folder: Path, backend: str = BACKEND) -> Path:
    path = folder / "dynamic-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"backend.py": backend, "pyproject.toml": BUILD_SYSTEM}.items():
            entry = tarfile.TarInfo(f"dynamic-1.0/{name}")
            entry.size = len(content.encode())
            archive.addfile(entry, io.BytesIO(content.encode()))
    return path


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class PackagesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.program = self.root / "program"
        self.links = self.program / "links"
        self.links.mkdir(parents=True)
        self.programs = self.root / "opt/trading-bot"
        for name in ("requirements", "fetched", "built"):
            (self.programs / name).mkdir(parents=True)
        self.ran = self.root / "ran"

    def write(self, name: str, content: str) -> None:
        path = self.program / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def step(self, *args: str) -> tuple[int, str]:
        """Runs a step in its own process, as a unit does."""
        code = "import sys; from root_tools.prepare_program import main; sys.exit(main(sys.argv[1:]))"
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(LIBRARY), PIP]),
            "HOME": str(self.root),
            "TRADING_BOT_ROOT": str(self.root),
            "RAN": str(self.ran),
            "STEP": args[0],
        }
        ended = subprocess.run([sys.executable, "-Bc", code, *args], env=variables, capture_output=True, text=True)
        return ended.returncode, ended.stdout + ended.stderr

    def must(self, *args: str) -> None:
        status, output = self.step(*args)
        self.assertEqual(status, 0, output)

    def fetch_in_turns(self) -> int:
        """Fetches as trading-bot-program does. Returns the number of builds."""
        for builds in range(10):
            self.must("fetch")
            if (self.programs / "fetched/complete").exists():
                return builds
            self.must("build")
        self.fail("it doesn't end")

    def fetched(self) -> list[str]:
        return sorted(path.name for path in (self.programs / "fetched/wheels").iterdir())

    def in_environment(self, code: str) -> str:
        """Runs code where the packages are: in what releases share, or in the program."""
        environments = (self.programs / "packages/program/venv", self.program / ".venv")
        python = next(folder for folder in environments if folder.exists()) / "bin/python"
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


class Turns(PackagesTest):
    def test_code_of_a_source_archive_runs_only_in_the_build_step_and_what_it_asks_for_is_fetched(self) -> None:
        archive = make_source_archive(self.links)
        make_wheel(self.links, "helper", 'CODE = "x = 1"')
        plain = make_wheel(self.links, "plain", "y = 2")
        lines = "".join(
            f"{name}==1.0 --hash=sha256:{sha256_of(path)}\n" for name, path in (("dynamic", archive), ("plain", plain))
        )
        self.write("requirements.txt", f"--no-index --find-links links\n{lines}")
        self.must("requirements", str(self.program))
        # The first build finds out that it needs the helper.
        self.assertEqual(self.fetch_in_turns(), 2)
        self.assertEqual(self.fetched(), ["dynamic-1.0-py3-none-any.whl", "plain-1.0-py3-none-any.whl"])
        self.assertEqual(set(self.ran.read_text().split()), {"build"})
        self.must("prepare", str(self.program))
        self.assertEqual(self.in_environment("import dynamic, plain; print(dynamic.x + plain.y)"), "3")

    def test_an_archive_with_another_hash_is_refused_before_its_code_runs(self) -> None:
        make_source_archive(self.links)
        self.write("requirements.txt", f"--no-index --find-links links\ndynamic==1.0 --hash=sha256:{'0' * 64}\n")
        self.must("requirements", str(self.program))
        status, output = self.step("fetch")
        self.assertEqual(status, 1)
        self.assertIn("DO NOT MATCH THE HASHES", output)
        self.assertFalse(self.ran.exists())

    def test_a_build_that_fails_is_named(self) -> None:
        make_source_archive(self.links, "raise SystemExit(1)\n")
        self.write("requirements.txt", "--no-index --find-links links\ndynamic\n")
        self.must("requirements", str(self.program))
        self.must("fetch")
        status, output = self.step("build")
        self.assertEqual(status, 1)
        self.assertIn("no wheel could be built from dynamic-1.0.tar.gz", output)

    def refusal_after_build(self) -> str:
        """What the fetch says that follows the build of a source archive, and that fails."""
        self.write("requirements.txt", "--no-index --find-links links\ndynamic\n")
        self.must("requirements", str(self.program))
        self.must("fetch")
        self.must("build")
        status, output = self.step("fetch")
        self.assertEqual(status, 1)
        return output

    def test_a_build_cant_ask_for_an_address(self) -> None:
        asks = BACKEND.replace('return ["helper"]', 'return ["helper @ https://example.org/secret.whl"]')
        make_source_archive(self.links, asks)
        output = self.refusal_after_build()
        self.assertIn("by its address", output)

    def test_what_a_build_writes_cant_require_an_address(self) -> None:
        backend = BACKEND.replace('return ["helper"]', "return []").replace("import helper", "")
        backend = backend.replace("helper.CODE", '""').replace("Dist: plain", "Dist: plain @ https://example.org/secret.whl")
        make_source_archive(self.links, backend)
        output = self.refusal_after_build()
        self.assertIn("dynamic-1.0.tar.gz requires a package by its address", output)
        self.assertNotIn("example.org", output)

    def test_a_source_archive_that_is_named_by_its_path_is_built_and_installed(self) -> None:
        backend = BACKEND.replace('return ["helper"]', "return []").replace("import helper", "")
        make_source_archive(self.program, backend.replace("helper.CODE", '"z = 3"'))
        make_wheel(self.links, "plain", "y = 2")
        self.write("requirements.txt", "--no-index --find-links links\n./dynamic-1.0.tar.gz\n")
        self.must("requirements", str(self.program))
        self.assertEqual(self.fetch_in_turns(), 1)
        self.assertEqual(set(self.ran.read_text().split()), {"build"})
        self.must("prepare", str(self.program))
        self.assertEqual(self.in_environment("import dynamic, plain; print(dynamic.z + plain.y)"), "5")

    def test_a_build_cant_lead_the_next_fetch_to_another_file(self) -> None:
        links = """
import os
name = "dynamic-1.0-py3-none-any.whl"
def build_wheel(folder, *_):
    os.symlink(os.environ["RAN"], folder + "/" + name)
    return name
"""
        make_source_archive(self.links, BACKEND.split("def get_requires")[0] + links)
        self.write("requirements.txt", "--no-index --find-links links\ndynamic\n")
        self.must("requirements", str(self.program))
        self.must("fetch")
        self.step("build")
        self.must("fetch")
        copies = (self.programs / "fetched").rglob("*.whl")
        self.assertEqual([path.name for path in copies], [])


class Program(PackagesTest):
    def test_a_wheel_of_the_program_stays_in_the_program(self) -> None:
        """What is fetched gets a stub: the same dependencies, and no content."""
        wheel = make_wheel(self.program, "signals", "SECRET = 'canary'", "plain")
        plain = make_wheel(self.links, "plain", "y = 2")
        self.write("more/hashes.txt", f"plain==1.0 --hash=sha256:{sha256_of(plain)}\n")
        self.write(
            "requirements.txt",
            f"--no-index\n--find-links links  # a comment\n-r more/hashes.txt\n"
            f"./signals-1.0-py3-none-any.whl \\\n  --hash=sha256:{sha256_of(wheel)}\n",
        )
        self.must("requirements", str(self.program))
        for file in (self.programs / "requirements").rglob("*.*"):
            if file.suffix == ".whl":
                self.assertNotIn("signals.py", zipfile.ZipFile(file).namelist())
        self.assertEqual(self.fetch_in_turns(), 0)
        self.must("prepare", str(self.program))
        self.assertEqual(self.in_environment("import plain, signals; print(signals.SECRET)"), "canary")

    def test_a_folder_of_the_program_is_built_where_it_is_seen_and_its_listed_dependencies_are_there(self) -> None:
        make_wheel(self.links, "plain", "y = 2")
        backend = BACKEND.replace('return ["helper"]', "return []").replace("import helper", "")
        self.write("backend.py", backend.replace("helper.CODE", '"z = 3"'))
        self.write("pyproject.toml", f'{BUILD_SYSTEM}[project]\nname = "Dynamic"\ndynamic = ["version"]\n'
                   'dependencies = ["plain"]\n')
        self.write("requirements.txt", "--no-index --find-links links\n.\n")
        self.must("requirements", str(self.program))
        self.assertEqual(self.fetch_in_turns(), 0)
        self.assertFalse(self.ran.exists())
        self.must("prepare", str(self.program))
        self.assertEqual(set(self.ran.read_text().split()), {"prepare"})
        self.assertEqual(self.in_environment("import dynamic, plain; print(dynamic.z + plain.y)"), "5")

    def test_dependencies_that_only_the_programs_code_knows_are_missed_aloud(self) -> None:
        backend = BACKEND.replace('return ["helper"]', "return []").replace("import helper", "")
        self.write("backend.py", backend.replace("helper.CODE", '""'))
        self.write("pyproject.toml", BUILD_SYSTEM)
        self.write("requirements.txt", "--no-index --find-links links\n.\n")
        self.must("requirements", str(self.program))
        self.assertEqual(self.fetch_in_turns(), 0)
        status, output = self.step("prepare", str(self.program))
        self.assertEqual(status, 1)
        self.assertIn("plain", output)
        self.assertIn("list them in requirements.txt", output)

    def test_options_and_constraints_are_kept(self) -> None:
        self.write("limits.txt", "plain<2\n")
        self.write("requirements.txt", "--extra-index-url https://example.org/simple\n-c limits.txt\nplain\n")
        self.must("requirements", str(self.program))
        found = self.programs / "requirements"
        self.assertEqual((found / "constraints.txt").read_text(), "plain<2\n")
        self.assertEqual((found / "options.txt").read_text(), "--extra-index-url https://example.org/simple\n")
        self.assertEqual(json.loads((found / "local.json").read_text()), [])

    def key(self) -> str | None:
        """The hash of what decides which packages are installed."""
        shutil.rmtree(self.programs / "requirements")
        (self.programs / "requirements").mkdir()
        self.must("requirements", str(self.program))
        file = self.programs / "requirements/key"
        return file.read_text() if file.exists() else None

    def test_the_key_depends_on_all_that_decides_which_packages_are_installed_and_on_nothing_else(self) -> None:
        make_wheel(self.program, "signals", "x = 1")
        make_source_archive(self.program)
        make_wheel(self.links, "plain", "y = 2")
        lines = "--no-index --find-links links\n-c limits.txt\n./signals-1.0-py3-none-any.whl\n./dynamic-1.0.tar.gz\nplain\n"
        self.write("limits.txt", "plain<2\n")
        self.write("requirements.txt", lines)
        keys = [self.key()]
        self.write("strategy.py", "another one")
        self.program = self.program.rename(self.root / "other-release")
        self.links = self.program / "links"
        self.assertEqual(self.key(), keys[0])
        for change in (
            lambda: make_wheel(self.program, "signals", "x = 2"),
            lambda: make_source_archive(self.program, "another backend"),
            lambda: make_wheel(self.links, "plain", "y = 3"),
            lambda: self.write("limits.txt", "plain<3\n"),
            lambda: self.write("requirements.txt", f"{lines}more\n"),
        ):
            change()
            keys.append(self.key())
        self.assertEqual((len(set(keys)), None in keys), (6, False))
        self.write("pyproject.toml", BUILD_SYSTEM)
        self.write("requirements.txt", f"{lines}.\n")
        self.assertIsNone(self.key())

    def test_the_time_of_a_refresh_is_noticed(self) -> None:
        self.write("requirements.txt", "plain\n")
        refresh = self.programs / "requirements/refresh"
        self.must("requirements", str(self.program))
        self.assertFalse(refresh.exists())
        self.write(".packages-refreshed", "2026-11-27T08:00:00.000Z\n")
        self.must("requirements", str(self.program))
        self.assertTrue(refresh.exists())

    def test_requirements_that_cant_be_read_are_named(self) -> None:
        for lines in ("-r missing.txt\n", "./missing-folder\n", "-r requirements.txt\n", "--what\n"):
            with self.subTest(lines):
                self.write("requirements.txt", lines)
                status, output = self.step("requirements", str(self.program))
                self.assertEqual((status, output.count("Traceback")), (1, 0), output)
                self.assertIn("requirements.txt can't be read", output)


if __name__ == "__main__":
    unittest.main()
