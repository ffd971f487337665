# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# The machines' disk image: a Debian 13 tree, built once for each recipe. Virtual machines have their own one, by the same
# recipe and more.

# Sets `image`, and starts to build it if it isn't there; finish_image waits for it. Its name has a hash of the recipe, so
# an edited recipe makes another image.
start_image() {
  local recipe recipes=("$sandbox/machines/image") hooks=() hash
  [[ $machines == containers ]] || recipes+=("$sandbox/machines/virtual-image")
  for recipe in "${recipes[@]}"; do
    hooks+=(--customize-hook="bash '$recipe/customize.sh' \"\$1\"")
  done
  hash=$(for recipe in "${recipes[@]}"; do
    (cd "$recipe" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
  done | sha256sum | cut -c 1-16)
  image=$cache/images/debian-13-$hash
  image_builder=
  [[ ! -d $image ]] || return 0
  mkdir -p "$cache/images"
  exec 7>"$cache/images.lock"
  flock 7
  # Another run may have made it while this one waited.
  if [[ -d $image ]]; then
    exec 7>&-
    return
  fi
  say "building the machines' Debian 13 image (about a minute, once)"
  # In the run's folder, which the next start removes if this one is interrupted. What it prints goes to a file, because
  # the toolchain reports its progress at the same time.
  kernel_bound mmdebstrap --quiet --mode=root --variant=apt --dpkgopt=force-unsafe-io \
    --include="$(cat "${recipes[@]/%//packages}" | grep -v '^#' | paste --serial --delimiters=,)" \
    "${hooks[@]}" \
    trixie "$run_folder/image" 7>&- >"$run_folder/image.log" 2>&1 </dev/null &
  image_builder=$!
}

finish_image() {
  [[ -n $image_builder ]] || return 0
  if ! wait "$image_builder"; then
    cat "$run_folder/image.log" >&2
    give_up "mmdebstrap could not build the image; the reason is above"
  fi
  # A rename completes it.
  mv --no-target-directory "$run_folder/image" "$image"
  exec 7>&-
}

# Becomes a command whose processes and mounts all end when it ends, or when the shell that has started it does.
kernel_bound() {
  exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
}
