# shellcheck shell=bash disable=SC2154 # run.sh sets the folders
# Packages of PyPI that the private internet's PyPI has: one with a source archive only, and what its build requires.

# Path at PyPI, and SHA-256.
index_packages() {
  cat <<'PACKAGES'
ce/d8/9fdc36b2a912bf78106de4b3f0de3891ff8f369e7a6f80be842b8b0b6bd5/sdnotify-0.3.2.tar.gz 73977fc746b36cc41184dd43c3fe81323e7b8b06c2bb0826c4f59a20c56bb9f1
a3/dc/17031897dae0efacfea57dfd3a82fdd2a2aeb58e0ff71b77b87e44edc772/setuptools-80.9.0-py3-none-any.whl 062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922
PACKAGES
}

# Without them everything else works, so a computer that can't reach PyPI is only warned.
download_index() {
  local path hash folder=$cache/python-index
  mkdir -p "$folder"
  while read -r path hash; do
    index_has "$folder/${path##*/}" "$hash" ||
      download_to_index "$path" "$hash" "$folder" ||
      say "PyPI's ${path##*/} could not be downloaded: a test that installs it will fail"
  done < <(index_packages)
}

index_has() {
  [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"
}

# A rename completes it. The unfinished file is in the run's folder, which is removed with the run.
download_to_index() {
  local file=$run_folder/${1##*/}
  curl --silent --show-error --fail --location --max-time 120 --output "$file" \
    "https://files.pythonhosted.org/packages/$1" </dev/null >&2 || return
  index_has "$file" "$2" || return
  mv "$file" "$3/"
}
