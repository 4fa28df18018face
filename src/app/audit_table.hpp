// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "tempsweep/stats/table_audit.hpp"

namespace tempsweep::app {

/// A sampler's table as it was read.
struct SamplerTable {
  std::string name;
  std::string layout;  ///< what it was taken for, in words
  ExactLaw law;
};

/// `[cdf:|weights:|alias:]FILE` for a vocabulary of `tokens` tokens.
///
/// FILE is .npy, .csv, .json, .npz[:array], file.h5:/path, or THRESHOLDS,ALIASES. Layouts:
/// - CDF: V + 1 numbers that begin with 0 and ascend, or V that ascend to 1 within 1e-3 (or to anything after
///   `cdf:`); divided by the last one.
/// - weights: V numbers >= 0 that do not ascend (or do, after `weights:`); divided by their sum.
/// - alias: N >= V columns as two arrays, thresholds (floats in [0, 1], or unsigned integers of b bits that
///   stand for t / 2^b) and aliases (integers 0 ... N - 1); or one unsigned array [N, 2] of both.
/// In an .npz or an HDF5 group the arrays are called cdf; weights; threshold (or probability) and alias.
/// \throws InputError: no such layout, or one that could be two
[[nodiscard]] SamplerTable read_table(const std::string& word, std::int64_t tokens);

}  // namespace tempsweep::app
