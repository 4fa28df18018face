// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {

/// The tests of a point that a verdict may rest on.
enum class TestKind : std::uint8_t { chi_square, temperature, top_count, max_residual };

struct TestFacts {
  const char* name;       ///< in reports and JSON
  const char* long_name;  ///< in a sentence
  bool exact;  ///< its tail is that of its law; else the p is re-simulated before a verdict rests on it
};
inline constexpr std::array<TestFacts, 4> test_table = {{
    {"chi_square", "chi-square", false},
    {"temperature", "score along temperature", false},
    {"top_count", "draws of the top token", true},
    {"max_residual", "largest residual", true},
}};
inline constexpr std::size_t test_count = test_table.size();

/// A point's p-values as the grid's verdict takes them.
struct PointTests {
  std::array<double, test_count> log10_p{};  ///< by TestKind; NaN: no such test here
  double chi_square_cells = 0;
  double chi_square_p = 1;
  double top_count_randomised = 0;
  bool impossible = false;  ///< a token of probability 0 was drawn
};

/// The statistics that PointTests is made of, as a result file stores them.
struct StoredTests {
  double chi_square_dof, chi_square_p_value, chi_square_log10_p, score_log10_p, likelihood_root_log10_p,
      top_count_log10_p, top_count_randomised_p_value, max_residual_log10_p;
};

/// Temperature's p is that of the score; below 1e-4, where the normal law of a skewed mean is no longer to be
/// trusted, the larger of it and the likelihood root's. A point that is no law (NaN) has no tests.
[[nodiscard]] PointTests tests_of(const StoredTests& stored);
[[nodiscard]] PointTests tests_of(const PointStatistics& point);

/// log10 p of one test of a point, and nothing else computed: what a re-simulation compares.
[[nodiscard]] double log10_p_of(TestKind kind, const PointCase& point, PointScratch& scratch);

}  // namespace tempsweep
