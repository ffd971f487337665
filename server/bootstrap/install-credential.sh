#!/bin/sh
# install-credential NAME install|remove: keeps the line on standard input as an encrypted systemd credential.
set -eu
umask 077
name=$1 verb=$2
store=/etc/credstore.encrypted

if [ "$verb" = remove ]; then
  rm -f "$store/$name"
  exit 0
fi
# read fails where the line has no end: a connection broke while it was on its way.
if ! IFS= read -r value; then
  echo "The credential $name arrived incomplete; nothing was changed." >&2
  exit 1
fi
mkdir -p "$store"
staged=$(mktemp "$store/.$name.XXXXXX")
trap 'rm -f "$staged"' EXIT
printf '%s\n' "$value" | systemd-creds encrypt --quiet --with-key=host --name="$name" - "$staged"
# One that can't be read would keep the guard from starting.
if [ "$(systemd-creds decrypt --quiet --name="$name" "$staged" -)" != "$value" ]; then
  echo "The credential $name did not read back the same; nothing was changed." >&2
  exit 1
fi
chmod 0600 "$staged"
sync "$staged"
mv -T "$staged" "$store/$name"
