# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# What a run has outside its namespaces: a folder with the machines' disks, and a cgroup.

# Sets `run_folder` and `run_cgroup`. File descriptor 9 holds the folder's lock; every process of the run
# inherits it, so the lock is free as soon as the last of them has ended, for whatever reason.
open_run_folder() {
  mkdir -p "$cache/runs"
  exec 6>"$cache/runs.lock"
  flock 6
  remove_dead_runs
  run_folder=$(mktemp --directory "$cache/runs/XXXXXXXX")
  exec 9>"$run_folder/lock"
  flock 9
  exec 6>&-
  # shellcheck disable=SC2034 # start-run.sh reads it
  run_cgroup=$(unified_cgroups)/$(cgroup_name "$run_folder")
  trap 'remove_run "$run_folder"' EXIT
}

cgroup_name() {
  printf 'trading-bot-sandbox-%s\n' "$(basename "$1")"
}

# What can't be removed yet, because the kernel is still ending the last process, is left for the next start.
remove_run() {
  local cgroup
  # If cgroup v1 is also mounted, systemd-nspawn makes a second cgroup of the same name there.
  for cgroup in /sys/fs/cgroup/"$(cgroup_name "$1")" /sys/fs/cgroup/*/"$(cgroup_name "$1")"; do
    remove_cgroup "$cgroup" || return 0
  done
  release_loop_devices "$1"
  rm --recursive --force --one-file-system "$1" 2>/dev/null || true
}

# A process that has ended is in its cgroup for a moment longer than it holds the run's lock.
remove_cgroup() {
  for _ in {1..50}; do
    [[ -d $1 ]] || return 0
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
  done
  [[ ! -d $1 ]]
}

# The kernel releases the volumes' loop devices with the run, except one that it was making when it was killed.
release_loop_devices() {
  local file device
  for file in "$1"/volume-*; do
    [[ -f $file ]] || continue
    losetup --noheadings --output NAME --associated "$file" | while read -r device; do
      losetup --detach "$device" || true
    done
  done
}

remove_dead_runs() {
  local folder
  for folder in "$cache"/runs/*/; do
    [[ -d $folder ]] || continue
    if flock --nonblock "$folder/lock" true 2>/dev/null; then remove_run "${folder%/}"; fi
  done
}
