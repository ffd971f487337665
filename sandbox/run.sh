#!/usr/bin/env bash
# Prepares what the sandbox needs, and runs one command in a new run of it.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: bash sandbox/run.sh [OPTIONS] VERB [COMMAND…]

Verbs:
  shell                 an interactive shell as the operator, in a copy of the project
  shell COMMAND…        a command in that copy; the command's output and exit code are the only ones
  exec COMMAND…         a command as the operator, in the project's own folder
  prepare               only what the first start does: packages, tools, toolchain, machine image

Options:
  --project FOLDER      the Pulumi project; the current folder if left out
  --hints FILE          a text for the person who opens the interactive shell, such as what to try first
  --python FILE         Python packages from PyPI: a requirements file with hashes. $SANDBOX_PYTHON is then an
                        interpreter that has them, and that trusts the sandbox's certificate authority
  --s3                  also starts an S3 store at https://fsn1.your-objectstorage.com, which is built once,
                        and a storage with sftp at u123456.your-storagebox.de, port 23
  --state-store         also starts an S3 store in which Pulumi's state can be, at https://nbg1.your-objectstorage.com,
                        which is built once
  --virtual             servers are virtual machines (QEMU) with their own kernel and clock, and not containers
  -h, --help            this text

The sandbox is a private internet: nothing leaves it except downloads of Debian's and Python's packages. When a
run ends, for whatever reason, the kernel removes all its processes, mounts, networks and machines. What is downloaded
and built is kept in ${XDG_CACHE_HOME:-~/.cache}/trading-bot-server. To start from scratch, remove that folder.
HELP
}

sandbox=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trading-bot-server
project=$PWD
hints=
requirements=
with_s3=
with_state_store=
machines=containers

# shellcheck source=SCRIPTDIR/prepare/say.sh
source "$sandbox/prepare/say.sh"
# shellcheck source=SCRIPTDIR/prepare/host.sh
source "$sandbox/prepare/host.sh"
# shellcheck source=SCRIPTDIR/prepare/packages.sh
source "$sandbox/prepare/packages.sh"
# shellcheck source=SCRIPTDIR/prepare/python.sh
source "$sandbox/prepare/python.sh"
# shellcheck source=SCRIPTDIR/prepare/image.sh
source "$sandbox/prepare/image.sh"
# shellcheck source=SCRIPTDIR/prepare/virtual.sh
source "$sandbox/prepare/virtual.sh"
# shellcheck source=SCRIPTDIR/prepare/run-folder.sh
source "$sandbox/prepare/run-folder.sh"
# shellcheck source=SCRIPTDIR/prepare/start-run.sh
source "$sandbox/prepare/start-run.sh"

# Everything that needs the real internet, once. Silent if there is nothing to do.
prepare() {
  require_host
  [[ $machines == containers ]] || require_virtual_host
  mkdir -p "$cache"
  install_tools
  install_packages
  install_python_packages
  PATH=$packages/node_modules/.bin:$PATH
  open_run_folder
  # Side by side: both wait for downloads.
  start_image
  # shellcheck disable=SC2034 # start-run.sh reads it
  toolchain=$(bash "$sandbox/toolchain/toolchain.sh")
  s3_server=
  # shellcheck disable=SC2034 # start-run.sh reads it
  [[ -z $with_s3 ]] || s3_server=$(bash "$sandbox/toolchain/toolchain.sh" --rclone)
  state_store=
  # shellcheck disable=SC2034 # start-run.sh reads it
  [[ -z $with_state_store ]] || state_store=$(bash "$sandbox/toolchain/toolchain.sh" --versitygw)
  finish_image
  [[ $machines == containers ]] || choose_accelerator
}

# Sets `value` to the absolute path of an option's argument.
path_of() {
  [[ $# -eq 2 && -e $2 ]] || give_up "$1 needs a path that exists, such as: bash sandbox/run.sh $1 PATH shell"
  value=$(realpath -- "$2")
}

while [[ ${1:-} == --* ]]; do
  case $1 in
    --s3)
      with_s3=yes
      shift
      continue
      ;;
    --state-store)
      with_state_store=yes
      shift
      continue
      ;;
    --project) path_of "${@:1:2}" && project=$value ;;
    --hints) path_of "${@:1:2}" && hints=$value ;;
    --virtual)
      machines=virtual
      shift
      continue
      ;;
    --python) path_of "${@:1:2}" && requirements=$value ;;
    *) break ;;
  esac
  shift 2
done

verb=${1:---help}
[[ $# -eq 0 ]] || shift
case $verb in
  -h | --help | help) usage ;;
  prepare) prepare ;;
  shell)
    [[ -f $project/Pulumi.yaml ]] ||
      give_up "$project isn't a Pulumi project: it has no Pulumi.yaml. Name one by --project FOLDER."
    prepare
    start_run shell "$@"
    ;;
  exec)
    [[ $# -gt 0 ]] || give_up "exec needs a command: bash sandbox/run.sh exec COMMAND…"
    prepare
    start_run exec "$@"
    ;;
  *) give_up "unknown verb or option '$verb'; bash sandbox/run.sh --help lists them" ;;
esac
