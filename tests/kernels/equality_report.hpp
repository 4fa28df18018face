// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/backend_run.hpp"

namespace tempsweep::testing {

/// Of one metric: how far two backends lie apart.
struct Worst {
  double absolute = 0;
  double relative = 0;
  double either = 0;  ///< the smaller of the two of a point, at most
  std::int64_t points = 0;
  std::int64_t equal = 0;  ///< to the last bit

  void add(double a, double b);
};

/// What one method gave on one set.
struct EqualityReport {
  std::int64_t cases = 0;
  std::int64_t cases_wanted = 0;  ///< more than `cases` where the time was up
  std::int64_t rows = 0;
  std::map<std::string, Worst> metrics;
  std::int64_t counts = 0;
  std::int64_t counts_unequal = 0;
  std::int64_t scans_unequal = 0;

  /// Divergences are taken by 1 + |T − 1|, as the mean logit counts in them, and mean logits by the highest
  /// logit where that is more than 1.
  void compare(const BackendRun& a, const BackendRun& b, const std::vector<double>& temperatures);
  /// Numbers of probabilities and of log16 codes that differ.
  [[nodiscard]] std::int64_t probabilities_unequal() const;
  /// Metrics within what is promised; draws, probabilities and scans equal; something was compared.
  [[nodiscard]] bool good() const;
};

[[nodiscard]] nlohmann::ordered_json as_json(const EqualityReport& report);

/// A line a metric.
void print(const std::string& title, const EqualityReport& report);

}  // namespace tempsweep::testing
