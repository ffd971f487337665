#!/usr/bin/env bash
# Builds the wheels that Hummingbot needs and that PyPI doesn't have for Debian 13's Python 3.13. Run it as root on a Debian 13
# machine or in a container of it, never on the bot's server: it needs a compiler, and runs code of all of these packages.
#
# Usage: bash build-wheels.sh FOLDER
set -euo pipefail
wheels=$(realpath -m -- "$1")
work=$(mktemp --directory)
trap 'rm --recursive --force "$work"' EXIT

apt-get install --yes --no-install-recommends \
  build-essential ca-certificates cmake libsecp256k1-dev ninja-build pkg-config python3-dev python3-venv
python3 -m venv "$work/tools"
build=("$work/tools/bin/pip" wheel --no-deps --wheel-dir "$wheels")

"${build[@]}" hummingbot==20260922 crcmod==1.7 ed25519-blake2b==1.4.1 msgpack-python==0.5.6
# Its build doesn't know newer versions of scikit-build-core, and would download libsecp256k1 instead of taking Debian's.
echo "scikit-build-core<0.10" >"$work/constraints.txt"
COINCURVE_IGNORE_SYSTEM_LIB=OFF PIP_CONSTRAINT=$work/constraints.txt "${build[@]}" coincurve==20.0.0
