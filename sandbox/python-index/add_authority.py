"""Copies a wheel of certifi, and adds a certificate to its bundle. Its list of files (RECORD) has the new hash."""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

BUNDLE = "certifi/cacert.pem"


def main(original: str, certificate: str, changed: str) -> None:
    with zipfile.ZipFile(original) as wheel:
        contents = {name: wheel.read(name) for name in wheel.namelist()}
    contents[BUNDLE] += b"\n# The authority of the sandbox\n" + Path(certificate).read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(contents[BUNDLE]).digest()).rstrip(b"=").decode()
    line = f"{BUNDLE},sha256={digest},{len(contents[BUNDLE])}"
    record = next(name for name in contents if name.endswith(".dist-info/RECORD"))
    lines = contents[record].decode().splitlines()
    contents[record] = "\n".join(line if old.startswith(f"{BUNDLE},") else old for old in lines).encode() + b"\n"
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in contents.items():
            wheel.writestr(name, content)


main(*sys.argv[1:])
