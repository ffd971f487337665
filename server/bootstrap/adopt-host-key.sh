#!/bin/sh
# Makes the Ed25519 private key on standard input the server's host key. The initial one is in user_data, which the
# metadata service shows.
set -eu
umask 077
key=/etc/ssh/ssh_host_ed25519_key

# On the same disk, so that one rename is enough.
staging=$(mktemp -d /etc/ssh/.host-key.XXXXXX)
trap 'rm -rf "$staging"' EXIT

cat >"$staging/key"
# A key that was cut off on the way has no public half.
if ! ssh-keygen -y -f "$staging/key" >"$staging/key.pub" 2>/dev/null; then
  echo "The host key arrived incomplete and was not installed: run \`pulumi up\` again." >&2
  exit 1
fi
chmod 0644 "$staging/key.pub"
sync "$staging/key" "$staging/key.pub"
mv -T "$staging/key" "$key"
mv -T "$staging/key.pub" "$key.pub"
sshd -t
# Always, because an earlier run may have been interrupted just before this step.
systemctl reload ssh
