#!/bin/sh
# install-packages NAME…: installs those of Debian's packages that are missing.
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

# The updates of the first boot may hold apt's lock for some minutes.
apt() { apt-get --quiet --quiet --option DPkg::Lock::Timeout=900 "$@" 2>&1; }

install_missing() {
  # Finishes an installation that was interrupted.
  dpkg --configure -a 2>&1 &&
    apt update --error-on=any &&
    eval "apt install --yes --no-install-recommends $missing"
}

if ! output=$(install_missing); then
  printf '%s\n' "Debian's packages could not be installed:$missing" "$output" >&2
  exit 1
fi
