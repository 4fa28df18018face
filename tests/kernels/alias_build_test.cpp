// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/exp2.hpp"

#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// Tables made in parallel against those of math/alias_table.hpp, entry by entry.
namespace tempsweep::testing {
namespace {

struct Row {
  std::vector<double> logits;
  std::vector<double> temperatures;
};

std::vector<Row> rows() {
  const std::vector<double> grid = {0.0, 0.02, 0.7, 1.0, 5.0, HUGE_VAL};
  std::vector<Row> all = {{{0.5}, grid},
                          {{1, 1}, grid},
                          {{2, 1}, grid},
                          {std::vector<double>(300, 3.0), grid},
                          {std::vector<double>(512, -1e30), grid},
                          {{-HUGE_VAL, 0, -HUGE_VAL, -700, -709, 0}, grid}};
  for (const std::size_t size : {3U, 31U, 33U, 255U, 256U, 257U, 511U, 513U, 1000U, 2049U}) {
    all.push_back({normal_logits(size, 3, static_cast<unsigned>(size)), grid});
  }
  auto rounded = normal_logits(1500, 2, 9);  // remainders tie in groups
  for (double& logit : rounded) {
    logit = std::nearbyint(2 * logit) / 2;
  }
  all.push_back({rounded, grid});
  return all;
}

struct Built {
  std::vector<AliasEntry> entries;
  std::vector<std::uint64_t> weights;
  std::vector<std::int64_t> sure;
};

Built build(const Row& row, const kernels::HostSchedule& schedule) {
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
  DeviceMemory memory(*runtime);
  const std::size_t columns = row.logits.size();
  const std::size_t points = row.temperatures.size();
  const std::size_t all = std::size_t{1} << alias_column_bits(columns);
  ScanPart part;
  for (std::size_t i = 0; i < columns; ++i) {
    part.add(row.logits[i], static_cast<std::int64_t>(i));
  }
  kernels::BuildAlias job{};
  job.logits = memory.put(row.logits);
  job.columns = job.stride = static_cast<std::int64_t>(columns);
  job.scans = memory.put(std::vector<RowScan>{part.finish()});
  job.temperature = memory.put(row.temperatures);
  job.temperatures = job.points = static_cast<std::int64_t>(points);
  job.space = {memory.make<std::uint64_t>(points * columns), memory.make<std::uint64_t>(points * columns),
               memory.make<std::uint32_t>(points * all), memory.make<std::uint64_t>(points * all),
               memory.make<AliasEntry>(points * all)};
  job.sure = memory.make<std::int64_t>(points);
  must(runtime->launch(job, nullptr));
  return {memory.get(job.space.entries, points * all), memory.get(job.space.shares, points * columns),
          memory.get(job.sure, points)};
}

AliasTable reference(const Row& row, double temperature) {
  const double top = *std::max_element(row.logits.begin(), row.logits.end());
  std::vector<double> weights;
  for (const double logit : row.logits) {
    weights.push_back(table_weight(top - logit, inverse_temperature(temperature)));
  }
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  return table;
}

TEST(AliasBuild, GivesTheSequentialTable) {
  for (const Row& row : rows()) {
    const Built built = build(row, {});
    for (std::size_t t = 0; t < row.temperatures.size(); ++t) {
      const AliasTable table = reference(row, row.temperatures[t]);
      const std::size_t columns = row.logits.size();
      const std::size_t all = table.entries.size();
      for (std::size_t i = 0; i < columns; ++i) {
        ASSERT_EQ(built.weights[t * columns + i], table.weights[i]) << columns << " tokens, token " << i;
      }
      for (std::size_t i = 0; i < all; ++i) {
        ASSERT_EQ(built.entries[t * all + i], table.entries[i]) << columns << " tokens, column " << i;
      }
      EXPECT_EQ(built.sure[t], table.support == 1 ? std::int64_t{table.last_supported} : -1);
    }
  }
}

TEST(AliasBuild, DoesNotHangOnTheOrderOfThreads) {
  const Row row = rows().back();
  const Built forward = build(row, {});
  for (const auto& schedule : all_orders()) {
    const Built other = build(row, schedule);
    EXPECT_EQ(other.entries, forward.entries);
    EXPECT_EQ(other.weights, forward.weights);
  }
}

}  // namespace
}  // namespace tempsweep::testing
