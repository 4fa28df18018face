// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "accuracy/corpus.hpp"
#include "accuracy/reference.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {

/// What is compared. `factor` times the tolerance is allowed; only what is promised can fail a run.
struct Measure {
  const char* name;
  const char* unit;  ///< of the error
  double factor;
  bool promised;
};

enum MeasureId : std::size_t {
  entropy,
  shifted_z,
  variance,
  heat_capacity,
  entropy_slope,
  perplexity,
  log_partition,
  mean_logit,
  top_log_slope,
  collision,
  renyi_half,
  renyi_two,
  divergence,
  measure_count
};

inline constexpr std::array<Measure, measure_count> measures = {
    {{"entropy", "nat", 1, true},
     {"shifted Z", "relative", 1, true},
     {"variance", "relative", 10, true},
     {"heat capacity", "relative", 10, true},
     {"entropy slope", "relative", 10, true},
     {"perplexity", "relative", 2, false},
     {"log partition", "nat, beyond the rounding of βm and of the sum", 1, false},
     {"mean logit", "in units of T, beyond its own rounding", 1, false},
     {"top probability slope", "relative", 10, false},
     {"collision probability", "relative", 10, false},
     {"Rényi entropy ½", "nat", 1, false},
     {"Rényi entropy 2", "nat", 1, false},
     {"divergence from T = 1", "nat, over 1 + |1 − β|T", 1, false}}};

/// One way to evaluate the corpus.
struct Way {
  Method method = Method::direct;
  double tolerance = 1e-12;
};

/// The metrics and orders that judge() reads.
[[nodiscard]] Wanted want_judged(const Way& way);

/// Errors at one temperature, in the measures' units; 0 where the reference is below the normal numbers and
/// so is the value.
using Errors = std::array<double, measure_count>;
[[nodiscard]] Errors errors_at(const BackendRun& run, std::size_t t, double maximum, const Reference& exact,
                               const Reference& unit);
/// The value that errors_at() judged, and what it should be: for messages.
struct Pair {
  double value = 0;
  double exact = 0;
};
[[nodiscard]] Pair judged_pair(const BackendRun& run, std::size_t t, MeasureId id, const Reference& exact);

/// What was seen of one way.
class Tally {
 public:
  explicit Tally(Way way) : way_(way) {}

  /// \param below  the same row by the method that this one steps down to; null: direct
  /// \param verbose  every point on stderr
  void add(const CorpusRow& row, const BackendRun& run, const BackendRun* below, double maximum,
           const std::vector<Reference>& exact, const Reference& unit, bool verbose);

  struct Worst {
    double share = 0;  ///< of what is allowed
    std::uint64_t row = 0;
    double temperature = 0;
  };
  [[nodiscard]] const Way& way() const { return way_; }
  [[nodiscard]] const Worst& worst(MeasureId id) const { return worst_.at(id); }
  /// Of the promised measures, over the rows of one law.
  [[nodiscard]] double worst_of_law(const std::string& law) const;
  /// Worst error as a share of what the backend stated for the row, of entropy and of shifted Z.
  [[nodiscard]] const Worst& entropy_of_bound() const { return of_bound_[0]; }
  [[nodiscard]] const Worst& partition_of_bound() const { return of_bound_[1]; }
  /// Median over rows of `least` to `most` tokens of stated over largest error, rows without any error left
  /// out; of entropy (k = 0) and of shifted Z (1).
  [[nodiscard]] double typical_ratio(std::size_t k, std::size_t least, std::size_t most) const;
  [[nodiscard]] double largest_bound() const { return largest_bound_; }  ///< over the tolerance
  /// Points, and those whose bits are not those of the method below.
  [[nodiscard]] std::int64_t points() const { return points_; }
  [[nodiscard]] std::int64_t own_points() const { return own_points_; }
  [[nodiscard]] std::int64_t violations() const { return violations_; }

 private:
  void raise(Worst& worst, double share, const CorpusRow& row, std::size_t t) const;
  void judge_bound(const CorpusRow& row, const BackendRun& run, const std::vector<Errors>& errors,
                   const std::vector<Reference>& exact);

  Way way_;
  std::array<Worst, measure_count> worst_{};
  std::array<Worst, 2> of_bound_{};
  std::array<std::vector<std::pair<std::size_t, double>>, 2> ratios_{};  ///< by vocabulary
  std::vector<std::pair<std::string, double>> laws_;
  double largest_bound_ = 0;
  std::int64_t points_ = 0;
  std::int64_t own_points_ = 0;
  std::int64_t violations_ = 0;
};

}  // namespace tempsweep::testing
