# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# The binaries that are built from the Go modules beside this folder, each once, into a cache that is keyed by what
# it is made of.

# Whatever the caller's Go is set to, these builds are the same: no cgo, no workspace, no flags.
go_clean() {
  env -u GOOS -u GOARCH CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false GO111MODULE=on go "$@"
}

# The newest version that one of the modules asks for.
needed_go() { sed -n 's/^go \([0-9.]*\)$/\1/p' "$toolchain"/*/go.mod | sort -V | tail -n 1; }

module_of() {
  case $1 in
    pulumi) printf 'cli' ;;
    pulumi-language-nodejs) printf 'language-nodejs' ;;
    pulumi-resource-hcloud | terraform-provider-hcloud) printf 'resource-hcloud' ;;
    pulumi-resource-command) printf 'resource-command' ;;
  esac
}

stamp_of() {
  case $1 in
    pulumi) printf -- '-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v%s' "$built_pulumi_version" ;;
    pulumi-resource-hcloud)
      printf -- '-X trading-bot-server/sandbox/toolchain/resource-hcloud.Version=%s' "$hcloud_version"
      ;;
    pulumi-resource-command) printf -- '-X main.Version=%s' "$command_version" ;;
  esac
}

# The hash of a module's sources and of the version that is stamped into the binary.
source_hash() {
  {
    cd "$toolchain/$(module_of "$1")" || exit
    find . -type f \( -name go.mod -o -name go.sum -o -name '*.go' -o -name '*.sh' \) ! -name '*_test.go' -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
    stamp_of "$1"
  } | sha256sum | cut -c1-16
}

go_version=
find_go_version() {
  [[ -n $go_version ]] || go_version=$(cd / && go_clean env GOVERSION 2>/dev/null) || go_version=none
}

# A binary that an earlier run has built: its folder is left in $found. Without Go, one that any Go has built from
# these sources serves as well: a cache that was filled by a user with Go is of use to root without it.
built() {
  find_go_version
  found=$cache/built/$1-$(source_hash "$1")-$go_version
  if [[ $go_version == none ]]; then
    local candidate
    for candidate in "${found%none}"*; do found=$candidate; done
  fi
  [[ -x $found/$1 ]]
}

build() {
  require_go
  local entry
  entry=$cache/built/$1-$(source_hash "$1")-$go_version
  mkdir -p "$scratch/$1" "$cache/built"
  progress "building $(what_is "$1")"
  if ! "build_$(module_of "$1" | tr - _)" "$1" "$scratch/$1/$1"; then
    gave_up || show_log
    fail "$1 could not be built; the lines above say why" "$(other_ways)"
  fi
  mv -T "$scratch/$1" "$entry"
  done_now
  found=$entry
}

what_is() {
  case $1 in
    pulumi) printf 'pulumi %s from source (about 5 minutes the first time)' "$built_pulumi_version" ;;
    pulumi-language-nodejs) printf 'its Node.js language host (about 30 seconds)' ;;
    pulumi-resource-hcloud) printf 'the hcloud plugin %s (about 4 minutes the first time)' "$hcloud_version" ;;
    pulumi-resource-command) printf 'the stand-in for the command plugin %s (about 30 seconds)' "$command_version" ;;
    terraform-provider-hcloud) printf 'terraform-provider-hcloud' ;;
  esac
}

# go_build MODULE_FOLDER BINARY OUT PACKAGE
go_build() {
  quietly go_clean build -C "$1" -trimpath -ldflags "-s -w $(stamp_of "$2")" -o "$3" "$4"
}

build_cli() { go_build "$toolchain/cli" "$1" "$2" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi; }

build_language_nodejs() {
  go_build "$toolchain/language-nodejs" "$1" "$2-host" github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs &&
    install -m 0755 "$toolchain/language-nodejs/pulumi-language-nodejs.sh" "$2"
}

build_resource_command() { go_build "$toolchain/resource-command" "$1" "$2" .; }

# The plugin embeds its schema, which the same module generates: in a copy, so that the checkout stays clean.
build_resource_hcloud() {
  if [[ $1 == terraform-provider-hcloud ]]; then
    go_build "$toolchain/resource-hcloud" "$1" "$2" github.com/hetznercloud/terraform-provider-hcloud
    return
  fi
  local copy=$scratch/resource-hcloud
  cp -R "$toolchain/resource-hcloud" "$copy" &&
    go_build "$copy" "$1" "$scratch/tfgen" ./cmd/pulumi-tfgen-hcloud &&
    quietly "$scratch/tfgen" schema --out "$copy/cmd/pulumi-resource-hcloud/generated" &&
    go_build "$copy" "$1" "$2" ./cmd/pulumi-resource-hcloud
}

require_go() {
  find_go_version
  local needed
  needed=$(needed_go)
  if [[ $go_version == none ]]; then
    fail "Go $needed or newer is needed to build the Pulumi binaries, and there is no Go on PATH." "$(other_ways)"
  fi
  at_least "${go_version#go}" "$needed" && return
  # From 1.21 on, Go can bring a newer one of itself, by its module proxy.
  if ! at_least "${go_version#go}" 1.21 ||
    ! GOTOOLCHAIN=go$needed timeout 120 go version >/dev/null 2>&1; then
    fail "Go $needed or newer is needed to build the Pulumi binaries; on PATH is ${go_version#go}." "$(other_ways)"
  fi
  export GOTOOLCHAIN=go$needed
}

other_ways() {
  local needed packaged
  needed=$(needed_go)
  echo "Any one of these helps:"
  packaged=$(apt-cache policy "golang-${needed%.*}-go" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p') || true
  if [[ -n $packaged ]] && at_least "$packaged" "$needed"; then
    echo "  - apt-get install golang-${needed%.*}-go, and /usr/lib/go-${needed%.*}/bin first on PATH"
  else
    echo "  - Go $needed or newer from https://go.dev/dl/, first on PATH"
  fi
  cat <<EOF
  - Pulumi $oldest_pulumi or newer on PATH (https://www.pulumi.com/docs/install/), and a connection for its plugins
  - a connection to get.pulumi.com: everything is then downloaded
  - TOOLCHAIN_DIR=DIR with the binaries of a machine of the same kind, from its
    ~/.cache/trading-bot-server/toolchain/built/*/
EOF
}
