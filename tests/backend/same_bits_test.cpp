// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

/// The same numbers to the last bit, however the work is cut.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 5;
constexpr std::size_t width = 1337;
const std::vector<double> temperatures = {0.0, 1e-6, 0.01, 0.1, 0.3, 0.7, 1.0, 1.3, 2.0, 9.0, 1e3, HUGE_VAL};

Wanted want_everything(ProbabilityFormat format = ProbabilityFormat::f32) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 1, 2, HUGE_VAL};
  wanted.ordering = some_ordering();
  wanted.probabilities = format;
  wanted.samples = 3000;
  wanted.seed = 42;
  return wanted;
}

std::vector<double> block_of_rows() {
  auto logits = normal_logits(rows * width, 3, 30);
  logits[width + 3] = std::nan("");   // row 1 is no law
  logits[2 * width + 3] = -HUGE_VAL;  // row 2 has a masked token
  for (std::size_t i = 0; i < width; ++i) {
    logits[4 * width + i] = std::nearbyint(logits[4 * width + i]);  // row 4 is full of ties
  }
  return logits;
}

RunSetup block_setup(int threads = 1) {
  return {rows, 100, 0, {3, 5, 3, 7, 1}, threads};
}

TEST(SameBits, OnAnyNumberOfThreads) {
  const auto logits = block_of_rows();
  for (const auto format : {ProbabilityFormat::f32, ProbabilityFormat::log16}) {
    const BackendRun one = run_backend(want_everything(format), logits, temperatures, block_setup());
    for (const int threads : {2, 3, 7}) {
      EXPECT_TRUE(
          same_bits(run_backend(want_everything(format), logits, temperatures, block_setup(threads)), one))
          << threads;
    }
  }
}

template <class T>
std::vector<T> part(const std::vector<T>& all, std::size_t index, std::size_t parts) {
  const std::size_t size = all.size() / parts;
  return {all.begin() + static_cast<std::ptrdiff_t>(index * size),
          all.begin() + static_cast<std::ptrdiff_t>((index + 1) * size)};
}

BackendRun part(const BackendRun& all, std::size_t index, std::size_t parts) {
  BackendRun one;
  for (const auto& values : all.metrics) {
    one.metrics.push_back(part(values, index, parts));
  }
  one.renyi = part(all.renyi, index, parts);
  one.nucleus_size = part(all.nucleus_size, index, parts);
  one.top_k_mass = part(all.top_k_mass, index, parts);
  one.min_p_survivors = part(all.min_p_survivors, index, parts);
  one.tokens_above = part(all.tokens_above, index, parts);
  one.probability = part(all.probability, index, parts);
  one.count = part(all.count, index, parts);
  return one;
}

TEST(SameBits, RowsAloneAndTogether) {
  const auto logits = block_of_rows();
  const BackendRun block = run_backend(want_everything(), logits, temperatures, block_setup(2));
  for (std::size_t row = 0; row < rows; ++row) {
    RunSetup alone = block_setup();
    alone.rows = 1;
    alone.first_row += static_cast<std::int64_t>(row);
    alone.labels = {alone.labels[row]};
    EXPECT_TRUE(same_bits(run_backend(want_everything(), part(logits, row, rows), temperatures, alone),
                          part(block, row, rows)))
        << row;
  }
}

TEST(SameBits, TemperaturesAloneAndTogether) {
  const auto logits = part(block_of_rows(), 0, rows);
  RunSetup setup;
  setup.labels = {17};
  setup.grid = temperatures;
  const BackendRun all = run_backend(want_everything(), logits, temperatures, setup);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    EXPECT_TRUE(same_bits(run_backend(want_everything(), logits, {temperatures[t]}, setup),
                          part(all, t, temperatures.size())))
        << temperatures[t];
  }
}

TEST(SameBits, MetricsAloneAndTogether) {
  const auto logits = part(block_of_rows(), 4, rows);
  RunSetup setup;
  setup.labels = {17};
  const BackendRun all = run_backend(want_everything(), logits, temperatures, setup);
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    Wanted wanted;
    wanted.metrics = {id};
    EXPECT_TRUE(same_bits(run_backend(wanted, logits, temperatures, setup).metrics[0], all.metrics[id]))
        << metric_table[id].name;
  }
}

TEST(SameBits, ManyTemperaturesAreCutIntoRuns) {
  const auto logits = part(block_of_rows(), 3, rows);
  std::vector<double> grid;
  for (int k = 1; k <= 333; ++k) {
    grid.push_back(0.01 * k);
  }
  Wanted wanted = want_metrics();
  const BackendRun one = run_backend(wanted, logits, grid);
  RunSetup setup;
  setup.threads = 7;
  EXPECT_TRUE(same_bits(run_backend(wanted, logits, grid, setup), one));
}

TEST(SameBits, AnyNumberOfThreadsOnOneLongRow) {
  const auto logits = normal_logits(300000, 3, 77);
  Wanted wanted = want_metrics();
  const std::vector<double> grid = {0.1, 0.5, 1, 2};
  const BackendRun one = run_backend(wanted, logits, grid);
  RunSetup setup;
  setup.threads = 3;
  EXPECT_TRUE(same_bits(run_backend(wanted, logits, grid, setup), one));
}

TEST(SameBits, ABackendKeepsNothingFromTheBlockBefore) {
  const auto logits = block_of_rows();
  const auto row = part(logits, 2, rows);
  Wanted wanted = want_metrics();
  wanted.tokens = width;
  wanted.grid = temperatures;
  const auto backend = make_backend_under_test(wanted, 2);
  std::vector<std::vector<double>> values(wanted.metrics.size(),
                                          std::vector<double>(rows * temperatures.size()));
  TileOutput out;
  for (auto& v : values) {
    out.metrics.emplace_back(v);
  }
  const std::vector<std::int64_t> labels = {1, 1, 1, 1, 1};
  backend->load({logits, rows, width, 0, labels}, 1000);
  backend->evaluate(temperatures, out);
  backend->load({row, 1, width, 0, {}}, width);
  backend->evaluate(temperatures, out);
  const BackendRun fresh = run_backend(wanted, row, temperatures);
  for (std::size_t m = 0; m < values.size(); ++m) {
    values[m].resize(temperatures.size());
    EXPECT_TRUE(same_bits(values[m], fresh.metrics[m])) << metric_table[m].name;
  }
}

}  // namespace
}  // namespace tempsweep::testing
