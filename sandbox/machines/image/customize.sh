#!/usr/bin/env bash
# Makes a cloud image of a fresh Debian tree; mmdebstrap runs it as its last step.
set -euo pipefail

root=$1

# What must be each machine's own is made at its first boot.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"

cat >"$root/etc/cloud/cloud.cfg.d/90-data-centre.cfg" <<'CONFIGURATION'
# The data centre's side of cloud-init: keys of the order go to root, as at Hetzner.
disable_root: false
# The machine knows its own name, as at Hetzner; sudo complains otherwise.
manage_etc_hosts: true
# The seed on the disk is the only source there is; looking for others takes time.
datasource_list: [NoCloud]
# The data centre plugs the network in before the machine starts.
network: {config: disabled}
CONFIGURATION

# A machine shares the host's clock and may not set it: chrony measures, and leaves the clock alone (-x). So a
# clock that is wrong can't be shown here, and what chrony would correct stays; sandbox/time/ has the same clock.
install -d "$root/etc/systemd/system/chrony.service.d"
cat >"$root/etc/systemd/system/chrony.service.d/clock-of-the-host.conf" <<'UNIT'
[Unit]
ConditionCapability=

[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS
UNIT

# These timers would fire at once on a disk that has never seen them.
install -d "$root/var/lib/systemd/timers"
touch "$root"/var/lib/systemd/timers/stamp-{apt-daily,apt-daily-upgrade,fstrim,logrotate,dpkg-db-backup}.timer

# Whatever the hour, apt must not work by itself while a test needs it: these timers start something else, and
# what they are for is started by hand.
cat >"$root/etc/systemd/system/not-by-the-clock.service" <<'UNIT'
[Unit]
Description=Stands in for what a test must not meet by chance

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

# As in Debian's own images, but for source code and backports, which would only take time. The names are answered
# on the private internet by sandbox/debian/, which reads them from here.
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

# What `apt-get update` reads and how it is packed, chosen for speed: 1.1 s in place of 1.9 s without descriptions,
# which nobody reads here, and with gzip, which is quicker to unpack than xz. Neither changes a package.
cat >"$root/etc/apt/apt.conf.d/90-data-centre" <<'CONFIGURATION'
Acquire::Languages "none";
Acquire::CompressionTypes::Order:: "gz";
CONFIGURATION
