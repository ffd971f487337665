# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# What virtual machines need besides what containers need.

virtual_tools() {
  cat <<'TOOLS'
qemu-system-x86_64 qemu-system-x86
mke2fs e2fsprogs
TOOLS
}

require_virtual_host() {
  [[ $(uname -m) == x86_64 ]] ||
    give_up "The sandbox's virtual machines have x86 processors, and this is $(uname -m)."
  [[ -c /dev/net/tun ]] ||
    give_up "There is no /dev/net/tun here, which the network of a virtual machine needs." "$ways_on"
}

# Sets `machines` to kvm, or to tcg if the processors have to be emulated, which is much slower. There are hosts on which KVM
# is there and no guest runs, so one is tried.
choose_accelerator() {
  local answer
  answer=$cache/accelerator-$(</proc/sys/kernel/random/boot_id)
  if [[ ! -s $answer ]]; then
    rm -f "$cache"/accelerator-*
    if kvm_works; then echo kvm >"$answer"; else echo tcg >"$answer"; fi
  fi
  machines=$(<"$answer")
  [[ $machines == kvm ]] || say "no guest runs under KVM here, so the processors are emulated: a boot takes minutes"
}

# Without a root file system, a kernel that has booted panics, and then reboots, which ends QEMU.
kvm_works() {
  [[ -w /dev/kvm ]] || return
  timeout 20 qemu-system-x86_64 -machine q35,accel=kvm -cpu host -m 256 -nodefaults -no-user-config -display none \
    -no-reboot -kernel "$image/vmlinuz" -append "console=ttyS0 panic=-1" -serial stdio </dev/null 2>/dev/null |
    grep --quiet --text "Unable to mount root fs"
}
