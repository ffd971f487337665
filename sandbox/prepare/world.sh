# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# Leaves the host: new namespaces for everything, a small init as their PID 1, and nothing inherited that
# isn't named here.

# When PID 1 of the new PID namespace dies, the kernel kills every process in it and drops the mounts and
# networks which only they held. `--kill-child` ties it to unshare, and setpriv ties unshare to this shell,
# so that not even SIGKILL leaves anything behind. This shell stays, to remove the run's folder.
run_world() {
  local status signalled=yes world environment
  mkdir "$run_cgroup"
  open_package_door
  readarray -d '' -t environment < <(inherited)
  # With `&` bash starts a command without standard input and with SIGINT ignored: both are put right.
  setpriv --pdeathsig KILL \
    unshare --mount --pid --fork --kill-child --mount-proc --net --uts --ipc \
    env --ignore-environment --default-signal=INT,QUIT "${environment[@]}" \
    "PATH=$project/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    "SANDBOX_TOOLCHAIN=$toolchain" "SANDBOX_PROJECT=$project" \
    bash "$sandbox/prepare/enter-world.sh" "$image" "$run_folder" "$run_cgroup" "$@" <&0 &
  world=$!
  trap 'signalled=yes; pass_on "$world" INT' INT
  trap 'signalled=yes; pass_on "$world" TERM' TERM
  trap 'signalled=yes; pass_on "$world" HUP' HUP
  # `wait` returns early when a signal was trapped; what the signal means is the command's to decide.
  while [[ -n $signalled ]]; do
    signalled=''
    status=0
    wait "$world" || status=$?
  done
  exit "$status"
}

# The one door in the world's wall: Debian's packages, and nothing else, by a socket in the run's folder. A session
# of its own keeps Ctrl-C from it.
open_package_door() {
  local door
  (
    cd "$run_folder" &&
      exec setsid setpriv --pdeathsig KILL node "$sandbox/debian/proxy.ts" "$cache/debian" \
        "$image/etc/apt/sources.list.d/debian.sources"
  ) </dev/null >"$run_folder/debian.log" 2>&1 &
  door=$!
  until [[ -S $run_folder/debian.sock ]]; do
    kill -0 "$door" 2>/dev/null ||
      give_up "the door for Debian's packages did not open:" "$(cat "$run_folder/debian.log")"
    sleep 0.02
  done
}

# What a terminal and a CI system say about themselves; no proxies, tokens, agents or trust of the host's.
inherited() {
  local name
  for name in TERM COLORTERM LANG LC_ALL LC_CTYPE TZ NO_COLOR FORCE_COLOR CI COLUMNS LINES; do
    [[ -z ${!name:-} ]] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# unshare blocks signals; its child is the world's PID 1, which passes them on to the command.
pass_on() {
  pkill --signal "$2" --parent "$1" || true
}
