// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/multinomial.hpp"

#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// Trees drawn level by level against the one that is walked into the depth.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t tokens = 2100;  // of the counts; some have no place in the vocabulary

struct Points {
  std::vector<std::uint64_t> through;  ///< [rows · temperatures, 2^c] running sums of weights
  std::vector<std::uint32_t> names;    ///< [rows, columns]
  std::vector<double> temperatures = {0.7, 1.3};
  std::size_t columns = 0;
  std::size_t count = 6;  ///< points: three rows, the second of them no law
};

Points points_of(std::size_t columns) {
  std::mt19937_64 random(columns);
  Points points;
  points.columns = columns;
  const std::size_t all = std::size_t{1} << alias_column_bits(columns);
  points.through.assign(points.count * all, 0);
  for (std::size_t point = 0; point < points.count; ++point) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      // From 1 to 2^50, every fifth 0; the last never.
      sum += i % 5 == 0 && i + 1 != columns ? 0 : (random() >> 14U >> (random() % 40)) + 1;
      points.through[point * all + i] = sum;
    }
  }
  for (std::size_t i = 0; i < 3 * columns; ++i) {
    points.names.push_back(static_cast<std::uint32_t>(i % columns + i / columns));
  }
  return points;
}

constexpr std::int64_t first_row = 77;
constexpr std::uint64_t seed = 5;

std::vector<std::uint64_t> drawn(const Points& points, std::uint64_t n, bool named,
                                 const kernels::HostSchedule& schedule) {
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
  DeviceMemory memory(*runtime);
  std::vector<RowScan> scans(3);
  scans[0].status = scans[2].status = RowStatus::ok;
  scans[1].status = RowStatus::all_masked;
  kernels::DrawMultinomial job{};
  job.columns = job.stride = static_cast<std::int64_t>(points.columns);
  job.scans = memory.put(scans);
  job.temperature = memory.put(points.temperatures);
  job.temperatures = 2;
  job.points = static_cast<std::int64_t>(points.count);
  job.seed = seed;
  job.first_row = first_row;
  job.token = named ? memory.put(points.names) : nullptr;
  job.tokens = tokens;
  job.counts = memory.put(std::vector<std::uint64_t>(points.count * tokens, 0));
  job.through = memory.put(points.through);
  job.nodes = memory.make<std::uint64_t>(points.count * points.columns);
  job.n = n;
  must(runtime->launch(job, nullptr));
  return memory.get(job.counts, points.count * tokens);
}

std::vector<std::uint64_t> reference(const Points& points, std::uint64_t n, bool named) {
  std::vector<std::uint64_t> all(points.count * tokens, 0);
  for (std::size_t point = 0; point < points.count; ++point) {
    const std::size_t row = point / 2;
    if (row == 1) {
      continue;
    }
    std::vector<std::uint64_t> counts(points.columns, 0);
    multinomial_counts(
        {points.through.data() + (point << alias_column_bits(points.columns)), points.columns},
        point_stream(seed, points.temperatures[point % 2], static_cast<std::uint32_t>(points.columns),
                     Purpose::multinomial_node, first_row + row),
        multinomial_root(points.columns, n), counts.data());
    for (std::size_t i = 0; i < points.columns; ++i) {
      all[point * tokens + (named ? points.names[row * points.columns + i] : i)] = counts[i];
    }
  }
  return all;
}

TEST(DrawMultinomial, GivesTheCountsOfTheTree) {
  for (const std::size_t columns : {1U, 2U, 3U, 31U, 255U, 256U, 257U, 513U, 2049U}) {
    const Points points = points_of(columns);
    for (const std::uint64_t n :
         {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{20000}, binomial_most_trials}) {
      EXPECT_EQ(drawn(points, n, false, {}), reference(points, n, false)) << columns << " tokens, " << n;
    }
    EXPECT_EQ(drawn(points, 999, true, {}), reference(points, 999, true)) << columns << " tokens";
  }
}

TEST(DrawMultinomial, DoesNotHangOnTheOrderOfThreads) {
  const Points points = points_of(777);
  const std::vector<std::uint64_t> forward = drawn(points, 100000, true, {});
  for (const auto& schedule : all_orders()) {
    EXPECT_EQ(drawn(points, 100000, true, schedule), forward);
  }
}

}  // namespace
}  // namespace tempsweep::testing
