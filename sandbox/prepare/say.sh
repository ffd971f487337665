# shellcheck shell=bash
# Messages of the preparation go to standard error, so that standard output is the command's alone.

say() {
  printf 'sandbox: %s\n' "$*" >&2
}

# Exit code 2: the command was not started.
give_up() {
  printf 'sandbox: %s\n' "$@" >&2
  exit 2
}
