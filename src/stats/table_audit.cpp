// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/table_audit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tempsweep/math/pooling.hpp"
#include "tempsweep/stats/power.hpp"

#include "stats/exact_law.hpp"
#include "stats/moments.hpp"

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A token as the test sees it: its probability, and the table's error q - p.
struct Deviation {
  double probability;
  double error;
};

struct Cells {
  std::size_t number = 0;
  double non_centrality = 0;  ///< n sum (q - p)^2 / p over cells
};

/// Cells of chi_square_test for n draws. `tokens`: p > 0, ascending.
Cells pool(const std::vector<Deviation>& tokens, double n) {
  Cells cells;
  stats::CompensatedSum sum;
  const auto token = [&](std::int64_t i) {
    const Deviation& here = tokens[static_cast<std::size_t>(i)];
    return Cell{n * here.probability, n * here.error};
  };
  pool_tokens(std::ssize(tokens), token, [&](const Cell& cell) {
    sum.add(cell.other / cell.expected * cell.other);
    ++cells.number;
  });
  cells.non_centrality = sum.value();
  return cells;
}

/// From how many draws on the pooled X^2 sees the table: doubling, then halving the exponent's interval.
double visible_from(const std::vector<Deviation>& tokens) {
  power::NonCentralities needed;
  const auto sees = [&](double n) {
    const Cells cells = pool(tokens, n);
    if (cells.number < 2) return false;
    const auto [found, fresh] = needed.try_emplace(cells.number, 0);
    if (fresh) found->second = power::non_centrality(cells.number);
    return cells.non_centrality >= found->second;
  };
  double n = 8;
  while (!sees(n)) {
    n *= 2;
    if (n > 0x1p53) return infinity;
  }
  double low = n / 2;
  for (int i = 0; i < 12; ++i) {
    const double middle = std::sqrt(low * n);
    (sees(middle) ? n : low) = middle;
  }
  return n;
}

/// What a token of p > 0 adds to the audit.
void add_token(std::int64_t token, const Deviation& deviation, bool drawn, double& heaviest,
               TableAudit& audit) {
  const double relative = deviation.error / deviation.probability;
  if (!drawn) {
    ++audit.never_drawn;
    audit.never_drawn_mass += deviation.probability;
  }
  if (std::abs(relative) > std::abs(audit.worst_relative)) {
    audit.worst_token = token;
    audit.worst_relative = relative;
    audit.worst_probability = deviation.probability;
  }
  if (std::abs(relative * deviation.error) > heaviest) {
    heaviest = std::abs(relative * deviation.error);
    audit.heaviest_token = token;
    audit.heaviest_relative = relative;
    audit.heaviest_probability = deviation.probability;
  }
}

}  // namespace

TableAudit audit_table(const ExactLaw& table, const ExactLaw& analytic) {
  TableAudit audit;
  std::vector<Deviation> tokens;
  tokens.reserve(analytic.size());
  stats::CompensatedSum variation;
  stats::CompensatedSum distance;
  double heaviest = 0;
  for (std::size_t i = 0; i < analytic.size(); ++i) {
    const double p = analytic[i].high;
    const double q = table[i].high;
    const double error = (table[i] + -analytic[i]).high;
    variation.add(std::abs(error));
    if (p > 0) {
      tokens.push_back({p, error});
      distance.add(error / p * error);
      add_token(static_cast<std::int64_t>(i), tokens.back(), q > 0, heaviest, audit);
    } else if (q > 0) {
      if (audit.impossible == 0) audit.first_impossible = static_cast<std::int64_t>(i);
      ++audit.impossible;
      audit.impossible_mass += q;
    }
  }
  audit.total_variation = variation.value() / 2;
  audit.chi_square_distance = distance.value();
  std::reverse(tokens.begin(), tokens.end());  // of equals the higher index is the rarer one
  std::stable_sort(tokens.begin(), tokens.end(),
                   [](const Deviation& a, const Deviation& b) { return a.probability < b.probability; });
  const bool testable = tokens.size() > 1 && audit.chi_square_distance > 0;
  audit.visible_from = audit.impossible > 0 ? 1 : testable ? visible_from(tokens) : infinity;
  audit.visible_from_unpooled =
      testable ? power::non_centrality(tokens.size()) / audit.chi_square_distance : infinity;
  return audit;
}

}  // namespace tempsweep
