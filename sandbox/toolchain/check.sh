#!/usr/bin/env bash
# Checks the Go that is written here: format, vet, and the tests of the stand-in for the command plugin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
PATH=$(./toolchain.sh --go):$PATH
export PATH CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false

unformatted=$(gofmt -l .)
if [[ -n $unformatted ]]; then
  printf 'gofmt would change these files. Run gofmt -w on them:\n%s\n' "$unformatted" >&2
  exit 1
fi
cd offline/resource-command
go vet ./...
go test ./...
