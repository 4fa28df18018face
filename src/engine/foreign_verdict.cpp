// SPDX-License-Identifier: Apache-2.0
#include "engine/foreign_verdict.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tempsweep/math/integer_law.hpp"
#include "tempsweep/math/multinomial.hpp"
#include "tempsweep/stats/point_law.hpp"
#include "tempsweep/stats/resimulation.hpp"

namespace tempsweep {
namespace {

/// Running sums of the integer law of a point, in its order.
std::vector<std::uint64_t> running_weights(const ClaimedLaw& law) {
  std::vector<double> probability;
  static_cast<void>(make_point_law(law.depth(), law.beta(), probability));
  LawScratch scratch;
  IntegerLaw integers;
  build_integer_law(probability, scratch, integers);
  std::partial_sum(integers.weights.begin(), integers.weights.end(), integers.weights.begin());
  return std::move(integers.weights);
}

Resimulation simulate(const ForeignPoint& point, const ClaimedLaw& law, const Finding& finding, int threads,
                      const ConfirmListener& listener) {
  const std::vector<std::uint64_t> through = running_weights(law);
  const MultinomialLaw integers{through.data(), through.size()};
  const std::uint64_t draws = point.draws - point.impossible_draws;
  const PointCase point_case{law.depth(), {}, law.beta(), draws, {}, 0.5};
  const auto replicate = [&](std::uint64_t number, int, std::span<std::uint64_t> counts) {
    std::fill(counts.begin(), counts.end(), std::uint64_t{0});
    const auto stream = point_stream(number, law.temperature(), static_cast<std::uint32_t>(through.size()),
                                     Purpose::resimulation, static_cast<std::uint64_t>(point.row));
    multinomial_counts(integers, stream, multinomial_root(through.size(), draws), counts.data());
  };
  const std::uint64_t most = most_replicates_of(through.size(), finding.log10_p);
  if (listener) listener(finding, most);
  return resimulate(finding.test, finding.log10_p, point_case, replicate, threads, most);
}

}  // namespace

PointTests tests_of(const ForeignPoint& point) {
  PointTests tests = tests_of(point.statistics);
  tests.impossible = point.impossible_tokens > 0;
  return tests;
}

GridVerdict judge_points(std::span<const ForeignPoint> points, double alpha, const LawOf& law_of, int threads,
                         const ConfirmListener& listener) {
  GridReferee referee(alpha);
  for (std::size_t i = 0; i < points.size(); ++i) referee.add(i, tests_of(points[i]));
  while (const auto finding = referee.doubtful()) {
    referee.settle(*finding,
                   simulate(points[finding->point], law_of(finding->point), *finding, threads, listener));
  }
  return referee.verdict();
}

}  // namespace tempsweep
