#!/usr/bin/env bash
# Checks the Go that is written here: form, vet, and the tests of the command plugin's stand-in.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false

unformatted=$(gofmt -l .)
if [[ -n $unformatted ]]; then
  printf 'gofmt would change these files; run gofmt -w on them:\n%s\n' "$unformatted" >&2
  exit 1
fi
cd resource-command
go vet ./...
go test ./...
