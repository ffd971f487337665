# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# Leaves the host: new namespaces for everything, a small init as their PID 1, and nothing inherited that isn't
# named here.

# When PID 1 of the new PID namespace dies, the kernel kills every process in it and drops the mounts and networks
# that only they held. `--kill-child` ties it to unshare, and setpriv ties unshare to this shell, so that not even
# SIGKILL leaves anything behind. This shell waits, and then removes the run's folder.
start_run() {
  local status signalled=yes run environment
  mkdir "$run_cgroup"
  pass_on_controllers
  start_proxy debian "$cache/debian" "$image/etc/apt/sources.list.d/debian.sources"
  start_proxy python-index "$cache/python-index"
  readarray -d '' -t environment < <(inherited)
  # With `&` bash starts a command without standard input and with SIGINT ignored: both are undone here.
  setpriv --pdeathsig KILL \
    unshare --mount --pid --fork --kill-child --mount-proc --net --uts --ipc \
    env --ignore-environment --default-signal=INT,QUIT "${environment[@]}" \
    "PATH=$packages/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    "SANDBOX_TOOLCHAIN=$toolchain" "SANDBOX_PROJECT=$project" "SANDBOX_HINTS=$hints" \
    "SANDBOX_PYTHON=$python" "SANDBOX_S3=$s3_server" "SANDBOX_STATE_STORE=$state_store" "SANDBOX_MACHINES=$machines" \
    bash "$sandbox/prepare/enter-run.sh" "$image" "$run_folder" "$run_cgroup" \
    "${npm_config_cache:-$HOME/.npm}" "$@" <&0 &
  run=$!
  trap 'signalled=yes; pass_on "$run" INT' INT
  trap 'signalled=yes; pass_on "$run" TERM' TERM
  trap 'signalled=yes; pass_on "$run" HUP' HUP
  # `wait` returns early when a signal was trapped; the command decides what the signal means.
  while [[ -n $signalled ]]; do
    signalled=''
    status=0
    wait "$run" || status=$?
  done
  exit "$status"
}

# The limits of the machines' units need the controllers of control groups of version 2. If the host's controllers are in
# version 1, there are none to pass on.
pass_on_controllers() {
  local controller
  # One after the other, because the kernel takes all of them or none.
  for controller in $(<"$run_cgroup/cgroup.controllers"); do
    printf '+%s' "$controller" 2>/dev/null >"$run_cgroup/cgroup.subtree_control" || true
  done
}

# start_proxy FOLDER ARGUMENT…: the ways out of a run, for packages and nothing else, are sockets in the run's folder.
# Each proxy has its own session, so that Ctrl-C doesn't reach it.
start_proxy() {
  local name=$1 proxy
  shift
  (
    cd "$run_folder" && exec setsid setpriv --pdeathsig KILL node "$sandbox/$name/proxy.ts" "$@"
  ) </dev/null >"$run_folder/$name.log" 2>&1 &
  proxy=$!
  until [[ -S $run_folder/$name.sock ]]; do
    kill -0 "$proxy" 2>/dev/null ||
      give_up "the proxy $name did not start:" "$(cat "$run_folder/$name.log")"
    sleep 0.02
  done
}

# What describes the terminal and a CI system. None of the host's proxies, tokens, agents or certificates.
inherited() {
  local name
  for name in TERM COLORTERM LANG LC_ALL LC_CTYPE TZ NO_COLOR FORCE_COLOR CI COLUMNS LINES; do
    [[ -z ${!name:-} ]] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# unshare blocks signals. Its child is the run's PID 1, which passes them on to the command.
pass_on() {
  pkill --signal "$2" --parent "$1" || true
}
