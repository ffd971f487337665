#!/usr/bin/env bash
# The one door into the sandbox: prepares what it needs, then runs a verb in a world of its own.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: bash sandbox/run.sh VERB [ARGUMENTS…]

  shell                 an interactive shell at the operator's, in a private copy of the project
  shell COMMAND…        a command there instead; its output and its exit code are the only ones
  exec COMMAND…         a command at the operator's, in the checkout itself
  prepare               only what a first start does: packages, tools, toolchain, machine image
HELP
  for verb in "$sandbox"/verbs/*.sh; do
    [[ -f $verb ]] && sed -n '2s/^# /  /p' "$verb"
  done
  cat <<'HELP'

The sandbox is a private internet: no packet leaves it, and when it ends, for whatever reason, the kernel
takes it away with all its processes, mounts, networks and machines. What it downloads and builds is kept in
${XDG_CACHE_HOME:-~/.cache}/trading-bot-server; remove that folder to start afresh.
HELP
}

sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname -- "$sandbox")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trading-bot-server

# shellcheck source=SCRIPTDIR/prepare/say.sh
source "$sandbox/prepare/say.sh"
# shellcheck source=SCRIPTDIR/prepare/host.sh
source "$sandbox/prepare/host.sh"
# shellcheck source=SCRIPTDIR/prepare/packages.sh
source "$sandbox/prepare/packages.sh"
# shellcheck source=SCRIPTDIR/prepare/image.sh
source "$sandbox/prepare/image.sh"
# shellcheck source=SCRIPTDIR/prepare/run-folder.sh
source "$sandbox/prepare/run-folder.sh"
# shellcheck source=SCRIPTDIR/prepare/world.sh
source "$sandbox/prepare/world.sh"

# Everything that needs the real internet, once; quiet where there is nothing to do.
prepare() {
  require_host
  mkdir -p "$cache"
  install_tools
  install_packages
  PATH=$project/node_modules/.bin:$PATH
  # shellcheck disable=SC2034 # world.sh reads it
  toolchain=$(bash "$sandbox/toolchain/toolchain.sh")
  open_run_folder
  build_image
}

verb=${1:---help}
[[ $# -eq 0 ]] || shift
case $verb in
  -h | --help | help) usage ;;
  prepare) prepare ;;
  shell | exec)
    [[ $verb != exec || $# -gt 0 ]] || give_up "exec needs a command: bash sandbox/run.sh exec COMMAND…"
    prepare
    run_world "$verb" "$@"
    ;;
  *)
    [[ $verb =~ ^[a-z-]+$ && -f $sandbox/verbs/$verb.sh ]] ||
      give_up "there is no verb '$verb'; bash sandbox/run.sh --help lists them"
    # A verb is a script of its own, which calls run.sh again for what it wants done inside.
    exec bash "$sandbox/verbs/$verb.sh" "$@"
    ;;
esac
