#!/usr/bin/env bash
# Installs Debian's Chromium, for the tests in a browser. Ubuntu's package of that name is a snap, which needs snapd.
set -euo pipefail

[[ ! -x /usr/bin/chromium ]] || exit 0
if ! grep --quiet --line-regexp ID=debian /etc/os-release; then
  printf '%s\n' "The tests in a browser need Debian's Chromium, and this isn't Debian." >&2
  exit 2
fi
printf 'installing chromium (apt)\n' >&2
apt-get update --quiet --quiet
DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends chromium fonts-dejavu-core
