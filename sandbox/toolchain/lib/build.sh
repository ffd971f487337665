# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# The binaries that are built from the Go modules in offline/, each once. The cache's key is what they are made of.

module_of() {
  case $1 in
    pulumi) printf 'cli' ;;
    pulumi-language-nodejs) printf 'language-nodejs' ;;
    pulumi-resource-hcloud | terraform-provider-hcloud) printf 'resource-hcloud' ;;
    pulumi-resource-command) printf 'resource-command' ;;
    rclone | versitygw) printf '%s' "$1" ;;
  esac
}

stamp_of() {
  case $1 in
    pulumi) printf -- '-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v%s' "$built_pulumi_version" ;;
    pulumi-resource-hcloud)
      printf -- '-X trading-bot-server/sandbox/toolchain/offline/resource-hcloud.Version=%s' "$hcloud_version"
      ;;
    pulumi-resource-command) printf -- '-X main.Version=%s' "$command_version" ;;
  esac
}

# The hash of a module's sources and of the version that is stamped into the binary.
source_hash() {
  {
    cd "$toolchain/offline/$(module_of "$1")" || exit
    find . -type f \( -name go.mod -o -name go.sum -o -name '*.go' -o -name '*.sh' \) ! -name '*_test.go' -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
    stamp_of "$1"
  } | sha256sum | cut -c1-16
}

# Whether an earlier run has built a binary; leaves its folder in $found. Without Go, a binary that any Go has built
# from these sources counts as well, so that root without Go can use a cache that a user with Go has filled.
built() {
  find_go
  found=$(entry_of "$1")
  if [[ $go_version == none ]]; then
    local candidate
    for candidate in "${found%none}"*; do found=$candidate; done
  fi
  [[ -x $found/$1 ]]
}

what_is() {
  case $1 in
    pulumi) printf 'pulumi %s' "$built_pulumi_version" ;;
    pulumi-language-nodejs) printf 'its Node.js language host' ;;
    pulumi-resource-hcloud) printf 'the hcloud plugin %s' "$hcloud_version" ;;
    pulumi-resource-command) printf 'the stand-in for the command plugin %s' "$command_version" ;;
    terraform-provider-hcloud) printf 'terraform-provider-hcloud' ;;
    rclone) printf 'rclone, which serves the sandbox as an S3 store' ;;
    versitygw) printf "versitygw, which serves the sandbox as a store for Pulumi's state" ;;
  esac
}

# How often a line says what is still being built, in seconds.
readonly report_every=30

# The folder in the cache where a binary belongs.
entry_of() { printf '%s/built/%s-%s-%s' "$cache" "$1" "$(source_hash "$1")" "$go_version"; }

# build_all BINARY…: builds them side by side, because each build waits for downloads about half of the time.
build_all() {
  [[ $# -gt 0 ]] || return 0
  require_go
  local name ended status timer='' total=$#
  local -A name_of=()
  started=$SECONDS
  say "building from source with ${go_version/go/Go } (about 6 minutes the first time):"
  mkdir -p "$cache/built"
  for name in "$@"; do
    say "  $(what_is "$name")"
    mkdir -p "$scratch/built/$name"
    start "$scratch/$name.log" "build_$(module_of "$name" | tr - _)" "$name" "$scratch/built/$name/$name"
    name_of[$!]=$name
  done
  while [[ ${#name_of[@]} -gt 0 ]]; do
    if [[ -z $timer ]]; then
      start /dev/null sleep "$report_every"
      timer=$!
    fi
    status=0
    wait -n -p ended "$timer" "${!name_of[@]}" || status=$?
    if [[ $ended == "$timer" ]]; then
      timer=
      say "$((SECONDS - started)) s, still building: ${name_of[*]}"
      continue
    fi
    name=${name_of[$ended]}
    [[ $status -eq 0 ]] || build_failed "$name"
    unset "name_of[$ended]"
    mv -T "$scratch/built/$name" "$(entry_of "$name")"
    say "$name is ready after $((SECONDS - started)) s ($((total - ${#name_of[@]})) of $total)"
  done
}

build_failed() {
  show_log "$scratch/$1.log"
  fail "$1 could not be built. The lines above give the reason." "$(other_ways)"
}

# go_build MODULE_FOLDER BINARY OUT PACKAGE
go_build() {
  go_clean "$go_folder/go" build -C "$1" -trimpath -ldflags "-s -w $(stamp_of "$2")" -o "$3" "$4"
}

build_cli() { go_build "$toolchain/offline/cli" "$1" "$2" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi; }

build_language_nodejs() {
  local copy=$scratch/language-nodejs sdk
  # `go list` names a module's folder only if the module is downloaded.
  cp -R "$toolchain/offline/language-nodejs" "$copy" &&
    go_clean "$go_folder/go" mod -C "$copy" download github.com/pulumi/pulumi/sdk/v3 &&
    sdk=$(go_clean "$go_folder/go" list -C "$copy" -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3) &&
    sh "$copy/source.sh" "$sdk" "$copy/host" &&
    go_build "$copy" "$1" "$2-host" ./host &&
    install -m 0755 "$copy/pulumi-language-nodejs.sh" "$2"
}

build_rclone() { go_build "$toolchain/offline/rclone" "$1" "$2" github.com/rclone/rclone; }

build_resource_command() { go_build "$toolchain/offline/resource-command" "$1" "$2" .; }

# The plugin embeds its schema, which the same module generates: in a copy, so that the checkout stays clean.
build_resource_hcloud() {
  if [[ $1 == terraform-provider-hcloud ]]; then
    go_build "$toolchain/offline/resource-hcloud" "$1" "$2" github.com/hetznercloud/terraform-provider-hcloud
    return
  fi
  local copy=$scratch/resource-hcloud
  cp -R "$toolchain/offline/resource-hcloud" "$copy" &&
    go_build "$copy" "$1" "$scratch/tfgen" ./cmd/pulumi-tfgen-hcloud &&
    "$scratch/tfgen" schema --out "$copy/cmd/pulumi-resource-hcloud/generated" &&
    go_build "$copy" "$1" "$2" ./cmd/pulumi-resource-hcloud
}

build_versitygw() { go_build "$toolchain/offline/versitygw" "$1" "$2" github.com/versity/versitygw/cmd/versitygw; }
