#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what tempsweep needs on Debian 12: packages by apt, Python packages in .venv. A second run does nothing.
#   scripts/setup.sh           to build, run and draw
#   scripts/setup.sh --tests   also what only the tests use (clang-tidy, pytest, R and Octave as readers)
set -euo pipefail

usage() { sed -n '3,5s/^# \{0,3\}//p' "${BASH_SOURCE[0]}"; }
say() { printf 'setup: %s\n' "$*" >&2; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"

tests=false
for word in "$@"; do
  case $word in
    --tests) tests=true ;;
    -h | --help) usage && exit 0 ;;
    *) say "unknown option '$word'; use --tests or --help" && exit 2 ;;
  esac
done

packages=(g++ cmake ninja-build git ca-certificates libhdf5-dev hdf5-tools netcdf-bin libhwy-dev libcxxopts-dev
  libboost-dev libboost-context-dev nlohmann-json3-dev libgtest-dev libbenchmark-dev libfmt-dev libssl-dev libzip-dev libdeflate-dev python3 python3-venv)
tests_packages=(clang-format clang-tidy)
reader_packages=(r-base-core r-cran-ncdf4 octave octave-netcdf)

python_packages=(numpy h5py xarray h5netcdf netCDF4 matplotlib)
tests_python_packages=(scipy pytest)
disassembler_packages=(nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm)

# Prints those of the named packages that are not installed.
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p' || true)
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@" </dev/null
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

can_be_root() {
  [[ $(id -u) == 0 ]] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; }
}

updated=false
apt_install() {
  if [[ $updated == false ]]; then
    updated=true
    as_root apt-get update -q -o Acquire::Retries=3 >&2 || say "apt-get update failed; trying with the lists at hand"
  fi
  as_root apt-get install -q -y --no-install-recommends -o Acquire::Retries=3 "$@" >&2
}

# install_packages required|optional NAME...: a required package that cannot be had ends the run.
install_packages() {
  local need=$1 missing
  shift
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if ! can_be_root; then
    say "these Debian packages are missing, and this user may not install them: ${missing[*]}"
    say "as root: apt-get install ${missing[*]}"
  elif say "installing ${missing[*]}" && apt_install "${missing[@]}"; then
    return 0
  fi
  [[ $need == optional ]] && say "going on without ${missing[*]}: the tests that need them are skipped" && return 0
  exit 1
}

# A venv remembers the folder that it was made in: one that was moved is made again.
make_venv() {
  local python=/usr/bin/python3
  [[ -x $python ]] || python=$(command -v python3) || { say "python3 is missing" && exit 1; }
  if ! grep -qsF -- "$root/.venv" .venv/bin/activate || ! .venv/bin/python -c '' 2>/dev/null; then
    say "making .venv with $python"
    "$python" -m venv --clear .venv
  fi
}

pip_install() {
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@" >&2 || {
    say "pip could not install: $*"
    exit 1
  }
}

# install_python GROUP NAME...: .venv/GROUP.stamp holds the hash of the list that is installed.
install_python() {
  local group=$1 stamp
  shift
  stamp=$({ printf '%s\n' "$root" "$@" && cat pyproject.toml; } | sha256sum)
  [[ $(cat ".venv/$group.stamp" 2>/dev/null) != "$stamp" ]] || return 0
  say "Python packages: $*"
  pip_install "$@"
  printf '%s\n' "$stamp" >".venv/$group.stamp"
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  install_packages required "${packages[@]}"
  command -v ccache >/dev/null || install_packages optional ccache
  if [[ $tests == true ]]; then
    install_packages required "${tests_packages[@]}"
    install_packages optional "${reader_packages[@]}"
  fi
else
  say "no apt here; what has to be installed, by Debian's names: ${packages[*]}"
fi

# The disassembler that the tests read the kernels with, where there is a compiler for them.
install_disassembler() {
  command -v nvcc >/dev/null || [[ -x /usr/local/cuda/bin/nvcc ]] || return 0
  command -v cuobjdump >/dev/null && return 0
  (install_python disassembler "${disassembler_packages[@]}") ||
    say "going on without ${disassembler_packages[*]}: the tests that need them are skipped"
}

make_venv
install_python plots "${python_packages[@]}" -e .
if [[ $tests == true ]]; then
  install_python tests "${tests_python_packages[@]}"
  install_disassembler
fi
