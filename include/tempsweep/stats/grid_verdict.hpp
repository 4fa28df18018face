// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tempsweep/core/p_value.hpp"
#include "tempsweep/stats/point_tests.hpp"

namespace tempsweep {

/// Levels at which rejections are counted.
inline constexpr std::array<double, 3> counted_levels = {0.05, 0.01, 0.001};
inline constexpr double discovery_rate = 0.05;  ///< of Benjamini and Hochberg

/// A p-value and where it was seen.
struct Finding {
  std::uint64_t point = 0;  ///< index in the grid [vocab_size, row, temperature]
  TestKind test = TestKind::chi_square;
  double log10_p = 0;
};

/// What a re-simulation of a finding saw: of `replicates` draws of the same law by another sampler so many
/// were at least as extreme.
struct Resimulation {
  std::uint64_t replicates = 0;
  std::uint64_t exceedances = 0;
  /// None seen: the approximation stands, with "simulated p < 1e-5" beside it.
  [[nodiscard]] bool upheld() const { return exceedances == 0; }
  /// (exceedances + 1) / (replicates + 1), never below the true p on average.
  [[nodiscard]] double p() const;
};

struct ResimulatedFinding {
  Finding finding;
  Resimulation simulation;
};

struct TestRates {
  std::uint64_t tested = 0;
  std::array<std::uint64_t, counted_levels.size()> rejected{};  ///< p below each level
};

/// Kolmogorov-Smirnov over the grid.
struct Uniformity {
  /// Chi-square at points of 30 cells and more, at least 20 of them; else the randomised binomial of the top
  /// tokens, which is exactly uniform, at every point. Never a mixture.
  bool chi_square = false;
  std::uint64_t points = 0;  ///< that could be used
  std::uint64_t used =
      0;  ///< of them: at most GridReferee::most_uniform; 0 where they are too few for a test
  double distance = 0;
  PValue p{1, 0};  ///< limit law at sqrt(N) + 0.12 + 0.11/sqrt(N) (Stephens 1970); 1 below 20 points
};

struct GridVerdict {
  double alpha = 1e-3;
  std::uint64_t points = 0;         ///< judged
  std::uint64_t tested_points = 0;  ///< with a test at all
  std::uint64_t tests = 0;
  std::array<TestRates, test_count> rates{};
  std::uint64_t discoveries = 0;  ///< tests that Benjamini and Hochberg reject at `discovery_rate`
  Finding smallest;               ///< re-simulated where it was not upheld; log10_p 0 when nothing was tested
  double smallest_adjusted_log10_p = 0;  ///< Bonferroni over all tests
  std::vector<ResimulatedFinding> resimulated;
  Uniformity uniformity;
  std::uint64_t impossible_points = 0;
  std::uint64_t first_impossible = 0;  ///< index of the first of them

  [[nodiscard]] bool by_impossible() const { return impossible_points > 0; }
  [[nodiscard]] bool by_point() const;
  [[nodiscard]] bool by_uniformity() const;
  /// A token of probability 0 was drawn, or the smallest adjusted p or the grid's KS p is below alpha/2.
  [[nodiscard]] bool rejected() const { return by_impossible() || by_point() || by_uniformity(); }
};

/// Collects the points of a grid in any order and gives one verdict. Memory is bounded, 0.5 MB however many
/// points: the smallest p-values are kept; p-values are counted in bins of 1/64 decade, so that Benjamini and
/// Hochberg's threshold is the next bin edge below theirs; the KS test takes all points up to most_uniform,
/// beyond that those whose mixed index is smallest. A larger sample would see the approximation's own error
/// (0.002 at 30 cells), not the sampler's.
class GridReferee {
 public:
  static constexpr std::size_t most_uniform = 10000;
  static constexpr std::size_t most_findings = 32;

  explicit GridReferee(double alpha);

  /// \param point  index in the grid; each once
  void add(std::uint64_t point, const PointTests& tests);

  /// The finding that a rejection would rest on and that must be re-simulated first: the smallest p of a test
  /// that is not exact, its adjusted p below alpha/2. None when there is no rejection, when an exact test, a
  /// token of probability 0 or the grid's KS rejects anyway, or when a re-simulated finding does.
  [[nodiscard]] std::optional<Finding> doubtful() const;
  /// Replaces a finding's p by the simulated one unless it was upheld.
  void settle(const Finding& finding, const Resimulation& simulation);

  [[nodiscard]] GridVerdict verdict() const;

 private:
  using Sample = std::vector<std::pair<std::uint64_t, double>>;  ///< a heap of mixed index and p

  void count(std::uint64_t point, TestKind kind, double log10_p);
  /// Adds a p-value to the rates and the bins, or takes it out of them.
  void tally(TestKind kind, double log10_p, int sign);
  [[nodiscard]] bool settled(const Finding& finding) const;
  [[nodiscard]] Uniformity uniformity() const;
  [[nodiscard]] std::uint64_t discoveries() const;

  GridVerdict tally_;
  std::vector<Finding> exact_;        ///< the smallest, at most one
  std::vector<Finding> approximate_;  ///< ascending, at most most_findings
  std::optional<Finding> dropped_;    ///< the smallest that did not fit there
  std::vector<std::uint64_t> bins_;
  std::uint64_t chi_square_points_ = 0;
  std::uint64_t randomised_points_ = 0;
  Sample chi_square_;
  Sample randomised_;
};

}  // namespace tempsweep
