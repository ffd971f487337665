#!/bin/sh
# Prints a new Ed25519 key pair, the private key first. While this runs, the key is in a folder that nobody else can
# enter, and that is in memory if the system has such a folder.
set -eu
folder=$(mktemp -d "${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/ssh-key-pair.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
ssh-keygen -q -t ed25519 -N '' -C "$COMMENT" -f "$folder/key"
cat "$folder/key" "$folder/key.pub"
