#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Size and power of the referee over many seeds; writes docs/benchmarks/calibration.md. Ten to twenty minutes on two cores.
#   bench/calibration.sh [LOGITS.npy]     (rows 100 and 300 of a model that stand beside the excerpt's)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="${BENCH_BUILD:-$root/build-bench}"
output="${BENCH_OUTPUT:-$root/docs/benchmarks}/calibration.md"

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=OFF >/dev/null
cmake --build "$build" --target calibration
tables="$(mktemp)"
trap 'rm -f "$tables"' EXIT
commit="$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)"
[[ -z "$(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null)" ]] || commit="$commit, modified"
status=0
started=$SECONDS
"$build/bin/calibration" --complete yes ${1:+--model "$1"} >"$tables" || status=$?
[[ $status -le 1 ]] || exit "$status"

cpu="$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n1)"
mkdir -p "$(dirname "$output")"
{
  cat <<HEAD
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Size and power of the referee

Right samplers must be rejected as often as is said and wrong ones caught. Everything is over fixed seeds, so a run repeats. A check
fails when chance would do it less often than 0.1 % divided by the number of checks.
$(date -u +%Y-%m-%d), commit $commit, $(nproc) cores of ${cpu:-an unnamed CPU}, $((SECONDS - started)) s. Written by
\`bench/calibration.sh\`; ctest runs a short form (label \`calibration\`).

In "Points", three numbers are the rejections in % at 5, 1 and 0.1 %, and the fourth is the Kolmogorov–Smirnov p-value of
uniformity. X² is held to both from 30 cells on, the score from 20 expected draws beside the top, the randomised binomial of the top always; the exact
tests of the top and of the largest residual may reject less often but not more. "–": not promised there.

On the two-level laws ("tail") the score is a function of one count of about 300 draws, so its p-value has steps: Kolmogorov–Smirnov sees them (of 2000 exact
binomials its median is 0.07 and one in a hundred falls below 6e-4), and the three multinomial lines, which share their random words, see the same. The
randomised binomial of that count, which has no steps, is uniform.

In "Planted faults" a fault must be caught at 99 % of the seeds by the verdict at 0.1 %, as given before re-simulation. A fault that bends the law is drawn from
that bent law, computed exactly, by multinomial counts; the alias tables are damaged and drawn from.

HEAD
  cat "$tables"
} >"$output"
cat "$output"
exit "$status"
