#!/usr/bin/env bash
# Prepares the Pulumi binaries that the sandbox runs with. `--help` says how.
set -euo pipefail

toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trading-bot-server/toolchain
# shellcheck source=sandbox/toolchain/lib/ground.sh
. "$toolchain/lib/ground.sh"
# shellcheck source=sandbox/toolchain/lib/official.sh
. "$toolchain/lib/official.sh"
# shellcheck source=sandbox/toolchain/lib/build.sh
. "$toolchain/lib/build.sh"
# shellcheck source=sandbox/toolchain/lib/home.sh
. "$toolchain/lib/home.sh"

usage() {
  cat <<EOF
Usage: toolchain.sh [--with-terraform-provider]

Prints the path of a folder that is ready as PULUMI_HOME: bin/ holds pulumi and
pulumi-language-nodejs, plugins/ holds hcloud $hcloud_version and command $command_version.
Progress goes to stderr. The first call may take minutes, the next ones are
immediate.

  --with-terraform-provider   bin/ also holds terraform-provider-hcloud

Where the binaries come from, the first that applies:
  1. TOOLCHAIN_DIR=DIR        a folder with all of them, made elsewhere
  2. pulumi on PATH           from $oldest_pulumi on, with its language host beside it
  3. the cache                what an earlier call has left there
  4. Pulumi's own site        by the npm package pulumi $npm_pulumi_version
  5. the Go modules here      with Go $(needed_go) or newer, about ten minutes
The plugins are the official ones where those are installed or can be
downloaded, otherwise they are built as well.

The cache is $cache
EOF
}

with_terraform_provider=no
for argument in "$@"; do
  case $argument in
    --with-terraform-provider) with_terraform_provider=yes ;;
    -h | --help) usage && exit ;;
    *) fail "unknown argument: $argument" "$(usage)" ;;
  esac
done

if [[ -n ${TOOLCHAIN_DIR:-} ]]; then
  look() { take_given; }
else
  look() { find_present; }
fi

look
if ! home_is_ready; then
  lock
  # Another run may have finished its work while this one waited for the lock.
  look
  if ! home_is_ready; then
    get_missing
    assemble_home
  fi
fi
home_path
