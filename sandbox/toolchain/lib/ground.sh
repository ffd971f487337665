# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# What the other files need: versions, messages, the lock, and scratch folders that don't outlive a failure.

# The SDK requests a plugin of exactly the version of its npm package.
sdk_version() { sed -n "s|.*\"@pulumi/$1\": \"\([0-9.]*\)\".*|\1|p" "$toolchain/../package.json"; }

hcloud_version=$(sdk_version hcloud)
command_version=$(sdk_version command)
# Older versions write every command to a log and don't hide secrets.
oldest_pulumi=3.254.0
# npm has only some versions of `pulumi`; the package downloads the CLI of the same version.
npm_pulumi_version=3.265.0
built_pulumi_version=$(sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' "$toolchain/offline/cli/go.mod")

say() { printf 'toolchain: %s\n' "$*" >&2; }

# The first line says what is wrong, the others say how to fix it.
fail() {
  say "$1"
  shift
  [[ $# -eq 0 ]] || printf '%s\n' "$@" >&2
  exit 1
}

# at_least VERSION OLDEST: whether VERSION isn't older. What follows the numbers doesn't count.
at_least() { printf '%s\n%s\n' "$2" "${1%%[!0-9.]*}" | sort -V -C; }

# Work happens in $scratch and is renamed into place when it is complete.
scratch=
clean_up() {
  local child
  # bash's own list, because a signal may arrive before a list of ours has the newest. Each leads a process group.
  for child in $(jobs -p); do kill -KILL -- "-$child" 2>/dev/null || true; done
  # bash reports each one that was killed.
  { wait; } 2>/dev/null
  [[ -z $scratch ]] || rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# One run prepares, the others wait for it. The lock ends with this process, however that ends.
lock() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  if ! flock --nonblock 9; then
    say "waiting for another run that is preparing the toolchain"
    flock 9
  fi
  # With the lock held, a scratch folder can only be from a run that was killed.
  rm -rf "$cache"/scratch.*
  scratch=$(mktemp -d "$cache/scratch.XXXXXX")
}

# start LOG COMMAND…: runs it in the background; its process id is $!. Job control (-m) makes it the leader of a process
# group, so that clean_up reaches its children too. It doesn't inherit the lock, which must end with this script.
start() {
  local log=$1
  shift
  set -m
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  set +m
}

# Runs a command whose output goes to $scratch/log. In the background, so that a signal ends it at once.
quietly() {
  local status=0
  start "$scratch/log" "$@"
  wait "$!" || status=$?
  return "$status"
}

progress() {
  started=$SECONDS
  printf 'toolchain: %s … ' "$*" >&2
}
done_now() { printf 'done in %d s\n' "$((SECONDS - started))" >&2; }
gave_up() {
  printf 'failed after %d s\n' "$((SECONDS - started))" >&2
  # Its last line mostly has the reason.
  tail -n 1 "$scratch/log" | cut -c 1-300 >&2
  return 1
}

show_log() { tail -n 40 "${1:-$scratch/log}" >&2; }
