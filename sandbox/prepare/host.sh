# shellcheck shell=bash
# What this machine must be and have before it can hold the sandbox.

readonly ways_on="any fresh Debian 12+ or Ubuntu 24.04+ virtual machine or VPS will do, as root"

require_host() {
  [[ $(uname -s) == Linux ]] ||
    give_up "the sandbox boots real Linux machines, and this is $(uname -s)." "$ways_on"
  [[ $(id -u) -eq 0 ]] ||
    give_up "the sandbox makes network namespaces and boots machines, which takes root." \
      "run it again with sudo; $ways_on"
  require_namespaces
}

# Restricted containers have root without its rights: better told now than by a mount error later.
require_namespaces() {
  local error
  error=$(unshare --mount --pid --fork --net --uts --ipc true 2>&1) ||
    give_up "this kernel or container forbids namespaces (${error:-unshare failed})." "$ways_on"
  [[ -n $(unified_cgroups) ]] ||
    give_up "there is no cgroup v2 hierarchy below /sys/fs/cgroup, which the machines' systemd needs." "$ways_on"
  [[ -f $(unified_cgroups)/cgroup.procs && -w $(unified_cgroups)/cgroup.procs ]] ||
    give_up "cgroups are read-only here, as in a container without privileges." "$ways_on"
}

# /sys/fs/cgroup on most machines, a folder below it where the old hierarchies are mounted too.
unified_cgroups() {
  findmnt --noheadings --first-only --types cgroup2 --output TARGET || true
}

# Command → the Debian and Ubuntu package that has it.
tools() {
  cat <<'TOOLS'
mmdebstrap mmdebstrap
systemd-nspawn systemd-container
nft nftables
dnsmasq dnsmasq-base
tini tini
ip iproute2
openssl openssl
ssh openssh-client
curl curl
shellcheck shellcheck
pyflakes3 pyflakes3
ssh-audit ssh-audit
npm npm
TOOLS
}

install_tools() {
  local command package missing=()
  while read -r command package; do
    # nft and dnsmasq live in sbin, which not every root has on the PATH.
    PATH=$PATH:/usr/sbin:/sbin type -P "$command" >/dev/null || missing+=("$package")
  done < <(tools)
  # Ubuntu has Debian's keys in a package of its own.
  [[ -f /usr/share/keyrings/debian-archive-keyring.gpg || -f /usr/share/keyrings/debian-archive-keyring.pgp ]] ||
    missing+=(debian-archive-keyring)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  type -P apt-get >/dev/null ||
    give_up "missing: ${missing[*]}, and there is no apt-get to install them with." "$ways_on"
  say "installing ${missing[*]} (apt)"
  # Whatever a package's script starts must not hold this run's locks.
  {
    apt-get update --quiet --quiet &&
      DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
  } >&2 </dev/null || give_up "apt could not install ${missing[*]}; its reason is above"
}
