#!/usr/bin/env bash
# Turns a fresh Debian tree into a cloud image. mmdebstrap runs this as its last step.
set -euo pipefail

root=$1

# Each machine makes its own host keys and its own id at its first boot.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"

cat >"$root/etc/cloud/cloud.cfg.d/90-data-centre.cfg" <<'CONFIGURATION'
# The data centre's settings for cloud-init. The order's SSH keys go to root, as at Hetzner.
disable_root: false
# The machine resolves its own name, as at Hetzner. Without this, sudo prints a warning.
manage_etc_hosts: true
# The seed on the disk is the only source. Looking for others takes time.
datasource_list: [NoCloud]
# The data centre sets up the network before the machine starts.
network: {config: disabled}
CONFIGURATION

# A machine shares the host's clock and may not set it, so chrony only measures (-x). The time servers of sandbox/time/
# have the same clock. So a test can't have a wrong clock.
install -d "$root/etc/systemd/system/chrony.service.d"
cat >"$root/etc/systemd/system/chrony.service.d/clock-of-the-host.conf" <<'UNIT'
[Unit]
ConditionCapability=

[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS
UNIT

# On a new disk, these timers would fire at once.
install -d "$root/var/lib/systemd/timers"
touch "$root"/var/lib/systemd/timers/stamp-{apt-daily,apt-daily-upgrade,fstrim,logrotate,dpkg-db-backup}.timer

# apt must never run by itself while a test needs it: these timers start another service. Tests start apt's own
# services by hand.
cat >"$root/etc/systemd/system/not-by-the-clock.service" <<'UNIT'
[Unit]
Description=Replaces apt's own services in their timers

[Service]
Type=oneshot
ExecStart=/bin/true
UNIT
for timer in apt-daily apt-daily-upgrade; do
  install -d "$root/etc/systemd/system/$timer.timer.d"
  cat >"$root/etc/systemd/system/$timer.timer.d/not-by-the-clock.conf" <<'UNIT'
[Timer]
Unit=not-by-the-clock.service
UNIT
done

# As in Debian's own images, but without source code and backports, which would only take time. On the private internet,
# sandbox/debian/ answers for these host names, which it reads from here.
: >"$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/*
cat >"$root/etc/apt/sources.list.d/debian.sources" <<'SOURCES'
Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES

# The security updates that a test publishes (sandbox/debian/security-updates.ts). Nobody here can sign for Debian, so this
# one source is trusted without a signature.
cat >"$root/etc/apt/sources.list.d/security-updates.sources" <<'SOURCES'
Types: deb
URIs: http://deb.debian.org/security-updates
Suites: trixie-security
Components: main
Trusted: yes
SOURCES

# For speed: `apt-get update` takes 1.1 s instead of 1.9 s without descriptions, which aren't needed here, and with gzip,
# which unpacks faster than xz. Neither changes a package.
cat >"$root/etc/apt/apt.conf.d/90-data-centre" <<'CONFIGURATION'
Acquire::Languages "none";
Acquire::CompressionTypes::Order:: "gz";
CONFIGURATION
