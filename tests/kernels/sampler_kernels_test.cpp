// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/gumbel_draw.hpp"
#include "tempsweep/math/inverse_table.hpp"
#include "tempsweep/math/law.hpp"

#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// Inverse tables and races made in parallel against the sequential ones, in every order of threads.
namespace tempsweep::testing {
namespace {

const std::vector<double> grid = {0.0, 0.7, 1.0, HUGE_VAL};

/// One row on a device, cut so that logits above `edge` survive, and those equal to it up to `last`.
struct Bench {
  Bench(const std::vector<double>& row, const kernels::HostSchedule& schedule, kernels::LawCut law_cut)
      : logits(row),
        cut(law_cut),
        runtime(kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0})),
        memory(*runtime) {
    ScanPart part;
    for (std::size_t i = 0; i < row.size(); ++i) {
      part.add(row[i], static_cast<std::int64_t>(i));
    }
    scan = part.finish();
  }

  template <class Job>
  void fill(Job& job) {
    job.logits = memory.put(logits);
    job.columns = job.stride = std::ssize(logits);
    job.scans = memory.put(std::vector<RowScan>{scan});
    job.temperature = memory.put(grid);
    job.temperatures = job.points = std::ssize(grid);
    job.cuts = memory.put(std::vector<kernels::LawCut>(grid.size(), cut));
  }

  [[nodiscard]] std::vector<double> weights(double temperature) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const bool kept = cut.keeps(logits[i], static_cast<std::int64_t>(i));
      all.push_back(kept ? table_weight(scan.maximum - logits[i], inverse_temperature(temperature)) : 0);
    }
    return all;
  }

  std::vector<double> logits;
  kernels::LawCut cut;
  std::unique_ptr<kernels::Runtime> runtime;
  DeviceMemory memory;
  RowScan scan;
};

void expect_inverse(const std::vector<double>& logits, const kernels::HostSchedule& schedule,
                    kernels::LawCut cut) {
  Bench bench(logits, schedule, cut);
  const std::size_t columns = logits.size();
  const std::size_t all = std::size_t{1} << alias_column_bits(columns);
  kernels::BuildInverse job{};
  bench.fill(job.table);
  const std::size_t points = grid.size();
  job.table.space = {bench.memory.make<std::uint64_t>(points * columns),
                     bench.memory.make<std::uint64_t>(points * columns),
                     bench.memory.make<std::uint32_t>(points * all),
                     bench.memory.make<std::uint64_t>(points * all), nullptr};
  job.table.sure = bench.memory.make<std::int64_t>(points);
  must(bench.runtime->launch(job, nullptr));
  const auto through = bench.memory.get(job.table.space.amounts, points * all);
  const auto guide = bench.memory.get(job.table.space.members, points * all);
  const auto sure = bench.memory.get(job.table.sure, points);
  for (std::size_t t = 0; t < points; ++t) {
    LawScratch scratch;
    InverseTable table;
    build_inverse_table(bench.weights(grid[t]), scratch, table);
    EXPECT_TRUE(std::equal(table.through.begin(), table.through.end(), through.data() + t * all)) << columns;
    EXPECT_TRUE(std::equal(table.guide.begin(), table.guide.end(), guide.data() + t * all)) << columns;
    EXPECT_EQ(sure[t], table.support == 1 ? std::int64_t{table.last_supported} : -1);
  }
}

TEST(InverseBuild, GivesTheSequentialTable) {
  const kernels::LawCut full{-HUGE_VAL, -1, 0};
  for (const std::size_t size : {1U, 2U, 3U, 255U, 257U, 777U, 1024U, 2049U}) {
    expect_inverse(normal_logits(size, 3, static_cast<unsigned>(size)), {}, full);
    expect_inverse(std::vector<double>(size, 2.5), {}, full);
  }
  auto rounded = normal_logits(1500, 2, 9);  // remainders tie in groups, logits across the cut
  for (double& logit : rounded) {
    logit = std::nearbyint(2 * logit) / 2;
  }
  rounded[3] = -HUGE_VAL;
  for (const auto& schedule : all_orders()) {
    expect_inverse(rounded, schedule, {1.5, 700, 0});
  }
}

/// \param size  even: the last token is the second of a pair; odd: it stands alone
void expect_races(std::size_t size) {
  auto logits = normal_logits(size, 2, 10);
  logits[8] = logits[9] = logits[size - 1] = 4.0;
  logits[0] = -HUGE_VAL;
  for (const auto& schedule : all_orders()) {
    Bench bench(logits, schedule, {-2.0, -1, 0});
    kernels::MakeRaces make{};
    bench.fill(make);
    make.inverse = bench.memory.make<double>(grid.size() * logits.size());
    must(bench.runtime->launch(make, nullptr));
    kernels::DrawRaces draw{};
    draw.inverse = make.inverse;
    draw.columns = draw.tokens = make.columns;
    draw.scans = make.scans;
    draw.temperature = make.temperature;
    draw.temperatures = draw.points = make.points;
    draw.seed = 3;
    draw.first_row = 17;
    draw.n_first = 5;
    draw.n = 90;
    draw.counts = bench.memory.put(std::vector<std::uint64_t>(grid.size() * logits.size()));
    must(bench.runtime->launch(draw, nullptr));
    const auto counts = bench.memory.get(draw.counts, grid.size() * logits.size());
    for (std::size_t t = 0; t < grid.size(); ++t) {
      Race race;
      build_race(bench.weights(grid[t]), race);
      std::vector<std::uint64_t> expected(logits.size());
      draw_counts(point_stream(3, grid[t], static_cast<std::uint32_t>(size), Purpose::gumbel, 17), 5, 90,
                  race, expected.data());
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), counts.data() + t * logits.size())) << grid[t];
    }
  }
}

TEST(Races, AreTheSequentialOnes) {
  expect_races(301);
  expect_races(302);
}

}  // namespace
}  // namespace tempsweep::testing
