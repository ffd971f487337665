#!/usr/bin/env bash
# bench                 how long `pulumi up` takes and how often it calls, against measures of the same run
set -euo pipefail

sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

terraform=()
if type -P terraform >/dev/null; then
  # The same provider that the hcloud plugin is made of, for a side-by-side run.
  terraform=(--terraform-provider "$(bash "$sandbox/toolchain/toolchain.sh" --with-terraform-provider)/bin")
fi
exec bash "$sandbox/run.sh" exec node "$sandbox/../bench/bench.ts" "${terraform[@]}" "$@"
