#!/usr/bin/env bash
# The first process inside: gives the run its own /run and /etc, and then becomes an init that starts main.ts.
set -euo pipefail

image=$1 disks=$2 cgroup=$3 npm_cache=$4
shift 4
sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# Network namespaces have their names in /run/netns, and the host's sockets are in /run too: an empty one keeps
# both apart.
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs /run
export SANDBOX_DIR=/run/sandbox
mkdir -p "$SANDBOX_DIR"/{home,tmp,tls,control,logs,machines,devices,python-packages} /run/netns /run/lock /run/etc/{upper,work}
mount -t tmpfs -o mode=0755,nosuid,noexec tmpfs "$SANDBOX_DIR/devices"
if [[ -n $SANDBOX_S3 ]]; then
  # With its own size, because a store can be full.
  mkdir "$SANDBOX_DIR/s3"
  mount -t tmpfs -o mode=0700,nosuid,nodev,noexec,size=512m tmpfs "$SANDBOX_DIR/s3"
fi
chmod 0700 "$SANDBOX_DIR/home" "$SANDBOX_DIR/tls"
ln -s "$image" "$SANDBOX_DIR/image"
ln -s "$disks" "$SANDBOX_DIR/disks"
ln -s "$cgroup" "$SANDBOX_DIR/cgroup"

# Resolver, hosts, trusted authorities and root's home are the run's own; for the rest the host's /etc shows through.
mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc
rm -f /etc/resolv.conf /etc/hosts
printf 'nameserver 192.0.2.53\n' >/etc/resolv.conf
printf '127.0.0.1 localhost operator\n' >/etc/hosts
sed --in-place 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf
# OpenSSH takes the home folder from here and not from $HOME.
sed --in-place "s|^\(root:[^:]*:0:0:[^:]*\):[^:]*:|\1:$SANDBOX_DIR/home:|" /etc/passwd
hostname operator
# npm can't download anything here. It finds what the host's npm has downloaded, such as the packages of this project.
printf '%s\n' "cache=$npm_cache" offline=true logs-max=0 update-notifier=false >"$SANDBOX_DIR/home/.npmrc"

export HOME=$SANDBOX_DIR/home TMPDIR=$SANDBOX_DIR/tmp
# -g: a signal reaches the command as Ctrl-C would, by way of the whole process group.
exec tini -g -- node "$sandbox/main.ts" "$@"
