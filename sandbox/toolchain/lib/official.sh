# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# Pulumi's own binaries: found on this machine, or downloaded from Pulumi's site. Every function that looks for
# something leaves its folder in $found.

official=$cache/official

# A pulumi that is recent enough and has its language host next to it.
cli_on_path() {
  local pulumi version
  pulumi=$(type -P pulumi) || return 1
  found=$(dirname "$(readlink -f "$pulumi")")
  # Another function finds the CLI that this script has made, together with its plugins.
  [[ $found != "$(readlink -m "$cache")"/* ]] || return 1
  [[ -x $found/pulumi && -x $found/pulumi-language-nodejs ]] || return 1
  version=$(PULUMI_SKIP_UPDATE_CHECK=1 "$found/pulumi" version 2>/dev/null) || return 1
  at_least "${version#v}" "$oldest_pulumi"
}

# A CLI that an earlier run has downloaded.
cli_downloaded() {
  found=$official/versions/$npm_pulumi_version/bin
  [[ -x $found/pulumi && -x $found/pulumi-language-nodejs ]]
}

# An official plugin that is installed, here or in the user's own Pulumi.
plugin_installed() {
  local home
  for home in "$official" "${PULUMI_HOME:-$HOME/.pulumi}" "$HOME/.pulumi"; do
    # A PULUMI_HOME of ours may be in the environment, with home-built plugins.
    [[ $home != "$cache"/homes/* ]] || continue
    found=$home/plugins/resource-$1-v$2
    # Pulumi leaves a .partial next to a plugin while it installs it.
    [[ ! -x $found/pulumi-resource-$1 || -e $found.partial ]] || return 0
  done
  return 1
}

# Checked once a run, and only by a run that lacks something.
pulumi_site=unknown
pulumi_site_answers() {
  if [[ $pulumi_site == unknown ]]; then
    pulumi_site=silent
    if type -P curl >/dev/null && curl -fsS --max-time 5 -o "$scratch/probe" https://get.pulumi.com/install.sh 2>/dev/null; then
      pulumi_site=answers
    else
      say "Pulumi's site can't be reached, so what is missing is built from source"
    fi
  fi
  [[ $pulumi_site == answers ]]
}

# npm's package downloads the CLI of the same version, with the language hosts, to PULUMI_HOME/versions.
download_cli() {
  pulumi_site_answers && type -P npx >/dev/null || return 1
  progress "downloading pulumi $npm_pulumi_version"
  quietly env PULUMI_HOME="$scratch/cli" PULUMI_SKIP_UPDATE_CHECK=1 PULUMI_VERSION="$npm_pulumi_version" \
    timeout 600 npx --yes "pulumi@$npm_pulumi_version" version || gave_up || return
  mkdir -p "$official/versions"
  rm -rf "$official/versions/$npm_pulumi_version"
  mv -T "$scratch/cli/versions/$npm_pulumi_version" "$official/versions/$npm_pulumi_version"
  done_now
  cli_downloaded
}

download_plugin() {
  pulumi_site_answers || return 1
  progress "downloading the $1 plugin $2"
  quietly env PULUMI_HOME="$scratch/download" PULUMI_SKIP_UPDATE_CHECK=1 \
    timeout 300 "$cli_folder/pulumi" plugin install resource "$1" "$2" || gave_up || return
  mkdir -p "$official/plugins"
  rm -rf "$official/plugins/resource-$1-v$2"
  mv -T "$scratch/download/plugins/resource-$1-v$2" "$official/plugins/resource-$1-v$2"
  done_now
  plugin_installed "$1" "$2"
}
