// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "tempsweep/core/statistics.hpp"
#include "tempsweep/math/lane_sums.hpp"
#include "tempsweep/math/pooling.hpp"
#include "tempsweep/math/residual_rank.hpp"

namespace tempsweep::stats {

/// Pooled cells in memory.
class CellArrays {
 public:
  CellArrays(const double* expected, const double* observed, std::int64_t count)
      : expected_(expected), observed_(observed), count_(count) {}
  explicit CellArrays(const ChiSquareScratch& cells)
      : CellArrays(cells.expected.data(), cells.observed.data(), std::ssize(cells.expected)) {}
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] CellCount operator()(std::int64_t i) const { return {expected_[i], observed_[i]}; }

 private:
  const double* expected_;
  const double* observed_;
  std::int64_t count_;
};

/// The lanes of math/lane_sums.hpp as arrays.
template <std::size_t terms>
class LaneArrays {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): cleared as far as they are used
  explicit LaneArrays(std::int64_t tokens)
      : used_(static_cast<int>(std::clamp<std::int64_t>(tokens, 0, judge_lanes))) {
    for (std::size_t p = 0; p < terms; ++p) {
      std::fill_n(sum_[p], used_, 0.0);
      std::fill_n(lost_[p], used_, 0.0);
    }
  }
  void add(int lane, const Terms<terms>& term) {
    for (std::size_t p = 0; p < terms; ++p) {
      const DoubleDouble next = two_sum(sum_[p][lane], term.term[p]);
      sum_[p][lane] = next.high;
      lost_[p][lane] += next.low;
    }
  }
  [[nodiscard]] Terms<terms> total() {
    Terms<terms> all{};
    for (std::size_t p = 0; p < terms; ++p) {
      LaneSum total;
      for (int first = 0; first < used_; first += lane_group) {
        total = total.with(meet(p, first, std::min(lane_group, used_ - first)));
      }
      all.term[p] = total.value();
    }
    return all;
  }

 private:
  /// In place, whole halves at a time.
  [[nodiscard]] LaneSum meet(std::size_t p, int first, int count) {
    double* const sum = sum_[p] + first;
    double* const lost = lost_[p] + first;
    for (int distance = lane_group / 2; distance > 0; distance /= 2) {
      for (int i = 0; i + distance < count; ++i) {
        const LaneSum both = LaneSum{sum[i], lost[i]}.with({sum[i + distance], lost[i + distance]});
        sum[i] = both.sum;
        lost[i] = both.lost;
      }
      count = std::min(count, distance);
    }
    return {sum[0], lost[0]};
  }

  int used_;
  double sum_[terms][judge_lanes];
  double lost_[terms][judge_lanes];
};

/// Who adds up on the host: see math/judge_sums.hpp.
class SerialTeam {
 public:
  explicit SerialTeam(ChiSquareScratch& cells) : cells_(cells) {}

  template <std::size_t count, class Term>
  [[nodiscard]] Terms<count> sums(std::int64_t begin, std::int64_t end, const Term& terms) const {
    if (end <= begin) {
      return {};
    }
    LaneArrays<count> lanes(end - begin);
    std::int64_t first = begin;
    for (; first + judge_lanes <= end; first += judge_lanes) {
      for (int lane = 0; lane < judge_lanes; ++lane) {
        lanes.add(lane, terms(first + lane));
      }
    }
    const auto rest = static_cast<int>(end - first);
    for (int lane = 0; lane < rest; ++lane) {
      lanes.add(lane, terms(first + lane));
    }
    return lanes.total();
  }

  template <class Test>
  [[nodiscard]] std::int64_t last_where(std::int64_t begin, std::int64_t end, const Test& test) const {
    while (end > begin && !test(end - 1)) {
      --end;
    }
    return end - 1;
  }

  template <class Token>
  [[nodiscard]] CellArrays pool(std::int64_t tokens, const Token& token) {
    cells_.expected.resize(static_cast<std::size_t>(tokens));
    cells_.observed.resize(static_cast<std::size_t>(tokens));
    double* const expected = cells_.expected.data();
    double* const observed = cells_.observed.data();
    std::size_t made = 0;
    pool_tokens(tokens, token, [&](const Cell& cell) {
      expected[made] = cell.expected;
      observed[made++] = cell.other;
    });
    cells_.expected.resize(made);
    cells_.observed.resize(made);
    return CellArrays(cells_);
  }

  template <class Value>
  [[nodiscard]] std::int64_t largest(std::int64_t end, const Value& value) const {
    std::array<double, 16> lanes{};
    lanes.fill(-1);
    for (std::int64_t first = 0; first < end; first += std::ssize(lanes)) {
      const auto count = static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(lanes), end - first));
      for (std::size_t lane = 0; lane < count; ++lane) {
        const double here = value(first + static_cast<std::int64_t>(lane));
        lanes[lane] = here > lanes[lane] ? here : lanes[lane];
      }
    }
    const double best = *std::max_element(lanes.begin(), lanes.end());
    std::int64_t place = 0;
    while (place + 1 < end && value(place) != best) {
      ++place;
    }
    return place;
  }

  template <class Bound, class Value>
  [[nodiscard]] CellRanking rank(std::int64_t end, const Bound& bound, const Value& value) const {
    CellRanking ranking;
    for (std::int64_t i = 0; i < end; ++i) {
      if (bound(i) > ranking.least()) {
        ranking.add(value(i), i);
      }
    }
    return ranking;
  }

 private:
  ChiSquareScratch& cells_;
};

}  // namespace tempsweep::stats
