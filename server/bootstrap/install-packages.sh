#!/bin/sh
# install-packages NAME…: installs what is missing of Debian's packages.
set -eu
export DEBIAN_FRONTEND=noninteractive

missing=
for package in "$@"; do
  case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true) in
  installed) ;;
  *) missing="$missing $package" ;;
  esac
done
if [ -z "$missing" ]; then exit 0; fi

# The first boot's own updates may hold apt for some minutes.
apt() { apt-get --quiet --quiet --option DPkg::Lock::Timeout=900 "$@" 2>&1; }

# An installation that was interrupted is ended first.
if ! said=$(dpkg --configure -a 2>&1 && apt update --error-on=any && eval "apt install --yes --no-install-recommends $missing"); then
  printf '%s\n' "Debian's packages could not be installed:$missing" "$said" >&2
  exit 1
fi
