#!/bin/sh
# Waits until the first boot is over, so that nothing is installed while cloud-init still sets up the system.
set -eu
status=0
cloud-init status --wait >/dev/null || status=$?
# 2: it ended with warnings, and the machine works.
case $status in 0 | 2) exit 0 ;; esac
{
  echo "The first boot failed: cloud-init ended with status $status. Its report:"
  cloud-init status --long || true
  echo 'To see its log: npm run ssh -- sudo tail -n 100 /var/log/cloud-init-output.log'
  echo 'A first boot is not repeated. To get a fresh server at the same address:'
  echo '  npm run teardown -- --keep-address'
  echo '  pulumi up'
} >&2
exit 1
