#!/bin/sh
# Prints a new Ed25519 key pair, the private key first. It lies on a disk only while this runs, in a folder
# that is in memory where the system has one, and that nobody else can enter.
set -eu
folder=$(mktemp -d "${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/ssh-key-pair.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
ssh-keygen -q -t ed25519 -N '' -C "$COMMENT" -f "$folder/key"
cat "$folder/key" "$folder/key.pub"
