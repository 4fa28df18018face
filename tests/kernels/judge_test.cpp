// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"
#include "support/judged_case.hpp"

/// Draws judged by the kernel and by the CPU: the same bits, in every order of threads.
namespace tempsweep::testing {
namespace {

using Counts = std::vector<std::uint64_t>;

const std::vector<double> grid = {0.0, 1e-3, 0.4, 1.0, 100.0, HUGE_VAL};

/// About n draws of the law; the last token takes what is missing, or, of a bad sampler, gets nothing.
Counts draw(const std::vector<double>& logits, double temperature, std::uint64_t n, std::mt19937_64& random) {
  const OrderedLogits row(logits);
  const double beta = inverse_temperature(temperature);
  std::vector<double> weights;
  for (const double logit : logits) {
    weights.push_back(table_weight(token_depth(row.scan.maximum, logit), beta));
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  Counts counts(logits.size(), 0);
  std::uint64_t left = n;
  for (const std::uint32_t token : row.order) {
    std::poisson_distribution<std::uint64_t> some(static_cast<double>(n) * weights[token] / total + 1e-12);
    counts[token] = std::min(left, weights[token] > 0 ? some(random) : 0);
    left -= counts[token];
  }
  counts[row.order[0]] += left;
  return counts;
}

std::vector<JudgedSums> sums_of_kernel(const JudgedCase& one, const kernels::HostSchedule& schedule) {
  const OrderedLogits row(one.logits);
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 28U, schedule, 0});
  DeviceMemory memory(*runtime);
  const std::size_t points = one.temperatures.size();
  const std::size_t columns = one.logits.size();
  kernels::JudgePoints job{};
  job.scans = memory.put(std::vector<RowScan>{row.scan});
  job.temperature = memory.put(one.temperatures);
  job.temperatures = job.points = static_cast<std::int64_t>(points);
  job.columns = job.ordered_stride = job.tokens = static_cast<std::int64_t>(columns);
  job.depths = memory.put(row.depths);
  job.order = memory.put(row.order);
  if (one.left != INT64_MAX) {
    job.cuts = memory.put(std::vector<kernels::LawCut>(points, {0, 0, one.left}));
  }
  Counts counts;
  Counts shares;
  for (const Counts& some : one.counts) {
    counts.insert(counts.end(), some.begin(), some.end());
    shares.insert(shares.end(), one.shares.begin(), one.shares.end());
  }
  job.shares = shares.empty() ? nullptr : memory.put(shares);
  job.counts = memory.put(counts);
  job.n = one.draws();
  job.cells =
      memory.make<CellCount>(points * static_cast<std::size_t>(kernels::JudgePoints::cell_room(job.columns)));
  job.sums = memory.make<JudgedSums>(points);
  must(runtime->launch(job, nullptr));
  return memory.get(job.sums, points);
}

void expect_bits_of_cpu(const JudgedCase& one, const std::vector<kernels::HostSchedule>& schedules) {
  for (const auto& schedule : schedules) {
    const auto sums = sums_of_kernel(one, schedule);
    for (std::size_t t = 0; t < sums.size(); ++t) {
      EXPECT_TRUE(same_sums(sums[t], sums_of_cpu(one, t)))
          << one.logits.size() << " tokens, T = " << one.temperatures[t] << ", n = " << one.draws();
    }
  }
}

std::vector<double> mixed_logits(std::size_t size) {
  auto logits = normal_logits(size, 3, static_cast<unsigned>(size));
  for (std::size_t i = 0; i < size; i += 7) {
    logits[i] = std::nearbyint(logits[i]);  // ties
    logits[size - 1 - i] = i % 3 == 0 && size - 1 - i > 0 ? -HUGE_VAL : logits[size - 1 - i];
  }
  logits[0] = 5;
  logits[size / 2] = size % 2 == 0 ? 5 : logits[size / 2];
  return logits;
}

TEST(JudgePoints, HasTheBitsOfTheCpu) {
  std::mt19937_64 random(1);
  for (const std::size_t size : {1U, 2U, 3U, 31U, 127U, 128U, 129U, 700U, 2600U}) {
    for (const std::uint64_t n :
         {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{2000}, std::uint64_t{1} << 40U}) {
      JudgedCase one{mixed_logits(size), grid};
      for (const double temperature : grid) {
        one.counts.push_back(draw(one.logits, temperature, n, random));
      }
      expect_bits_of_cpu(one, {{}});
      one.left = static_cast<std::int64_t>(size / 3 + 1);
      expect_bits_of_cpu(one, {{}});
    }
  }
}

/// Draws of no such law: of tokens that cannot be drawn, the deepest alone, too hot, too evenly.
TEST(JudgePoints, OfDrawsThatFollowNoLaw) {
  std::mt19937_64 random(2);
  const auto logits = mixed_logits(301);
  const OrderedLogits row(logits);
  JudgedCase one{logits, std::vector<double>(5, 0.8)};
  for (int kind = 0; kind < 5; ++kind) {
    Counts counts = draw(logits, kind == 2 ? 1e9 : 0.8, 5000, random);
    const std::uint32_t target = kind == 0   ? row.order.back()  // masked
                                 : kind == 1 ? row.order[static_cast<std::size_t>(row.scan.unmasked - 1)]
                                             : row.order[0];
    if (kind < 2) {
      counts.assign(counts.size(), 0);
      counts[target] = 5000;
    } else if (kind == 3) {
      counts.assign(counts.size(), 0);
      for (std::int64_t i = 0; i < 5000; ++i) {  // on the deeper half of the law
        ++counts[row.order[static_cast<std::size_t>(row.scan.unmasked - 1 - i % (row.scan.unmasked / 2))]];
      }
    } else if (kind == 4) {
      counts[row.order.back()] += counts[target];
      counts[target] = 0;
    }
    one.counts.push_back(counts);
  }
  expect_bits_of_cpu(one, all_orders());
  EXPECT_EQ(sums_of_kernel(one, {})[0].masked, 5000);
  EXPECT_LT(sums_of_kernel(one, {})[3].fit.beta, 0);
}

TEST(JudgePoints, InEveryOrderOfThreads) {
  std::mt19937_64 random(3);
  JudgedCase one{mixed_logits(500), {0.5, 3.0}};
  for (const double temperature : one.temperatures) {
    one.counts.push_back(draw(one.logits, temperature, 900, random));
  }
  expect_bits_of_cpu(one, all_orders());
}

TEST(JudgePoints, ByTheIntegersOfATable) {
  std::mt19937_64 random(4);
  JudgedCase one{mixed_logits(300), {0.5, 3.0}};
  for (const double temperature : one.temperatures) {
    one.counts.push_back(draw(one.logits, temperature, std::uint64_t{1} << 36U, random));
  }
  const OrderedLogits row(one.logits);
  const double total = std::ldexp(1.0, alias_column_bits(300) + 32);
  for (const double logit : one.logits) {
    one.shares.push_back(static_cast<std::uint64_t>(
        total / 300 * table_weight(token_depth(row.scan.maximum, logit), 1 / 2.0)));
  }
  expect_bits_of_cpu(one, all_orders());
}

TEST(JudgePoints, RowsThatAreNoLawGetZeros) {
  JudgedCase one{{1, NAN, 2}, {1.0}, {{0, 0, 0}}};
  EXPECT_TRUE(same_sums(sums_of_kernel(one, {})[0], JudgedSums{}));
}

TEST(SortPairs, KeepsTheOrderOfEqualKeys) {
  const std::vector<double> logits{1, -0.0, 3, 0.0, 3, -HUGE_VAL, -0.0, 9, 9};
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 20U, {}, 0});
  DeviceMemory memory(*runtime);
  auto* const keys = memory.make<double>(9);
  auto* const places = memory.make<std::uint32_t>(9);
  must(runtime->launch(kernels::NumberTokens{memory.put(logits), 1, 8, 8, 9, keys, places}, nullptr));
  auto* const sorted = memory.make<double>(9);
  auto* const order = memory.make<std::uint32_t>(9);
  std::size_t space = 0;
  const kernels::SortPairs pairs{keys, sorted, places, order, 1, 8, 9};
  must(runtime->sort_pairs(pairs, nullptr, &space, nullptr));
  must(runtime->sort_pairs(pairs, memory.make<char>(space), &space, nullptr));
  EXPECT_EQ(memory.get(order, 8), (std::vector<std::uint32_t>{7, 2, 4, 0, 1, 3, 6, 5}));
  EXPECT_EQ(memory.get(sorted, 8)[2], 3);
}

}  // namespace
}  // namespace tempsweep::testing
