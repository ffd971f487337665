# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# The requirements of the sandbox on this machine.

readonly ways_on="Any fresh Debian 12+ or Ubuntu 24.04+ virtual machine or VPS works, as root."

require_host() {
  [[ $(uname -s) == Linux ]] ||
    give_up "The sandbox boots real Linux machines, and this is $(uname -s)." "$ways_on"
  [[ $(id -u) -eq 0 ]] ||
    give_up "The sandbox creates network namespaces and boots machines, which needs root." \
      "Run it again with sudo. $ways_on"
  require_namespaces
}

# In restricted containers root lacks rights: a sentence now is better than a mount error later.
require_namespaces() {
  local error
  error=$(unshare --mount --pid --fork --net --uts --ipc true 2>&1) ||
    give_up "This kernel or container forbids namespaces (${error:-unshare failed})." "$ways_on"
  [[ -n $(unified_cgroups) ]] ||
    give_up "There is no cgroup v2 hierarchy below /sys/fs/cgroup, and the machines' systemd needs one." "$ways_on"
  [[ -f $(unified_cgroups)/cgroup.procs && -w $(unified_cgroups)/cgroup.procs ]] ||
    give_up "Cgroups are read-only here, as in a container without privileges." "$ways_on"
}

# /sys/fs/cgroup on most machines; a folder below it if cgroup v1 is also mounted.
unified_cgroups() {
  findmnt --noheadings --first-only --types cgroup2 --output TARGET || true
}

# Each command, and the Debian and Ubuntu package that has it.
tools() {
  cat <<'TOOLS'
mmdebstrap mmdebstrap
systemd-nspawn systemd-container
nft nftables
strace strace
dnsmasq dnsmasq-base
tini tini
ip iproute2
openssl openssl
ssh openssh-client
curl curl
npm npm
python3 python3
TOOLS
}

install_tools() {
  local command package missing=() needed
  needed=$(tools)
  [[ $machines == containers ]] || needed+=$'\n'$(virtual_tools)
  while read -r command package; do
    # nft and dnsmasq are in sbin, which isn't on every root's PATH.
    PATH=$PATH:/usr/sbin:/sbin type -P "$command" >/dev/null || missing+=("$package")
  done <<<"$needed"
  # Ubuntu has Debian's keys in a separate package.
  [[ -f /usr/share/keyrings/debian-archive-keyring.gpg || -f /usr/share/keyrings/debian-archive-keyring.pgp ]] ||
    missing+=(debian-archive-keyring)
  # Only who wants Python packages needs it.
  [[ -z $requirements ]] || can_make_environments || missing+=(python3-venv)
  # Only who has storages can look into a repository there.
  [[ -z $with_s3 ]] || type -P restic >/dev/null || missing+=(restic)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  type -P apt-get >/dev/null ||
    give_up "Missing: ${missing[*]}, and there is no apt-get to install them." "$ways_on"
  say "installing ${missing[*]} (apt)"
  # A process that a package's script starts must not hold this run's locks.
  {
    apt-get update --quiet --quiet &&
      DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
  } >&2 </dev/null || give_up "apt could not install ${missing[*]}; the reason is above"
}
