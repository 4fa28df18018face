// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/sampling.hpp"
#include "tempsweep/stats/point_statistics.hpp"
#include "tempsweep/stats/point_tests.hpp"

namespace tempsweep {

/// The table of statistics: like the table of metrics, the only place where one is named.
struct Statistic {
  const char* name;
  const char* long_name;
  const char* units;
  double (*value)(const PointStatistics&);
};
[[nodiscard]] std::span<const Statistic> statistic_table();
/// Place of a statistic in the table; throws std::out_of_range when there is none of that name.
[[nodiscard]] std::size_t statistic_index(std::string_view name);

/// What the verdict takes of a point, from its statistics by their place in the table.
[[nodiscard]] StoredTests stored_tests(const std::function<double(std::size_t)>& statistic);

/// Working memory of one thread for rows of `vocabulary` tokens, in bytes.
[[nodiscard]] std::uint64_t statistics_bytes(std::int64_t vocabulary, std::uint64_t samples, bool truncated);

/// A loaded block at the temperatures of a tile, with its draws.
struct DrawnTile {
  const RowBlock& block;
  const Backend& backend;  ///< holds the block
  std::int64_t vocabulary_size;
  std::span<const double> temperatures;
  std::span<const std::uint64_t> count;  ///< [rows, temperatures, tokens]; not looked at where there are sums
  std::span<const JudgedSums> sums;      ///< [rows, temperatures], or empty: they are still to be made
  std::int64_t tokens;
  std::uint64_t samples;
  std::uint64_t seed;
  Sampler sampler;
  const Truncation& truncation;  ///< the law of the draws is what it leaves
};

/// Judges every point of a tile; `out` holds one [rows, temperatures] array a statistic. Rows that are no law
/// get NaN.
void judge_tile(const DrawnTile& tile, int threads, std::span<const std::span<double>> out);

}  // namespace tempsweep
