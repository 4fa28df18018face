// SPDX-License-Identifier: Apache-2.0
// What a point's tokens and draws add up to, in one order on every machine. `Row` holds the point in the
// order of its logits; `Team` is who adds: a block of threads, of which all call everything here, or the
// host. It offers
//   sums<P>(begin, end, terms)    sums of the P terms of each place, by lanes (lane_sums.hpp)
//   last_where(begin, end, test)  the last place that passes, begin - 1 where none does
//   pool(tokens, cell)            a Pooling: cells of the tokens that are none by themselves
//   largest(end, value)           the first place of the largest value
//   rank(end, bound, value)       the CellRanking of the values, each at most its bound
#pragma once

#include <cmath>

#include "tempsweep/math/branch_free.hpp"
#include "tempsweep/math/cell_sums.hpp"
#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/lane_sums.hpp"
#include "tempsweep/math/pooling.hpp"
#include "tempsweep/math/temperature_family.hpp"

namespace tempsweep {

/// Tokens with p > 0, a prefix of the order.
template <class Team, class Row>
TEMPSWEEP_DEVICE std::int64_t possible_tokens(Team& team, const Row& row) {
  if (row.given()) {
    return team.last_where(row.ties, row.finite, [row](std::int64_t i) { return row.probability(i) > 0; }) +
           1;
  }
  std::int64_t low = row.ties;
  std::int64_t high = row.finite;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (row.depth(middle) * row.beta <= weight_constant::deepest) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Top, rest and the moments of the depth.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_moments(Team& team, const Row& row, JudgedSums& out) {
  const auto possible = static_cast<std::int64_t>(out.possible);
  const auto first = team.template sums<2>(row.ties, possible, [row](std::int64_t i) {
    const double p = row.probability(i);
    return Terms<2>{{p, p * row.depth(i)}};
  });
  if (row.given()) {
    const auto top =
        team.template sums<1>(0, row.ties, [row](std::int64_t i) { return Terms<1>{{row.probability(i)}}; });
    out.top = top.term[0];
    out.rest = first.term[0];
  }
  const double mean = first.term[1];
  const auto central = team.template sums<2>(row.ties, possible, [row, mean](std::int64_t i) {
    const double p = row.probability(i);
    const double offset = row.depth(i) - mean;
    return Terms<2>{{p * offset * offset, p * offset * offset * offset}};
  });
  out.mean = mean;
  out.variance = central.term[0] + out.top * mean * mean;
  out.third = central.term[1] - out.top * mean * mean * mean;
}

/// The law: all that does not hang on the draws.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_law(Team& team, Row& row, JudgedSums& out) {
  out.n = row.n;
  out.beta = row.beta;
  out.ties = static_cast<double>(row.ties);
  const auto weights = team.template sums<1>(row.ties, row.finite,
                                             [row](std::int64_t i) { return Terms<1>{{row.weight(i)}}; });
  const double rest = weights.term[0];
  const double total = out.ties + rest;
  row.set_total(total);
  out.log_partition = log_reproducible(out.ties) + log1p_reproducible(rest / out.ties);
  out.top = out.ties / total;
  out.rest = rest / total;
  const std::int64_t possible = possible_tokens(team, row);
  out.possible = static_cast<double>(possible);
  out.first = row.probability(0);
  out.rival = row.ties < possible ? row.probability(row.ties) : 0;
  sum_moments(team, row, out);
}

/// Deviation of the draws from their expectation, token by token.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_draws(Team& team, const Row& row, double unit, JudgedSums& out) {
  const auto possible = static_cast<std::int64_t>(out.possible);
  const double n = row.n;
  const std::int64_t seen =
      team.last_where(0, possible, [row](std::int64_t i) { return row.count(i) > 0; }) + 1;
  const auto drawn = team.template sums<5>(0, seen, [row, n, unit](std::int64_t i) {
    const double count = row.count(i);
    const double p = row.probability(i);
    const double share = count / n;
    const double seen_once = count > 0 ? 1.0 : 0.0;
    const double surprisal = branch_free::surprisal(count > 0 ? count : 1.0, n);
    return Terms<5>{{count * (row.depth(i) * unit), std::fabs(share - p),
                     branch_free::half_deviance(count, mean_count(n, p)), share * surprisal, seen_once}};
  });
  const auto unseen =
      team.template sums<1>(seen, possible, [row](std::int64_t i) { return Terms<1>{{row.probability(i)}}; });
  if (row.ties == 1) {
    out.drawn_top = row.count(0);
  } else {
    out.drawn_top =
        team.template sums<1>(0, row.ties, [row](std::int64_t i) { return Terms<1>{{row.count(i)}}; })
            .term[0];
  }
  out.drawn_depth = drawn.term[0];
  out.variation = drawn.term[1] + unseen.term[0];
  out.divergence = drawn.term[2] + n * unseen.term[0];
  out.entropy = drawn.term[3];
  out.distinct = drawn.term[4];
}

