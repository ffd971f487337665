#!/usr/bin/env bash
# `npm test`. What is here is only what must work before packages are installed and with any Node.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# Only the help needs nothing.
if [[ ${1:-} == -h || ${1:-} == --help ]] && type -P node >/dev/null && [[ -d node_modules/node ]]; then
  PATH=$PWD/node_modules/.bin:$PATH exec node test/runner/main.ts --help
fi

# Exit code 2: this machine can't run the sandbox. The reason is on the terminal.
bash sandbox/run.sh --python sandbox/test/binance/judges/python/requirements.txt prepare || {
  status=$?
  [[ $status -ne 2 ]] || printf '%s\n' \
    "npm test runs in the sandbox. Without it, these work on any machine with Node, and without root:" \
    "  npm ci && npm run check && npm run test:unit" >&2
  exit "$status"
}
PATH=$PWD/node_modules/.bin:$PATH exec node --require ./components/require-node.cjs test/runner/main.ts "$@"
