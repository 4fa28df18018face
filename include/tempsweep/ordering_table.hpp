// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "tempsweep/core/ordering_axes.hpp"

namespace tempsweep {

/// A metric of the order: one variable with an axis of its own, last in the file.
struct OrderingMetric {
  const char* name;       ///< the command line's and the file's
  const char* long_name;  ///< axis label
  bool counts;            ///< an integer, missing_count where it is missing; else a real number, NaN
  const char* dimension;  ///< and its coordinate variable
  const char* dimension_long_name;
  const char* option;   ///< of the command line, for the levels
  const char* example;  ///< of its value
  std::size_t (*size)(const OrderingAxes&);
  void (*clear)(OrderingAxes&);
};

inline constexpr std::array<OrderingMetric, 4> ordering_table = {{
    {"nucleus_size", "fewest tokens that hold the mass", true, "nucleus_mass", "mass of the nucleus",
     "nucleus-masses", "0.5,0.9,0.95,0.99",
     [](const OrderingAxes& axes) { return axes.nucleus_masses.size(); },
     [](OrderingAxes& axes) { axes.nucleus_masses.clear(); }},
    {"top_k_mass", "probability of the k most probable tokens", false, "top_k", "number of tokens",
     "mass-at-k", "1,10,100", [](const OrderingAxes& axes) { return axes.top_k.size(); },
     [](OrderingAxes& axes) { axes.top_k.clear(); }},
    {"min_p_survivors", "tokens at least min_p times as probable as the top token", true, "min_p",
     "probability relative to that of the top token", "min-p-levels", "0.05,0.1",
     [](const OrderingAxes& axes) { return axes.min_p_levels.size(); },
     [](OrderingAxes& axes) { axes.min_p_levels.clear(); }},
    {"tokens_above", "tokens above this probability", true, "probability_threshold", "probability of a token",
     "thresholds", "0.1", [](const OrderingAxes& axes) { return axes.thresholds.size(); },
     [](OrderingAxes& axes) { axes.thresholds.clear(); }},
}};

}  // namespace tempsweep
