// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::stats {

#if defined(__x86_64__)
/// The same bits: a fused multiply-add as an instruction, where it would be a call, and longer vectors.
template <class Work>
[[gnu::flatten, gnu::target("avx2,fma")]] void run_fused(const Work& work) {
  work();
}
#endif

/// Runs a loop over a row as quickly as this processor can.
template <class Work>
void run_quickly(const Work& work) {
#if defined(__x86_64__)
  if (static_cast<bool>(__builtin_cpu_supports("avx2")) && static_cast<bool>(__builtin_cpu_supports("fma"))) {
    run_fused(work);
    return;
  }
#endif
  work();
}

}  // namespace tempsweep::stats
