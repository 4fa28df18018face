// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/grid_verdict.hpp"

#include <algorithm>
#include <cmath>

#include "stats/uniformity.hpp"

namespace tempsweep {
namespace {

constexpr double bins_a_decade = 64;
constexpr std::size_t bins = 4096;  ///< down to 1e-64; the last holds what lies below
constexpr double least_cells = 30;
constexpr std::uint64_t least_points = 20;

/// A fixed scrambling of 64 bits (the finaliser of SplitMix64, Steele, Lea & Flood 2014): which points a
/// sample holds must not follow the axes of the grid.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

/// By p, then by place: the order in which points came must not show.
bool before(const Finding& a, const Finding& b) {
  if (a.log10_p != b.log10_p) {
    return a.log10_p < b.log10_p;
  }
  return a.point != b.point ? a.point < b.point : a.test < b.test;
}

/// \returns what is not kept, if anything
std::optional<Finding> keep_smallest(std::vector<Finding>& findings, const Finding& finding,
                                     std::size_t most) {
  findings.insert(std::upper_bound(findings.begin(), findings.end(), finding, before), finding);
  if (findings.size() <= most) {
    return std::nullopt;
  }
  const Finding dropped = findings.back();
  findings.pop_back();
  return dropped;
}

/// A bounded heap: the points whose mixed index is smallest.
void add_to(std::vector<std::pair<std::uint64_t, double>>& sample, std::uint64_t point, double p) {
  sample.emplace_back(mixed(point), p);
  std::push_heap(sample.begin(), sample.end());
  if (sample.size() > GridReferee::most_uniform) {
    std::pop_heap(sample.begin(), sample.end());
    sample.pop_back();
  }
}

}  // namespace

double Resimulation::p() const {
  return static_cast<double>(exceedances + 1) / static_cast<double>(replicates + 1);
}

bool GridVerdict::by_point() const {
  return smallest_adjusted_log10_p < std::log10(alpha / 2);
}

bool GridVerdict::by_uniformity() const {
  return uniformity.p.log10_p < std::log10(alpha / 2);
}

GridReferee::GridReferee(double alpha) : bins_(bins) {
  tally_.alpha = alpha;
}

void GridReferee::tally(TestKind kind, double log10_p, int sign) {
  const auto change = static_cast<std::uint64_t>(std::int64_t{sign});  // modulo 2^64
  TestRates& rates = tally_.rates[static_cast<std::size_t>(kind)];
  for (std::size_t level = 0; level < counted_levels.size(); ++level) {
    rates.rejected[level] += log10_p < std::log10(counted_levels[level]) ? change : 0U;
  }
  bins_[static_cast<std::size_t>(std::clamp(-log10_p * bins_a_decade, 0.0, static_cast<double>(bins - 1)))] +=
      change;
}

void GridReferee::count(std::uint64_t point, TestKind kind, double log10_p) {
  ++tally_.rates[static_cast<std::size_t>(kind)].tested;
  ++tally_.tests;
  tally(kind, log10_p, 1);
  if (test_table[static_cast<std::size_t>(kind)].exact) {
    keep_smallest(exact_, {point, kind, log10_p}, 1);
    return;
  }
  const auto dropped = keep_smallest(approximate_, {point, kind, log10_p}, most_findings);
  if (dropped && (!dropped_ || before(*dropped, *dropped_))) {
    dropped_ = dropped;
  }
}

void GridReferee::add(std::uint64_t point, const PointTests& tests) {
  if (std::isnan(tests.top_count_randomised)) {
    return;
  }
  ++tally_.points;
  if (tests.impossible) {
    tally_.first_impossible =
        tally_.impossible_points == 0 ? point : std::min(point, tally_.first_impossible);
    ++tally_.impossible_points;
    return;
  }
  bool tested = false;
  for (std::size_t k = 0; k < test_count; ++k) {
    if (!std::isnan(tests.log10_p[k])) {
      tested = true;
      count(point, static_cast<TestKind>(k), tests.log10_p[k]);
    }
  }
  tally_.tested_points += tested ? 1U : 0U;
  if (tests.chi_square_cells >= least_cells) {
    ++chi_square_points_;
    add_to(chi_square_, point, tests.chi_square_p);
  }
  ++randomised_points_;
  add_to(randomised_, point, tests.top_count_randomised);
}

Uniformity GridReferee::uniformity() const {
  Uniformity result;
  result.chi_square = chi_square_points_ >= least_points;
  result.points = result.chi_square ? chi_square_points_ : randomised_points_;
  std::vector<double> p;
  for (const auto& [index, value] : result.chi_square ? chi_square_ : randomised_) {
    p.push_back(value);
  }
  if (p.size() >= least_points) {
    result.used = p.size();
    result.distance = stats::distance_from_uniform(p);
    result.p = stats::kolmogorov_tail(stats::stephens_factor(p.size()) * result.distance);
  }
  return result;
}

std::uint64_t GridReferee::discoveries() const {
  // Largest edge t with t m <= q N(p <= t); from the widest t on.
  std::uint64_t below = tally_.tests;
  for (std::size_t i = 0; i < bins; ++i) {
    const double edge = std::pow(10.0, -static_cast<double>(i) / bins_a_decade);
    if (edge * static_cast<double>(tally_.tests) <= discovery_rate * static_cast<double>(below)) {
      return below;
    }
    below -= bins_[i];
  }
  return 0;
}

bool GridReferee::settled(const Finding& finding) const {
  return std::any_of(tally_.resimulated.begin(), tally_.resimulated.end(), [&](const auto& other) {
    return other.finding.point == finding.point && other.finding.test == finding.test;
  });
}

std::optional<Finding> GridReferee::doubtful() const {
  const GridVerdict verdict = this->verdict();
  const auto tests = static_cast<double>(std::max<std::uint64_t>(1, tally_.tests));
  const double threshold = std::log10(tally_.alpha / 2) - std::log10(tests);
  if (verdict.by_impossible() || verdict.by_uniformity() ||
      (!exact_.empty() && exact_[0].log10_p < threshold)) {
    return std::nullopt;
  }
  std::optional<Finding> doubt;
  for (const Finding& finding : approximate_) {
    if (finding.log10_p < threshold && settled(finding)) {
      return std::nullopt;
    }
    if (finding.log10_p < threshold && !doubt) {
      doubt = finding;
    }
  }
  return doubt;
}

void GridReferee::settle(const Finding& finding, const Resimulation& simulation) {
  tally_.resimulated.push_back({finding, simulation});
  const auto place = std::find_if(approximate_.begin(), approximate_.end(), [&](const Finding& f) {
    return f.point == finding.point && f.test == finding.test;
  });
  if (place != approximate_.end() && !simulation.upheld()) {
    tally(finding.test, place->log10_p, -1);
    place->log10_p = std::log10(simulation.p());
    tally(finding.test, place->log10_p, 1);
    std::sort(approximate_.begin(), approximate_.end(), before);
  }
}

GridVerdict GridReferee::verdict() const {
  GridVerdict verdict = tally_;
  std::vector<Finding> all = exact_;
  all.insert(all.end(), approximate_.begin(), approximate_.end());
  if (dropped_) {  // where all that were kept have been refuted, it stands
    all.push_back(*dropped_);
  }
  if (!all.empty()) {
    verdict.smallest = *std::min_element(all.begin(), all.end(), before);
    verdict.smallest_adjusted_log10_p =
        std::min(0.0, verdict.smallest.log10_p + std::log10(static_cast<double>(tally_.tests)));
  }
  verdict.discoveries = discoveries();
  verdict.uniformity = uniformity();
  return verdict;
}

}  // namespace tempsweep
