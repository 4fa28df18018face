// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/backend.hpp"

namespace tempsweep::bench {

/// Normal logits (deviation 3) in float32, log-spaced temperatures from 0.05 to 5, results in memory.
struct SweepCase {
  Method method = Method::automatic;
  std::int64_t rows = 1;
  std::int64_t vocabulary = 128256;
  std::int64_t temperatures = 1024;
  int digits = 12;  ///< −log10 of the tolerance
  int threads = 1;
  bool all_metrics = false;  ///< whatever needs no labels, instead of the default ones
};

/// \param text  the fields by commas: METHOD,ROWS,VOCABULARY,TEMPERATURES,DIGITS,THREADS[,all]
/// \throws InputError
[[nodiscard]] SweepCase parse_sweep_case(const char* text);

/// Makes it a benchmark of the program, `sweep/TEXT`, in real time; its label says which methods it takes.
void add_sweep_case(const char* text);

}  // namespace tempsweep::bench
