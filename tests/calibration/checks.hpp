// SPDX-License-Identifier: Apache-2.0
// Many checks of one run, judged together: each at 0.1 % divided by their number.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tempsweep::testing {

inline constexpr double family_level = 1e-3;

/// A thing that chance may do, and how probable it was.
struct Check {
  std::string what;
  double p;
};

class Checks {
 public:
  void add(std::string what, double p) { checks_.push_back({std::move(what), p}); }
  /// What must simply hold.
  void require(std::string what, bool holds) {
    if (!holds) {
      broken_.push_back({std::move(what), 0});
    }
  }
  [[nodiscard]] std::size_t size() const { return checks_.size(); }
  /// Those that chance does not explain, and requirements that do not hold.
  [[nodiscard]] std::vector<Check> failed() const;
  [[nodiscard]] double smallest() const;

 private:
  std::vector<Check> checks_;
  std::vector<Check> broken_;
};

/// Exact binomial p-values of x rejections among n at a nominal rate: two-sided (twice the smaller tail), and
/// of too many alone.
[[nodiscard]] double off_nominal(std::uint64_t x, std::uint64_t n, double rate);
[[nodiscard]] double above_nominal(std::uint64_t x, std::uint64_t n, double rate);

}  // namespace tempsweep::testing
