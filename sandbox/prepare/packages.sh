# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# node_modules, as package-lock.json has it; with it comes the pinned Node.

packages_are_current() {
  [[ $project/node_modules/.package-lock.json -nt $project/package-lock.json ]]
}

install_packages() {
  packages_are_current && return
  (
    flock 8
    # Another run may have done it while this one waited.
    packages_are_current && exit
    say "installing the packages of package-lock.json (npm ci)"
    cd "$project" && npm ci --no-audit --no-fund 8>&- >&2 </dev/null || exit
    touch "$project/node_modules/.package-lock.json"
  ) 8>"$cache/packages.lock" || give_up "npm ci failed; its reason is above"
}
