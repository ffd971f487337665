# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# The Python packages of --python's file: a virtual environment for each such file, made once.

# apt's python3-venv belongs to this one, and not to another that may be first on the PATH.
readonly system_python=/usr/bin/python3

can_make_environments() {
  "$system_python" -c 'import ensurepip, venv' 2>/dev/null
}

# Sets `python` to an interpreter that has the packages, or to nothing without --python.
install_python_packages() {
  local hash environment
  python=
  [[ -n $requirements ]] || return 0
  hash=$({ "$system_python" --version && cat "$requirements"; } | sha256sum | cut -c 1-16)
  environment=$cache/python/$hash
  python=$environment/bin/python
  [[ ! -f $environment/complete ]] || return 0
  mkdir -p "$cache/python"
  (
    flock 5
    # Another run may have made it while this one waited.
    [[ ! -f $environment/complete ]] || exit 0
    say "installing the Python packages of $requirements (pip)"
    rm --recursive --force "$environment"
    {
      "$system_python" -m venv "$environment" &&
        "$python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes \
          --only-binary :all: --requirement "$requirements"
    } 5>&- >&2 </dev/null || exit
    touch "$environment/complete"
  ) 5>"$cache/python.lock" || give_up "pip could not install the packages of $requirements; the reason is above." \
    "It needs a connection to PyPI once."
}
