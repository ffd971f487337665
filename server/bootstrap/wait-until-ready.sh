#!/bin/sh
# Returns when the first boot is over, so that nothing is installed into a system that is still being set up.
set -eu
status=0
cloud-init status --wait >/dev/null || status=$?
# 2 is a first boot that ended with warnings; the machine works.
case $status in 0 | 2) exit 0 ;; esac
{
  echo "The first boot failed: cloud-init ended with status $status. It says:"
  cloud-init status --long || true
  echo "Its log is on the server: sudo less /var/log/cloud-init-output.log"
} >&2
exit 1
