#!/usr/bin/env bash
# `npm run bench`: how long `pulumi up` takes and how often it calls Hetzner. Compares measurements of the same run.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

bash sandbox/run.sh prepare
PATH=$PWD/node_modules/.bin:$PATH
terraform=()
if type -P terraform >/dev/null; then
  # The same provider that the hcloud plugin is made of, for a comparison side by side.
  terraform=(--terraform-provider "$(bash sandbox/toolchain/toolchain.sh --with-terraform-provider)/bin")
fi
exec bash sandbox/run.sh exec node bench/bench.ts "${terraform[@]}" "$@"
