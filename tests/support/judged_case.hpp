// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep::testing {

/// A row in order, and counts of its tokens at some temperatures.
struct JudgedCase {
  std::vector<double> logits;
  std::vector<double> temperatures;
  std::vector<std::vector<std::uint64_t>> counts{};  ///< by token, one a temperature; all of one sum
  std::int64_t left = INT64_MAX;                     ///< survivors of a truncation
  std::vector<std::uint64_t> shares{};               ///< of a table, by token, or empty

  [[nodiscard]] std::uint64_t draws() const {
    return std::accumulate(counts[0].begin(), counts[0].end(), std::uint64_t{0});
  }
};

struct OrderedLogits {
  explicit OrderedLogits(const std::vector<double>& logits) : order(logits.size()) {
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return logits[a] > logits[b]; });
    ScanPart part;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      part.add(logits[i], static_cast<std::int64_t>(i));
      depths.push_back(token_depth(logits[order[0]], logits[order[i]]));
    }
    scan = part.finish();
  }
  std::vector<std::uint32_t> order;
  std::vector<double> depths;
  RowScan scan;
};

/// What the CPU makes of point t.
inline JudgedSums sums_of_cpu(const JudgedCase& one, std::size_t t) {
  const OrderedLogits row(one.logits);
  std::vector<double> depths = row.depths;
  const std::int64_t left = std::min<std::int64_t>(one.left, std::ssize(depths));
  std::fill(depths.begin() + left, depths.end(), ieee::infinity);
  std::vector<std::uint64_t> counts;
  std::vector<double> probability;
  const int bits = alias_column_bits(depths.size()) + 32;
  for (const std::uint32_t token : row.order) {
    counts.push_back(one.counts[t][token]);
    if (!one.shares.empty()) {
      probability.push_back(std::ldexp(static_cast<double>(one.shares[token]), -bits));
    }
  }
  PointScratch scratch;
  return sum_point({depths, counts, inverse_temperature(one.temperatures[t]), one.draws(), probability},
                   scratch);
}

/// The same bits; of NaN that it is one.
inline bool same_sums(const JudgedSums& a, const JudgedSums& b) {
  constexpr std::size_t numbers = sizeof(JudgedSums) / sizeof(double);
  double one[numbers];
  double other[numbers];
  std::memcpy(one, &a, sizeof a);
  std::memcpy(other, &b, sizeof b);
  return std::equal(one, one + numbers, other, [](double x, double y) {
    return std::memcmp(&x, &y, sizeof x) == 0 || (std::isnan(x) && std::isnan(y) && x != y);
  });
}

}  // namespace tempsweep::testing
