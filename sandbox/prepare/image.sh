# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# The machines' disk image: a Debian 13 tree, built once for each recipe.

# Sets `image`. Its name has a hash of the recipe, so an edited recipe makes another image.
build_image() {
  local recipe=$sandbox/machines/image hash
  hash=$(cd "$recipe" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -c 1-16)
  image=$cache/images/debian-13-$hash
  [[ -d $image ]] && return
  mkdir -p "$cache/images"
  # Not in a subshell: if this shell is killed, a subshell would go on, and the build with it.
  exec 7>"$cache/images.lock"
  flock 7
  # Another run may have made it while this one waited.
  if [[ ! -d $image ]]; then
    say "building the machines' Debian 13 image (about a minute, once)"
    # In the run's folder, which the next start removes if this one is interrupted. A rename completes it.
    kernel_bound mmdebstrap --quiet --mode=root --variant=apt --dpkgopt=force-unsafe-io \
      --include="$(grep -v '^#' "$recipe/packages" | paste --serial --delimiters=,)" \
      --customize-hook="bash '$recipe/customize.sh' \"\$1\"" \
      trixie "$run_folder/image" 7>&- >&2 </dev/null ||
      give_up "mmdebstrap could not build the image; the reason is above"
    mv --no-target-directory "$run_folder/image" "$image"
  fi
  exec 7>&-
}

# Runs a command whose processes and mounts all end when it or this shell does.
kernel_bound() {
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
}
