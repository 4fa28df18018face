#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds bench_direct, sets up the peers in .venv-bench, runs all of them in turn, and writes cpu-direct.{md,json} and
# sampling.{md,json} in docs/benchmarks.   bench/run.sh [rounds]      (default 5; run on a quiet machine)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="${BENCH_BUILD:-$root/build-bench}"
venv="${BENCH_VENV:-$root/.venv-bench}"

if [[ -z "${BENCH_BUILD:-}" ]]; then
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=OFF -DTEMPSWEEP_TESTS=OFF >/dev/null
  cmake --build "$build" --target bench_direct
fi

# The distribution's CPU build of PyTorch; without it its lines are left out.
if ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
  if [[ $(id -u) == 0 ]]; then
    apt-get install -y -qq --no-install-recommends python3-torch >/dev/null || true
  fi
  /usr/bin/python3 -c 'import torch' 2>/dev/null || echo "run.sh: python3-torch is not installed; its lines are left out" >&2
fi
[[ -x "$venv/bin/python" ]] || /usr/bin/python3 -m venv --system-site-packages "$venv"
"$venv/bin/python" -c 'import numpy' 2>/dev/null || "$venv/bin/pip" install --quiet numpy

for table in peers:cpu-direct samplers:sampling; do
  "$venv/bin/python" "$root/bench/compare_${table%%:*}.py" --bench "$build/bin/bench_direct" --rounds "${1:-5}" \
    --output "$root/docs/benchmarks/${table#*:}"
done
