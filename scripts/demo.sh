#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds tempsweep, runs the walkthrough and a sweep of a real model's logits, and draws both into out/.
# TEMPSWEEP_DATA may name a folder with logits_f16.npy, labels.npy and tokens.txt (or with wikitext2-lm/ that holds
# them); without it the excerpt in data/ is swept.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
data=${TEMPSWEEP_DATA:-}
[[ -z $data || ! -d $data ]] || data=$(cd -- "$data" && pwd)
cd -- "$root"

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'demo: %s\n' "$*" >&2 && exit 2; }

logits=data/wikitext2_excerpt/logits.npy
probabilities=(--probabilities log16)
if [[ -n $data ]]; then
  for folder in "$data/wikitext2-lm" "$data"; do
    [[ ! -f $folder/logits_f16.npy ]] || break
  done
  for file in logits_f16.npy labels.npy tokens.txt; do
    [[ -f $folder/$file ]] || fail "TEMPSWEEP_DATA=$data: no $file there, nor in wikitext2-lm/ below it; unset it to use the excerpt in data/"
  done
  logits=$folder/logits_f16.npy
  probabilities=() # 512 rows of them would take gigabytes
fi
inputs=$(dirname -- "$logits")

step "set up"
scripts/setup.sh
step "build"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_PYTHON="$root/.venv/bin/python" >build.log 2>&1 || {
  cat build.log >&2 && rm -f build.log && exit 1
}
rm -f build.log
cmake --build build --target tempsweep

tempsweep=build/bin/tempsweep
python=.venv/bin/python
mkdir -p out

step "experiment 1: one step of text generation at several temperatures"
"$tempsweep" experiment1 -o out/

# sweep OUTPUT OPTION...: 64 temperatures from 0.05 to 5.
sweep() {
  local output=$1
  shift
  "$tempsweep" sweep "$logits" -o "$output" --labels "$inputs/labels.npy" --tokens "$inputs/tokens.txt" \
    --temperatures log:0.05:5:64 --samples 10000 --counts drop --force "$@"
}

step "sweep of $logits"
sweep out/wikitext2_sweep.h5 --vocab 1000,all "${probabilities[@]}"
laws=out/wikitext2_sweep.h5
if [[ ${#probabilities[@]} == 0 ]]; then
  laws=out/wikitext2_row0.h5
  sweep "$laws" --rows 0:1 --vocab all --probabilities log16
fi

step "figures"
"$python" scripts/plot_heatmap.py out/wikitext2_sweep.h5 --kind row --variable entropy --sort -o out/wikitext2_entropy_rows.png
"$python" scripts/plot_heatmap.py "$laws" --kind token --row 0 -o out/wikitext2_tokens.png
"$python" scripts/plot_curves.py out/wikitext2_sweep.h5 --variable entropy,top_probability,cross_entropy \
  -o out/wikitext2_curves.png

# made FILE TEXT: a file that is not there is a failure of this script.
made() {
  [[ -s $1 ]] || fail "$1 was not made"
  printf '  %-34s %s\n' "$1" "$2"
}
step "made in $root"
made out/exp1_temperature.txt "the walkthrough, to read"
made out/exp1_temperature.h5 "its numbers (HDF5, opens as netCDF-4 too)"
made out/exp1_temperature.png "its figure"
made out/wikitext2_sweep.h5 "metrics and draws over vocabulary sizes x rows x temperatures"
[[ $laws == out/wikitext2_sweep.h5 ]] || made "$laws" "row 0 with the whole law at every temperature"
made out/wikitext2_entropy_rows.png "heatmap: entropy over rows x temperature"
made out/wikitext2_tokens.png "heatmap: probability of the top tokens x temperature"
made out/wikitext2_curves.png "entropy, top probability and cross entropy against temperature"
