#!/usr/bin/env python3
"""Makes a Python package of FreqUI, which `npm run install-bot` installs with freqtrade.

Usage: make_wheel.py ZIP VERSION FOLDER

ZIP is the file of a release of FreqUI: https://github.com/freqtrade/frequi/releases. The package is written to FOLDER. It
contains FreqUI's files, in the place where freqtrade looks for them (seen with freqtrade 2026.9), and no code for the server.
"""

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path, PurePosixPath

PLACE = "freqtrade/rpc/api_server/ui/installed"


def main(archive: str, version: str, folder: str) -> None:
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        sys.exit(f"The version must be numbers with dots, such as 2.1.0, not {version!r}.")
    files = read(archive)
    if "index.html" not in files:
        sys.exit(f"{archive} isn't a release of FreqUI: it has no index.html.")
    files[".uiversion"] = version.encode()
    wheel = Path(folder) / f"frequi-{version}-py3-none-any.whl"
    wheel.parent.mkdir(parents=True, exist_ok=True)
    write(wheel, version, {f"{PLACE}/{name}": content for name, content in files.items()})
    print(f"Written: {wheel}\nAdd a line to requirements.txt, with its path there: ./wheels/{wheel.name}")


def read(archive: str) -> dict[str, bytes]:
    """The files of a zip file, by their names."""
    try:
        zip_file = zipfile.ZipFile(archive)
    except (OSError, zipfile.BadZipFile) as error:
        sys.exit(f"{archive} can't be read as a zip file: {error}")
    with zip_file:
        names = [entry.filename for entry in zip_file.infolist() if not entry.is_dir()]
        for name in names:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                sys.exit(f"{archive} contains {name!r}, which is outside of its folder.")
        return {name: zip_file.read(name) for name in names}


def write(wheel: Path, version: str, files: dict[str, bytes]) -> None:
    info = f"frequi-{version}.dist-info"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: frequi\nVersion: {version}\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: make_wheel.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{name},sha256={digest(content)},{len(content)}\n" for name, content in sorted(files.items()))
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as zip_file:
        # The same file always gives the same package, so that it isn't uploaded again.
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            zip_file.writestr(entry, content)


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
