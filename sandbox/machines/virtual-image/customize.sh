#!/usr/bin/env bash
# Turns the machines' image into one for virtual machines, after ../image/customize.sh. What that file says for a container
# isn't true for them: they have their own kernel, clock and network.
set -euo pipefail

root=$1

# From Hetzner's metadata service, over an address by DHCP.
sed --in-place '/^# The seed/d; /^# The data centre sets up/d; /^network:/d; s/^datasource_list:.*/datasource_list: [Hetzner]/' \
  "$root/etc/cloud/cloud.cfg.d/90-data-centre.cfg"

# Their clock is their own, so chrony sets it.
rm -r "$root/etc/systemd/system/chrony.service.d"

printf 'LABEL=debian / ext4 errors=remount-ro,noinit_itable 0 1\n' >"$root/etc/fstab"
printf '%s\n' 'auto lo' 'iface lo inet loopback' 'source /etc/network/interfaces.d/*' >"$root/etc/network/interfaces"

# Nothing has changed since the image was made, so the first boot has nothing to build again.
touch "$root/etc/.updated" "$root/var/.updated"

# Only what finds the disk: emulated processors unpack that fast. An update of the kernel makes it again, by the same settings.
cat >"$root/etc/initramfs-tools/conf.d/data-centre" <<'SETTINGS'
MODULES=list
COMPRESS=zstd
COMPRESSLEVEL=1
SETTINGS
printf '%s\n' virtio_pci virtio_scsi sd_mod ext4 >>"$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -u -k all
