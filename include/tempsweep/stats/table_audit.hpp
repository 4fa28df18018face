// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/math/double_double.hpp"

namespace tempsweep {

// What a sampler's table says it will draw, without drawing. Laws are double-doubles, about 100 bits: tables
// in doubles, floats or integers of 64 bits are held exactly, and so are the differences of neighbours.

/// One probability a token; the sum is 1 to about 2^-90.
using ExactLaw = std::vector<DoubleDouble>;

/// softmax(l / T) with beta = fl(1/T), T = 0 and infinity included; `kept` as long as `logits`, or empty for
/// all: the law renormalised on tokens with kept != 0. Masked tokens (-inf) have probability 0, and so have
/// those more than 708 nat below the top. Relative error about 2^-85.
/// \pre something is kept and unmasked; no NaN, no +inf; T >= 0
[[nodiscard]] ExactLaw exact_softmax(std::span<const double> logits, double temperature,
                                     std::span<const std::uint8_t> kept = {});

// Laws of tables over `tokens` tokens. \throws InputError naming `name`, the entry and the value.

/// `table`: V entries F_1 ... F_V, or V + 1 with F_0 = 0 before them, ascending. Token i has (F_i - F_(i-1))
/// / F_V.
[[nodiscard]] ExactLaw law_of_cdf(std::span<const DoubleDouble> table, std::size_t tokens,
                                  const std::string& name);
/// `table`: V weights >= 0. Token i has w_i / sum w.
[[nodiscard]] ExactLaw law_of_weights(std::span<const DoubleDouble> table, std::size_t tokens,
                                      const std::string& name);
/// N >= V columns, each chosen with probability 1/N: column j gives token j with probability keep[j], in [0,
/// 1], and token alias[j] else. Columns from V on are padding: nothing may be left of them.
[[nodiscard]] ExactLaw law_of_alias(std::span<const DoubleDouble> keep, std::span<const std::int64_t> alias,
                                    std::size_t tokens, const std::string& name);

/// A table's law q against the analytic law p.
struct TableAudit {
  double total_variation = 0;      ///< sum |q - p| / 2
  double chi_square_distance = 0;  ///< D = sum (q - p)^2 / p over tokens of p > 0
  std::int64_t never_drawn = 0;    ///< tokens of p > 0 and q = 0
  double never_drawn_mass = 0;     ///< their p
  std::int64_t impossible = 0;     ///< tokens of p = 0 and q > 0
  double impossible_mass = 0;      ///< their q
  std::int64_t first_impossible = -1;
  std::int64_t worst_token = -1;     ///< with the largest |q - p| / p; -1 when q = p throughout
  double worst_relative = 0;         ///< (q - p) / p of it
  double worst_probability = 0;      ///< p of it
  std::int64_t heaviest_token = -1;  ///< with the largest part (q - p)^2 / p of D
  double heaviest_relative = 0;
  double heaviest_probability = 0;
  /// Draws from which Pearson's X^2 at 5 % sees the table with a chance of 80 % (non-central chi-square):
  /// cells pooled at n p >= 5, as chi_square_test does; infinity beyond 2^53. 1 where something impossible is
  /// drawn at all.
  double visible_from = 0;
  double visible_from_unpooled = 0;  ///< the same with a cell for each token of p > 0: lambda(k - 1) / D
};

/// \pre equal lengths
[[nodiscard]] TableAudit audit_table(const ExactLaw& table, const ExactLaw& analytic);

}  // namespace tempsweep
