# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# node_modules, as package-lock.json has it; with it comes the pinned Node.

# The folder with the lock file that covers the sandbox: its own, or the workspace's that it is in.
packages=$sandbox
[[ -f $packages/package-lock.json ]] || packages=$(dirname -- "$sandbox")

install_packages() {
  npm_ci "$packages" fastify
  [[ $project -ef $packages || ! -f $project/package-lock.json ]] || npm_ci "$project"
}

# npm_ci FOLDER [PACKAGE]: the packages of a lock file, complete if PACKAGE is there, which is only for development.
npm_ci() {
  packages_are_current "$@" && return
  (
    flock 8
    # Another run may have done it while this one waited.
    packages_are_current "$@" && exit
    say "installing the packages of $1/package-lock.json (npm ci)"
    cd "$1" && npm ci --no-audit --no-fund --loglevel=error 8>&- >&2 </dev/null || exit
    touch node_modules/.package-lock.json
  ) 8>"$cache/packages.lock" || give_up "npm ci failed; the reason is above"
}

# What `npm ci --omit=dev` has installed, as a user of the product does, isn't enough.
packages_are_current() {
  [[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] &&
    [[ -z ${2:-} || -d $1/node_modules/$2 ]]
}
