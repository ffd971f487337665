#!/bin/sh
# install-file PATH MODE SHA256: puts what arrives on standard input there, whole or not at all. It brings the first
# file, which brings all others.
#
# A connection that breaks in the middle looks like the end of the file, which the sum gives away.
set -eu
path=$1 mode=$2 sum=$3

mkdir -p "$(dirname "$path")"
# On the same disk, to be moved by one rename.
staged=$(mktemp "$path.XXXXXX")
trap 'rm -f "$staged"' EXIT

cat >"$staged"
if ! echo "$sum  $staged" | sha256sum --check --status; then
  echo "$path arrived incomplete and was not installed: run \`pulumi up\` again." >&2
  exit 1
fi
chmod "$mode" "$staged"
sync "$staged"
mv -T "$staged" "$path"
