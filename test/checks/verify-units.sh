#!/usr/bin/env bash
# Lets the systemd of the sandbox's machine image read the units of server/ as if they were installed: in a tenth of a
# second, and without a machine. Runs inside the sandbox. Prints what is wrong, and nothing if everything is right.
set -euo pipefail

server=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../server/rootfs" && pwd)
stack=$(mktemp --directory)
trap 'rm --recursive "$stack"' EXIT
mkdir -p "$stack"/{root,packages/usr/{bin,sbin}}
# The image doesn't have the server's packages. Here it only matters that there is something to execute.
ln -s true "$stack/packages/usr/bin/node"
for program in dnsmasq haproxy; do ln -s ../bin/true "$stack/packages/usr/sbin/$program"; done
# `pulumi up` fills in numbers only.
grep --recursive --files-with-matches --null '@[A-Za-z]*@' "$server/etc/systemd" | while IFS= read -r -d '' file; do
  mkdir -p "$stack/packages/$(dirname "${file#"$server/"}")"
  sed 's/@[A-Za-z]*@/1/' "$file" >"$stack/packages/${file#"$server/"}"
done
# systemd-run starts the owner's commands. Only the drop-ins of their units are files.
mkdir -p "$stack/packages/etc/systemd/system"
commands=(trading-bot-command-{key,secrets}-1.service)
for unit in "${commands[@]}"; do
  printf '[Service]\nExecStart=/usr/bin/true\n' >"$stack/packages/etc/systemd/system/$unit"
done
# An empty file turns off a unit of Debian's.
readarray -d '' -t units < <(cd "$server" && find etc/systemd/system -maxdepth 1 -type f -size +0 -printf '/%p\0')
units+=("${commands[@]/#//etc/systemd/system/}")

# shellcheck disable=SC2016 # the inner shell has its own arguments
found=$(unshare --mount bash -euc '
  mount -t overlay -o "lowerdir=$1" overlay "$2"
  for folder in tmp run; do mount -t tmpfs tmpfs "$2/$folder"; done
  mount --bind /proc "$2/proc"
  chroot "$2" systemd-analyze verify --man=no --recursive-errors=no "${@:3}"
' verify "$stack/packages:$server:$(realpath "$SANDBOX_DIR/image")" "$stack/root" "${units[@]}" 2>&1) ||
  found+=" (exit code $?)"
# Warnings count as well.
[[ -z $found ]] || { printf '%s\n' "$found" >&2; exit 1; }
