#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a folder that checks the CUDA backend on another machine: programs, libraries, data, scripts; at most 64 MiB.
#   scripts/make_bundle.sh [OUTPUT_DIR]     default out/gpu-bundle; run there: OUTPUT_DIR/scripts/gpu_check.sh
#     --architectures LIST                  CUDA architectures to build for (default 90)
#     --all-architectures                   the project's own list
#     --allow-missing                       go on without programs that this source does not build
#     --build-dir DIR                       default build-bundle
#     --no-build                            take the programs that are in the build folder
set -euo pipefail

usage() { sed -n '3,9s/^# \{0,3\}//p' "${BASH_SOURCE[0]}"; }
say() { printf 'make_bundle: %s\n' "$*" >&2; }
fail() { say "$*" && exit 1; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
output=$root/out/gpu-bundle build=$root/build-bundle architectures=90 allow_missing=false do_build=true
while [[ $# -gt 0 ]]; do
  case $1 in
    --architectures) architectures=${2:?--architectures needs a list} && shift ;;
    --all-architectures) architectures=all ;;
    --allow-missing) allow_missing=true ;;
    --build-dir) build=$(realpath -m -- "${2:?--build-dir needs a folder}") && shift ;;
    --no-build) do_build=false ;;
    -h | --help) usage && exit 0 ;;
    -*) say "unknown option '$1'; see --help" && exit 2 ;;
    *) output=$(realpath -m -- "$1") ;;
  esac
  shift
done

limit_bytes=$((64 * 1024 * 1024))
programs=(tempsweep backend_cuda_test backend_cuda_host_test cuda_equality gpu_roofs bench_cuda result_digest)
data=(oracle presets wikitext2_excerpt)

# Sees that an older folder is one of ours before it is removed.
clear_output() {
  if [[ -e $output ]]; then
    [[ -z $(ls -A -- "$output") || -f $output/VERSION ]] || fail "$output is neither empty nor a bundle: not touched"
    rm -rf -- "$output"
  fi
  mkdir -p -- "$output"/{bin,lib/runtime,data,scripts,bench}
  printf 'commit: unknown, the bundle is not complete\n' >"$output/VERSION"
}

# The old kind of run path holds for the libraries of libraries too.
build_programs() {
  local options=(-DCMAKE_BUILD_TYPE=Release -DTEMPSWEEP_CUDA=ON -DTEMPSWEEP_CUDA_SMALL=ON -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON
    '-DCMAKE_INSTALL_RPATH=$ORIGIN/../lib' -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags) wanted=() name targets
  [[ $architectures == all ]] || options+=("-DTEMPSWEEP_CUDA_ARCHITECTURES=$architectures")
  [[ $architectures != all ]] || options+=(-UTEMPSWEEP_CUDA_ARCHITECTURES)
  cmake -S "$root" -B "$build" -G Ninja "${options[@]}"
  targets=$(ninja -C "$build" -t targets all)
  for name in "${programs[@]}"; do
    if grep -qE -- "^$name: phony" <<<"$targets"; then wanted+=("$name"); fi
  done
  cmake --build "$build" --target "${wanted[@]}"
}

copy_programs() {
  local name
  for name in "${programs[@]}"; do
    if [[ -x $build/bin/$name ]]; then
      cp -- "$build/bin/$name" "$output/bin/"
      strip -- "$output/bin/$name"
    elif [[ $allow_missing == true ]]; then
      say "left out: $name, which this build does not have"
    else
      fail "$build/bin/$name is missing; --allow-missing goes on without it"
    fi
  done
}

# Every machine has the C library; its parts only work together and stay out. The C++ runtime goes into a folder of
# its own, which gpu_check.sh turns to where the machine's is older.
copy_libraries() {
  local library name libraries
  libraries=$(libraries_of "$output"/bin/*)
  while read -r library; do
    name=$(basename -- "$library")
    case $name in
      '' | ld-linux* | libc.so* | libm.so* | libmvec.so* | libresolv.so*) ;;
      libdl.so* | libpthread.so* | librt.so* | libutil.so* | libnss_*) ;;
      libcuda.so*) fail "a program links libcuda.so, which belongs to the driver" ;;
      libstdc++.so* | libgcc_s.so* | libgomp.so*) cp -L -- "$library" "$output/lib/runtime/" ;;
      *) cp -L -- "$library" "$output/lib/" ;;
    esac
  done <<<"$libraries"
}

libraries_of() {
  local listed
  listed=$(ldd "$@" 2>/dev/null || true)
  ! grep -F 'not found' <<<"$listed" >&2 || fail "a library of the programs is not installed"
  sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' <<<"$listed" | sort -u
}

copy_rest() {
  local name
  for name in "${data[@]}"; do
    cp -R -- "$root/data/$name" "$output/data/"
  done
  cp -- "$root"/scripts/gpu_check.sh "$root"/scripts/gpu_check*.py "$output/scripts/"
  cp -- "$root/bench/gpu_peers.py" "$output/bench/"
  cp -- "$root/LICENSE" "$output/"
}

# The newest version of the C library that anything here asks for: the machine must have it.
newest_glibc() {
  find "$output/bin" "$output/lib" -maxdepth 1 -type f -exec objdump -T {} + 2>/dev/null |
    sed -n 's/.*(\?GLIBC_\([0-9.]*\))\?.*/\1/p' | sort -V | tail -n1
}

write_version() {
  local commit=unknown list
  if commit=$(git -C "$root" rev-parse HEAD 2>/dev/null); then
    [[ -z $(git -C "$root" status --porcelain --untracked-files=no) ]] || commit+=' modified'
  fi
  list=$(sed -n 's/^TEMPSWEEP_CUDA_ARCHITECTURES:[A-Z]*=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
  printf '%s\n' "commit: ${commit:-unknown}" "architectures: ${list:-unknown}" "glibc: $(newest_glibc) or newer" \
    >"$output/VERSION"
}

[[ $do_build == false ]] || build_programs
clear_output
copy_programs
copy_libraries
copy_rest
write_version
size=$(du -sb -- "$output" | cut -f1)
printf '%s: %.1f MiB\n' "$output" "$(awk "BEGIN { print $size / 1048576 }")"
[[ $size -le $limit_bytes ]] || fail "more than 64 MiB: build for fewer architectures"