/// Of the draws, what a temperature leaves its mark on.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_depths(Team& team, const Row& row, double unit, JudgedSums& out) {
  const auto drawn = team.template sums<2>(0, row.finite, [row, unit](std::int64_t i) {
    const double count = row.count(i);
    return Terms<2>{{count * (row.depth(i) * unit), count}};
  });
  out.drawn_depth = drawn.term[0];
  out.masked = row.n - drawn.term[1];
}

/// What cannot have been drawn, and was.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_impossible(Team& team, const Row& row, double unit, JudgedSums& out) {
  const auto possible = static_cast<std::int64_t>(out.possible);
  out.impossible = out.masked = 0;
  const std::int64_t last =
      team.last_where(possible, row.tokens, [row](std::int64_t i) { return row.count(i) > 0; });
  if (last < possible) {
    return;
  }
  const double n = row.n;
  const auto drawn = team.template sums<5>(possible, last + 1, [row, n, unit](std::int64_t i) {
    const double count = row.count(i);
    const bool masked = i >= row.finite;
    const double surprisal = branch_free::surprisal(count > 0 ? count : 1.0, n);
    return Terms<5>{{masked ? 0.0 : count * (row.depth(i) * unit), count, masked ? count : 0.0,
                     count / n * surprisal, count > 0 ? 1.0 : 0.0}};
  });
  out.drawn_depth += drawn.term[0];
  out.impossible = drawn.term[1];
  out.masked = drawn.term[2];
  out.variation += out.impossible / n;
  out.entropy += drawn.term[3];
  out.distinct += drawn.term[4];
}

/// Depths of the draws are added up in this unit, so that no sum leaves the doubles.
template <class Row>
TEMPSWEEP_HD double depth_unit(const Row& row) {
  return row.depth(row.finite - 1) > 0x1p900 ? 0x1p-100 : 1;
}

/// The temperature that the draws look like; NaN where there is none to fit.
template <class Team, class Row>
TEMPSWEEP_DEVICE void sum_fit(Team& team, const Row& row, double unit, JudgedSums& out) {
  const double finite = out.n - out.masked;
  const double drawn = out.drawn_depth;
  out.fit = {ieee::nan, ieee::nan, ieee::nan};
  out.drawn_depth = out.n > 0 ? drawn / out.n / unit : 0;
  if (row.ties == row.finite || !(finite > 0)) {
    return;
  }
  out.fit =
      fit_family(team, row, out, drawn / finite / unit, unit, [&team, &row, finite, unit](double deepest) {
        const auto above = team.template sums<1>(0, row.finite, [row, deepest, unit](std::int64_t i) {
          return Terms<1>{{row.count(i) * ((deepest - row.depth(i)) * unit)}};
        });
        return above.term[0] / finite / unit;
      });
}

/// Everything.
template <class Team, class Row>
TEMPSWEEP_DEVICE void judge_sums(Team& team, Row& row, JudgedSums& out) {
  const double unit = depth_unit(row);
  sum_law(team, row, out);
  if (row.n > 0) {
    sum_draws(team, row, unit, out);
  } else {
    out.drawn_top = out.drawn_depth = out.variation = out.divergence = out.entropy = out.distinct = 0;
  }
  sum_impossible(team, row, unit, out);
  const auto possible = static_cast<std::int64_t>(out.possible);
  const double n = row.n;
  const auto cells = team.pool(possible, [row, possible, n](std::int64_t i) {
    const std::int64_t place = possible - 1 - i;
    return Cell{n * row.probability(place), row.count(place)};
  });
  rank_cells(team, cells, sum_cells(team, cells, out), out);
  sum_fit(team, row, unit, out);
}

}  // namespace tempsweep
