# shellcheck shell=bash
# What the preparation tells a person: on standard error, so that standard output is the command's alone.

say() {
  printf 'sandbox: %s\n' "$*" >&2
}

# Exit code 2 says that nothing was tried.
give_up() {
  printf 'sandbox: %s\n' "$@" >&2
  exit 2
}
