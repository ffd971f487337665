#!/usr/bin/env bash
# `npm run bench`: how long `pulumi up` takes and how often it calls Hetzner. Compares measurements of the same run.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'HELP'
Usage: npm run bench -- [--rounds N] [--exchange]

Measures the program on the private internet, and prints a table. The exit code is 1 if a limit is exceeded.

  --rounds N  how often each update without a change is measured; 5 if left out
  --exchange  measures only the emulated Binance, which needs no sandbox: requests, messages, memory
HELP
}

usage_error() {
  printf '%s\nFor help, run: npm run bench -- --help\n' "$1" >&2
  exit 2
}

# Before the sandbox is prepared, which can take minutes.
rounds=5
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --exchange)
      exec "$PWD/node_modules/.bin/node" --expose-gc bench/exchange/main.ts
      ;;
    --rounds=*) rounds=${1#*=} ;;
    --rounds)
      rounds=${2:-}
      shift
      ;;
    *) usage_error "Unknown argument: $1" ;;
  esac
  [[ $rounds =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--rounds must be a number from 1 to 999, not \"$rounds\"."
  shift
done

bash sandbox/run.sh prepare
PATH=$PWD/node_modules/.bin:$PATH
terraform=()
if type -P terraform >/dev/null; then
  # The same provider that the hcloud plugin is made of, for a comparison side by side.
  terraform=(--terraform-provider "$(bash sandbox/toolchain/toolchain.sh --with-terraform-provider)/bin")
fi
exec bash sandbox/run.sh exec node bench/bench.ts --rounds "$rounds" "${terraform[@]}"
