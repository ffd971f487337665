#!/bin/sh
# install-packages NAME…: installs those of Debian's packages that are missing.
set -eu
# The messages about locks are read below.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

missing=
for package in "$@"; do
  case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true) in
  installed) ;;
  *) missing="$missing $package" ;;
  esac
done
if [ -z "$missing" ]; then exit 0; fi

apt() { apt-get --quiet --quiet --option DPkg::Lock::Timeout=900 "$@"; }

# Whether the last command has failed because of a lock.
is_locked() {
  case $output in
  *"locked by "*process* | *"Could not get lock"* | *"Unable to lock"*) ;;
  *) return 1 ;;
  esac
}

# Runs a command, and again for 15 minutes while another one has a lock: the updates of the first boot may run. dpkg waits
# for no lock, and apt for only some.
when_unlocked() {
  tries=180
  until output=$("$@" 2>&1); do
    if ! is_locked; then return 1; fi
    if [ "$tries" -eq 180 ]; then
      printf '%s\n' "Another program changes packages now, such as Debian's daily updates. Waiting for it, 15 minutes at most" >&2
    fi
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then return 1; fi
    sleep 5
  done
}

# The first finishes an installation that was interrupted.
# shellcheck disable=SC2086 # each name is one argument
if ! { when_unlocked dpkg --configure -a &&
  when_unlocked apt update --error-on=any &&
  when_unlocked apt install --yes --no-install-recommends $missing; }; then
  printf '%s\n' "Debian's packages could not be installed:$missing" "$output" >&2
  if is_locked; then
    printf '%s\n' "See what that process does: npm run ssh -- ps -fp NUMBER. When it has ended, run \`pulumi up\` again" >&2
  fi
  exit 1
fi
