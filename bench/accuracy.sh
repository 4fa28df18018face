#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All methods over a random corpus against 113-bit direct sums; writes docs/benchmarks/accuracy.md. One core, minutes.
#   bench/accuracy.sh [ROWS] [LOGITS.npy]     (20000; rows of a model that stand among the others)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="${BENCH_BUILD:-$root/build-bench}"
rows="${1:-20000}"
output="${BENCH_OUTPUT:-$root/docs/benchmarks}/accuracy.md"

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=OFF -DTEMPSWEEP_TESTS=ON >/dev/null
cmake --build "$build" --target accuracy_corpus
tables="$(mktemp)"
trap 'rm -f "$tables"' EXIT
status=0
"$build/bin/accuracy_corpus" --rows "$rows" ${2:+--model "$2"} >"$tables" || status=$?
[[ $status -le 1 ]] || exit "$status"

commit="$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)"
[[ -z "$(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null)" ]] || commit="$commit, modified"
mkdir -p "$(dirname "$output")"
{
  cat <<HEAD
<!-- SPDX-License-Identifier: Apache-2.0 -->
# The three methods against 113-bit sums

Random rows of many laws, 1 to 128 256 tokens, each at up to five temperatures between 1e-6 and 1e6, by every method and at
three tolerances; the references are direct sums in \`__float128\`. Promised is the tolerance: nat on entropy, relative on the shifted
Z, ten times it, relative, on variance, heat capacity and slope. 1 is the whole of what is promised. "Own points" are
those whose bits differ from the method below: the others stepped down to it, or had no need of it.
$(date -u +%Y-%m-%d), commit $commit. Written by \`bench/accuracy.sh\`; one row alone: \`accuracy_corpus --row NUMBER\`.

HEAD
  cat "$tables"
} >"$output"
cat "$output"
exit "$status"
