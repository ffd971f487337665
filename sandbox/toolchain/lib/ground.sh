# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# What the other files stand on: versions, words to the user, the lock, and folders that don't outlive a failure.

# The SDK asks the engine for a plugin of exactly the version of its npm package.
sdk_version() { sed -n "s|.*\"@pulumi/$1\": \"\([0-9.]*\)\".*|\1|p" "$toolchain/../../package.json"; }

hcloud_version=$(sdk_version hcloud)
command_version=$(sdk_version command)
# Older ones write every command to a log without hiding secrets.
oldest_pulumi=3.254.0
# Of npm's `pulumi` only some versions exist; the package brings the CLI of the same version.
npm_pulumi_version=3.265.0
built_pulumi_version=$(sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' "$toolchain/cli/go.mod")

say() { printf 'toolchain: %s\n' "$*" >&2; }

# The first line says what is wrong, the others how to mend it.
fail() {
  say "$1"
  shift
  [[ $# -eq 0 ]] || printf '%s\n' "$@" >&2
  exit 1
}

# at_least VERSION OLDEST; what follows the numbers doesn't count.
at_least() { printf '%s\n%s\n' "$2" "${1%%[!0-9.]*}" | sort -V -C; }

# Work happens in $scratch and is renamed into place when it is whole.
scratch=
child=
clean_up() {
  [[ -z $child ]] || kill "$child" 2>/dev/null || true
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
  # With the lock held, whatever lies here was left by a run that was killed.
  rm -rf "$cache"/scratch.*
  scratch=$(mktemp -d "$cache/scratch.XXXXXX")
}

# Runs a program in the background, so that a signal ends it at once; its output goes to $scratch/log. The program
# doesn't inherit the lock, which must not outlive this script.
quietly() {
  local status=0
  "$@" >"$scratch/log" 2>&1 </dev/null 9>&- &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

progress() {
  started=$SECONDS
  printf 'toolchain: %s … ' "$*" >&2
}
done_now() { printf 'done in %d s\n' "$((SECONDS - started))" >&2; }
gave_up() {
  printf 'failed after %d s\n' "$((SECONDS - started))" >&2
  return 1
}

show_log() { tail -n 40 "$scratch/log" >&2; }
