#!/usr/bin/env bash
# demo                  a server's life, by the real `pulumi up` with production settings
set -euo pipefail

sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
exec bash "$sandbox/run.sh" exec node "$sandbox/../demo/demo.ts" "$@"
