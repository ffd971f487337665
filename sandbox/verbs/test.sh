#!/usr/bin/env bash
# test                  formatter, linters, types, unit tests, and a server's whole life, end to end
set -euo pipefail

sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$(dirname -- "$sandbox")"

step() {
  printf '\n== %s (%s s)\n' "$*" "$SECONDS"
}

# The tracked files whose first line names such an interpreter, ended by NUL each: on the server, names have no suffix.
scripts_for() {
  # shellcheck disable=SC2016 # awk's own variable
  git ls-files -z | xargs -0 awk -v interpreter="^#!.*/$1" \
    'FNR == 1 && $0 ~ interpreter { printf "%s%c", FILENAME, 0 } { nextfile }'
}

step "Set-up"
bash "$sandbox/run.sh" prepare
export PATH=$PWD/node_modules/.bin:$PATH
export NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning"

step "Formatter, linters, types"
NODE_OPTIONS='' prettier --check --log-level warn .
NODE_OPTIONS='' eslint .
NODE_OPTIONS='' tsc
{ git ls-files -z '*.sh' && scripts_for '(env )?(ba|da)?sh( |$)'; } | sort -zu | xargs -0 shellcheck
{ git ls-files -z '*.py' && scripts_for '(env )?python3'; } | sort -zu | xargs -0 pyflakes3
bash "$sandbox/run.sh" exec bash sandbox/machines/verify-units.sh

step "Go: the stand-in for the command provider"
bash "$sandbox/toolchain/check.sh"

step "Unit tests"
jest --selectProjects unit

# Two worlds side by side, as tests wait for machines more than they work. These take about half of the time.
in_world() {
  bash "$sandbox/run.sh" exec env NODE_OPTIONS="$NODE_OPTIONS" \
    jest --selectProjects sandbox --runInBand --testPathPatterns "$@"
}
apart='e2e/(bot|gate)\.'
beside=$(mktemp)

step "Tests on the private internet"
in_world "$apart" "$@" >"$beside" 2>&1 </dev/null &
world=$!
trap 'kill "$world" 2>/dev/null || true; rm -f "$beside"' EXIT
status=0
in_world "^(?!.*$apart)" "$@" || status=$?

step "Those that ran beside them"
wait "$world" || status=$?
cat "$beside"
[[ $status -eq 0 ]] || exit "$status"

step "Everything passed"
