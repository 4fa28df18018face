#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and checks everything; the last line counts what passed and what failed.
#   scripts/test.sh          all: tests, sanitizers, format, clang-tidy, include rules
#   scripts/test.sh --fast   without sanitizers and clang-tidy
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
case ${1-} in
  "") fast=false ;;
  --fast) fast=true ;;
  -h | --help) sed -n '3,5s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" && exit 0 ;;
  *) printf "test: unknown option '%s'; use --fast or --help\n" "$1" >&2 && exit 2 ;;
esac

jobs=$(nproc)
passed=0 failed=0 skipped=0
started=$SECONDS
step() { printf '\n== %s (%d s)\n' "$*" "$((SECONDS - started))"; }
verdict() { # verdict NAME STATUS
  if [[ $2 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf 'FAILED: %s\n' "$1"; fi
}

# build FOLDER TARGET OPTION...: configures the folder and builds a target of it.
build() {
  local folder=$1 target=$2
  shift 2
  "${launcher[@]}" cmake -S . -B "$folder" -G Ninja -DTEMPSWEEP_PYTHON="$root/.venv/bin/python" "$@" &&
    "${launcher[@]}" cmake --build "$folder" --target "$target"
}

# count_tests FOLDER OPTION...: runs ctest and adds up its report; a run without a report is a failure.
count_tests() {
  local folder=$1 report=$1/ctest.xml total=0 bad=0 left=0 status=0
  shift
  rm -f "$report"
  (cd -- "$folder" && "${launcher[@]}" ctest --output-on-failure -j"$jobs" --output-junit ctest.xml "$@") || status=$?
  if [[ -f $report ]]; then
    total=$(sed -n 's/.*[[:space:]]tests="\([0-9]*\)".*/\1/p' "$report" | head -n1)
    bad=$(sed -n 's/.*[[:space:]]failures="\([0-9]*\)".*/\1/p' "$report" | head -n1)
    left=$(sed -n 's/.*[[:space:]]skipped="\([0-9]*\)".*/\1/p' "$report" | head -n1)
  fi
  [[ $status == 0 || $bad != 0 ]] || bad=1
  [[ $total != 0 ]] || bad=1
  passed=$((passed + (total > bad + left ? total - bad - left : 0))) failed=$((failed + bad)) skipped=$((skipped + left))
}

# build_and_test NAME FOLDER TARGET BUILD-OPTION... -- CTEST-OPTION...
build_and_test() {
  local name=$1 folder=$2 target=$3 options=()
  shift 3
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  shift
  step "$name"
  if build "$folder" "$target" "${options[@]}"; then
    count_tests "$folder" "$@"
  else
    verdict "$name: build" 1
  fi
}

sources() { # NUL-separated C++ and CUDA files, of a checkout or of a tarball
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -coz --exclude-standard -- '*.hpp' '*.cpp' '*.cuh' '*.cu' |
      while IFS= read -r -d '' file; do [[ ! -f $file ]] || printf '%s\0' "$file"; done
  else
    find include src kernels tests bench \( -name '*.[ch]pp' -o -name '*.cu' -o -name '*.cuh' \) -print0
  fi
}

status_of() { # status_of NAME COMMAND...: one check
  local name=$1 status=0
  shift
  "$@" || status=$?
  verdict "$name" "$status"
}

check_format() { sources | xargs -0 -r clang-format --dry-run --Werror; }

# The sources that the last commits touched, as a pattern; all of them where there is no history.
changed_lately() {
  local lately=10 files
  files=$(git diff --name-only --diff-filter=d "HEAD~$lately" -- 'src/*.cpp' 'kernels/*.cpp' 2>/dev/null | paste -sd'|' | sed 's/\./\\./g')
  printf '%s' "${files:-(src|kernels)/.*\\.cpp}"
}

check_tidy() {
  local escaped
  escaped=$(python3 -c 'import re, sys; print(re.escape(sys.argv[1]))' "$root")
  # The count of warnings in other people's headers is noise.
  # The path-sensitive analyzer takes most of the time: scripts/test_long.sh runs it, and this on every file.
  run-clang-tidy -quiet -j"$jobs" -p build -checks=-clang-analyzer-\* "^$escaped/($(changed_lately))\$" 2>&1 | sed -u '/warnings\? generated\.$/d;/^clang-tidy/d'
}

launcher=()
step "set up"
scripts/setup.sh --tests

step "format and include rules"
status_of clang-format check_format
status_of check_includes python3 scripts/check_includes.py

# The kernels for one architecture: all of them take minutes, and only this one is looked into (cuda_code).
build_and_test "tests" build all -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=AUTO -DTEMPSWEEP_CUDA_ARCHITECTURES=90 -- -LE mutants

if [[ $fast == false ]]; then
  unit=(-DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" -DTEMPSWEEP_BENCH=OFF -DTEMPSWEEP_CUDA=OFF)
  export UBSAN_OPTIONS=print_stacktrace=1
  build_and_test "unit tests under address and undefined" build-asan unit_tests \
    "${unit[@]}" -DTEMPSWEEP_SANITIZE=address,undefined -- -L '^unit'
  # The thread sanitizer of this compiler needs the old layout of the address space.
  arch=$(uname -m)
  if setarch "$arch" -R true 2>/dev/null; then launcher=(setarch "$arch" -R); fi
  build_and_test "unit tests of threaded code under thread" build-tsan unit_tests_threads \
    "${unit[@]}" -DTEMPSWEEP_SANITIZE=thread -- -L '^unit_threads$'
  launcher=()
  step "clang-tidy"
  status_of clang-tidy check_tidy
fi

step "done"
[[ $skipped == 0 ]] || printf '%d skipped, for want of what they test with; ctest names them above\n' "$skipped"
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed == 0 ]]
