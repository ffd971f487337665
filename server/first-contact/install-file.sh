#!/bin/sh
# install-file PATH MODE SHA256 [CHECK [ACTIVATE]]: puts what arrives on standard input there, whole or not at all.
#
# A connection that breaks in the middle looks like the end of the file, which the sum gives away. CHECK is a
# command that gets the file's path as its last word, and refuses a broken file before it is in place. ACTIVATE is
# a command that makes it take effect; where that fails, the file from before is put back and activated.
set -eu
path=$1 mode=$2 sum=$3 check=${4-} activate=${5-}
folder=$(dirname "$path") name=$(basename "$path")

mkdir -p "$folder"
# On the same disk, to be moved by one rename; under its own name, as checkers go by the ending.
staging=$(mktemp -d "$folder/.staged.XXXXXX")
trap 'rm -rf "$staging"' EXIT
staged=$staging/$name

cat >"$staged"
if ! echo "$sum  $staged" | sha256sum --check --status; then
  echo "$path arrived incomplete and was not installed: run \`pulumi up\` again." >&2
  exit 1
fi
chmod "$mode" "$staged"

if [ -n "$check" ] && ! report=$(sh -c "$check \"\$1\"" check "$staged" 2>&1); then
  printf '%s\n' "$path was refused by \`$check\`; nothing was changed. It says:" "$report" >&2
  exit 1
fi

if [ -e "$path" ]; then cp -p "$path" "$staging/before"; fi
sync "$staged"
mv -T "$staged" "$path"

if [ -n "$activate" ] && ! report=$(sh -c "$activate" 2>&1); then
  if [ -e "$staging/before" ]; then mv -T "$staging/before" "$path"; else rm "$path"; fi
  sh -c "$activate" >/dev/null 2>&1 || true
  printf '%s\n' "$path could not be activated by \`$activate\`; what was there before is back. It says:" "$report" >&2
  exit 1
fi
