#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds bench_methods and the program, sets up the peers in .venv-bench, runs all of them in turn, and writes
# docs/benchmarks/methods.{md,json,png}.   bench/methods.sh [ROUNDS]      (default 5; run on a quiet machine)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="${BENCH_BUILD:-$root/build-bench}"
venv="${BENCH_VENV:-$root/.venv-bench}"
output="${BENCH_OUTPUT:-$root/docs/benchmarks}/methods"

say() { printf 'methods.sh: %s\n' "$1" >&2; }

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=OFF >/dev/null
cmake --build "$build" --target bench_methods tempsweep

[[ -x "$venv/bin/python" ]] || /usr/bin/python3 -m venv --system-site-packages "$venv"
has() { "$venv/bin/python" -c "import $1" >/dev/null 2>&1; }
install() { timeout 300 "$venv/bin/pip" install --quiet "$@" >/dev/null 2>&1; }
has numpy || install numpy || { say "NumPy cannot be installed, and nothing runs without it" && exit 1; }
for package in scipy jax matplotlib; do
  has "$package" || install "$package" || say "$package cannot be installed; its lines are left out"
done
# PyTorch: the CPU wheel, else the distribution's package.
if ! has torch && ! install torch --index-url https://download.pytorch.org/whl/cpu; then
  if [[ $(id -u) == 0 ]]; then
    timeout 300 apt-get install -y -qq --no-install-recommends python3-torch >/dev/null 2>&1 || true
  fi
  has torch || say "PyTorch cannot be installed; its lines are left out"
fi

exec "$venv/bin/python" "$root/bench/methods.py" --bench "$build/bin/bench_methods" --program "$build/bin/tempsweep" \
  --rounds "${1:-5}" --scratch "$build" --output "$output"
