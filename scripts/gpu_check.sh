#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks and measures the CUDA backend on the card of this machine, in a bundle or in a checkout with a build.
#   scripts/gpu_check.sh [OUT]            needs the card's driver, bash and python3; at most 9 minutes
#   scripts/gpu_check.sh --parts LIST     only these parts (--list names them); --budget SECONDS for all together
#   scripts/gpu_check.sh --dry-run [OUT]  without a card: the kernels on the CPU, small; everything of the card is "not run yet"
# Writes OUT/gpu-check.json and gpu-check.md (OUT: out/gpu-check). Exit status: see gpu_check.py; --help: options.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
python=${TEMPSWEEP_CHECK_PYTHON:-python3}
command -v "$python" >/dev/null || { printf 'gpu_check: %s is not installed\n' "$python" >&2 && exit 2; }
export TEMPSWEEP_DATA_DIR=${TEMPSWEEP_DATA_DIR:-$root/data}
# A bundle carries the C++ runtime that it was built with, for machines whose own is older.
if [[ -d $root/lib/runtime ]] && ! "$root/bin/tempsweep" --version >/dev/null 2>&1; then
  export TEMPSWEEP_LIBRARY_PATH=$root/lib/runtime
fi
export PYTHONDONTWRITEBYTECODE=1
exec "$python" "$root/scripts/gpu_check.py" "$@"
