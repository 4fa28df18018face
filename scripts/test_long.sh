#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What takes too long for every change: tests that are marked long, faults planted in the kernels, clang-tidy with its analyzer
# on every file, and all unit tests again and again, shuffled.
#   scripts/test_long.sh [REPEATS]   (20)
# Tests that read TEMPSWEEP_LONG=1 run at their larger size; tests with the ctest label `long` run too.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
repeats=${1:-20}
[[ $repeats =~ ^[1-9][0-9]*$ ]] || { printf 'test_long: REPEATS is a number from 1, not %s\n' "$repeats" >&2 && exit 2; }
export TEMPSWEEP_LONG=1

scripts/setup.sh --tests
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_PYTHON="$root/.venv/bin/python"
cmake --build build

passed=0 failed=0
verdict() { # verdict NAME STATUS
  if [[ $2 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf 'FAILED: %s\n' "$1"; fi
}

printf '\n== every test once, in random order, long ones included\n'
status=0
ctest --test-dir build --output-on-failure --schedule-random -j"$(nproc)" || status=$?
verdict "ctest in random order" "$status"

# Many rounds in one process find tests that lean on one another or leak.
for program in build/bin/*_test; do
  printf '\n== %s, %s shuffled rounds\n' "$program" "$repeats"
  status=0
  "$program" --gtest_brief=1 --gtest_shuffle --gtest_repeat="$repeats" --gtest_break_on_failure=0 >build/rounds.log 2>&1 || status=$?
  [[ $status == 0 ]] || cat build/rounds.log
  verdict "$program" "$status"
done
rm -f build/rounds.log

printf '\n== clang-tidy with its path-sensitive analyzer\n'
status=0
run-clang-tidy -quiet -j"$(nproc)" -p build '/(src|kernels)/.*\.cpp$' 2>&1 | sed -u '/warnings\? generated\.$/d;/^clang-tidy/d' || status=$?
verdict clang-tidy "$status"

printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed == 0 ]]
