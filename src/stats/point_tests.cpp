// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/point_tests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tempsweep {
namespace {

constexpr double trusted_log10 = -4;

double temperature_log10(double score, double root) {
  return score >= trusted_log10 || std::isnan(root) ? score : std::max(score, root);
}

}  // namespace

PointTests tests_of(const StoredTests& stored) {
  PointTests tests;
  const double none = std::numeric_limits<double>::quiet_NaN();
  tests.impossible = stored.chi_square_log10_p == -std::numeric_limits<double>::infinity();
  // What cannot happen is its own reason to reject: it would be every test's smallest p.
  const auto unless_impossible = [&](double log10_p) { return tests.impossible ? none : log10_p; };
  tests.log10_p = {unless_impossible(stored.chi_square_dof >= 1 ? stored.chi_square_log10_p : none),
                   unless_impossible(temperature_log10(stored.score_log10_p, stored.likelihood_root_log10_p)),
                   unless_impossible(stored.top_count_log10_p),
                   unless_impossible(stored.max_residual_log10_p)};
  tests.chi_square_cells = stored.chi_square_dof + 1;
  tests.chi_square_p = stored.chi_square_p_value;
  tests.top_count_randomised = stored.top_count_randomised_p_value;
  return tests;
}

PointTests tests_of(const PointStatistics& point) {
  return tests_of(StoredTests{point.chi_square.dof, point.chi_square.p_value, point.chi_square.log10_p,
                              point.temperature.score_p.log10_p, point.temperature.root_p.log10_p,
                              point.top_count.log10_p, point.top_count_randomised, point.residual.p.log10_p});
}

double log10_p_of(TestKind kind, const PointCase& point, PointScratch& scratch) {
  const auto law_of = [&] {
    return point.probability.empty() ? make_point_law(point.depth, point.beta, scratch.probability)
                                     : make_point_law(point.depth, point.beta, point.probability);
  };
  switch (kind) {
    case TestKind::chi_square:
      return chi_square_test(law_of().probability, point.counts, point.n, scratch.chi_square).log10_p;
    case TestKind::temperature: {
      const auto score = score_temperature(law_of(), point.counts, point.n);
      return temperature_log10(score.score_p.log10_p, score.root_p.log10_p);
    }
    case TestKind::top_count:
    case TestKind::max_residual:
      break;
  }
  return tests_of(judge_point(point, scratch)).log10_p[static_cast<std::size_t>(kind)];
}

}  // namespace tempsweep
