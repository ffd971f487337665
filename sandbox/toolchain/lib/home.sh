# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the files that toolchain.sh reads share their variables
# A PULUMI_HOME made of the chosen binaries. Each has the folder that it is taken from; empty means still missing.

cli_folder=
language_folder=
hcloud_folder=
command_folder=
terraform_folder=

# Everything from TOOLCHAIN_DIR and nothing else: a person who names a folder wants to be sure what is used.
take_given() {
  local binary missing=() binaries=(pulumi pulumi-language-nodejs pulumi-resource-hcloud pulumi-resource-command)
  [[ $with_terraform_provider == no ]] || binaries+=(terraform-provider-hcloud)
  for binary in "${binaries[@]}"; do
    [[ -f $TOOLCHAIN_DIR/$binary && -x $TOOLCHAIN_DIR/$binary ]] || missing+=("$binary")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    fail "TOOLCHAIN_DIR=$TOOLCHAIN_DIR lacks these files, or they aren't executable: ${missing[*]}" \
      "Put them there, or unset TOOLCHAIN_DIR to have them downloaded or built."
  fi
  local folder
  folder=$(cd "$TOOLCHAIN_DIR" && pwd)
  cli_folder=$folder language_folder=$folder hcloud_folder=$folder command_folder=$folder
  [[ $with_terraform_provider == no ]] || terraform_folder=$folder
}

# What is on this machine already. Uses no network.
find_present() {
  cli_folder='' language_folder='' hcloud_folder='' command_folder='' terraform_folder=''
  if cli_on_path || cli_downloaded; then
    cli_folder=$found language_folder=$found
  else
    ! built pulumi || cli_folder=$found
    ! built pulumi-language-nodejs || language_folder=$found
  fi
  if plugin_installed hcloud "$hcloud_version" || built pulumi-resource-hcloud; then hcloud_folder=$found; fi
  if plugin_installed command "$command_version" || built pulumi-resource-command; then command_folder=$found; fi
  if [[ $with_terraform_provider == yes ]] && built terraform-provider-hcloud; then terraform_folder=$found; fi
}

# Downloads what find_present has not found, and builds the rest. Never inside a condition, where bash would go on
# after a step that failed.
get_missing() {
  if [[ -z $cli_folder && -z $language_folder ]] && download_cli; then
    cli_folder=$found language_folder=$found
  fi
  # The CLI downloads the plugins, so it must be there first if they can be downloaded.
  if [[ -z $cli_folder ]] && pulumi_site_answers; then
    build_all pulumi
    built pulumi
    cli_folder=$found
  fi
  local missing=()
  [[ -n $cli_folder ]] || missing+=(pulumi)
  [[ -n $language_folder ]] || missing+=(pulumi-language-nodejs)
  if [[ -z $hcloud_folder ]]; then
    if [[ -n $cli_folder ]] && download_plugin hcloud "$hcloud_version"; then
      hcloud_folder=$found
    else
      missing+=(pulumi-resource-hcloud)
    fi
  fi
  if [[ -z $command_folder ]]; then
    if [[ -n $cli_folder ]] && download_plugin command "$command_version"; then
      command_folder=$found
    else
      missing+=(pulumi-resource-command)
    fi
  fi
  [[ $with_terraform_provider == no || -n $terraform_folder ]] || missing+=(terraform-provider-hcloud)
  build_all "${missing[@]}"
  # Finds the binaries that were just built as it finds those of an earlier run.
  [[ ${#missing[@]} -eq 0 ]] || find_present
}

# A home is named after the files that went into it, so that another file of the same name makes another home.
home_path() {
  local files=(
    "$cli_folder/pulumi" "$language_folder/pulumi-language-nodejs"
    "$hcloud_folder/pulumi-resource-hcloud" "$command_folder/pulumi-resource-command"
  )
  [[ $with_terraform_provider == no ]] || files+=("$terraform_folder/terraform-provider-hcloud")
  printf '%s/homes/%s\n' "$cache" \
    "$(stat -L -c '%n %s %Y' "${files[@]}" | cat - <(echo "$hcloud_version $command_version") | sha256sum | cut -c1-16)"
}

home_is_ready() {
  [[ -n $cli_folder && -n $language_folder && -n $hcloud_folder && -n $command_folder ]] || return 1
  [[ $with_terraform_provider == no || -n $terraform_folder ]] || return 1
  [[ -d $(home_path) ]]
}

assemble_home() {
  local home=$scratch/home extra
  mkdir -p "$home/bin" "$cache/homes"
  cp -L "$cli_folder/pulumi" "$language_folder/pulumi-language-nodejs" "$home/bin/"
  # Official releases have a few helpers next to the CLI, and the language host that is built here is in two parts.
  for extra in "$language_folder"/pulumi-language-nodejs-host "$cli_folder"/pulumi-language-nodejs-exec "$cli_folder"/pulumi-resource-pulumi-nodejs; do
    [[ ! -x $extra ]] || cp -L "$extra" "$home/bin/"
  done
  [[ $with_terraform_provider == no ]] || cp -L "$terraform_folder/terraform-provider-hcloud" "$home/bin/"
  install_plugin hcloud "$hcloud_version" "$hcloud_folder"
  install_plugin command "$command_version" "$command_folder"
  rm -rf "$home/logs"
  mv -T "$home" "$(home_path)"
}

# Pulumi itself installs it, so that the engine finds the plugin by its version and prints nothing about it.
install_plugin() {
  quietly env PULUMI_HOME="$scratch/home" PULUMI_SKIP_UPDATE_CHECK=1 \
    "$scratch/home/bin/pulumi" plugin install resource "$1" "$2" --file "$3/pulumi-resource-$1" || {
    show_log
    fail "pulumi could not install $3/pulumi-resource-$1; the lines above give the reason"
  }
}
