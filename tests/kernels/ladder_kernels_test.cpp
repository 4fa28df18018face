// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/ladder.hpp"
#include "kernels/ladder_support.hpp"

/// Moments of the leaves, the climb and sums from moments: against definitions, against the CPU's ladder, and
/// in any order of threads.
namespace tempsweep::testing {
namespace {

constexpr auto each = static_cast<std::size_t>(ladder_moments);

/// The moments of a row's leaves by definition, at their places; and how many tokens each has.
std::vector<double> leaves_by_definition(const RestRow& row, const LadderShape& shape) {
  std::vector<long double> sums(static_cast<std::size_t>(kernels::bin_place(shape.levels, 0)));
  for (const double depth : row.depths) {
    const LeafPlace place = leaf_place(depth * shape.scale());
    long double power = 1;
    for (std::size_t k = 0; k < each; ++k) {
      sums[static_cast<std::size_t>(kernels::leaf_bin(shape.levels, place.leaf)) + k] += power;
      power *= place.t;
    }
  }
  return {sums.begin(), sums.end()};
}

/// The number of tokens bounds every moment, and what it errs by.
void expect_close(const double* moments, const double* exact, double relative, const std::string& where) {
  EXPECT_EQ(moments[0], exact[0]) << where;
  for (std::size_t k = 1; k < each; ++k) {
    EXPECT_LE(std::abs(moments[k] - exact[k]), relative * exact[0]) << where << " moment " << k;
  }
}

TEST(LadderBuild, LeavesHaveTheirMoments) {
  const auto rows = rest_rows();
  for (const double steepest : {1e-3, 40.0, 1e5}) {
    LadderDevice device(rows, steepest);
    const auto moments = device.moments();
    const auto ladders = device.ladder_rows();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const LadderShape shape = kernels::ladder_shape_of(rows[r].scan, steepest);
      ASSERT_EQ(ladders[r].shape.levels, shape.levels) << rows[r].name;
      if (shape.levels == 0) {
        continue;
      }
      const auto exact = leaves_by_definition(rows[r], shape);
      const double* const own =
          moments.data() + r * static_cast<std::size_t>(kernels::bin_place(device.levels(), 0));
      for (std::int64_t leaf = 0; leaf < shape.leaves(); ++leaf) {
        const auto at = static_cast<std::size_t>(kernels::leaf_bin(shape.levels, leaf));
        expect_close(own + at, exact.data() + at, ladders[r].relative_error,
                     rows[r].name + " leaf " + std::to_string(leaf));
      }
    }
  }
}

/// Sums whose last bits show in which order slices were added.
TEST(MergeLeaves, AddsSlicesInOrder) {
  const auto runtime = kernels::make_host_runtime();
  DeviceMemory memory(*runtime);
  RowScan scan;
  scan.unmasked = 2 * kernels::BuildLeaves::slice + 2;  // a third slice of one token
  scan.ties = 1;
  scan.deepest = -7;
  const LadderShape shape = kernels::ladder_shape_of(scan, 100);
  const auto size = static_cast<std::size_t>(shape.leaves()) * each;
  std::vector<double> parts = normal_logits(3 * size, 1, 12);
  for (double& part : parts) {
    part /= 3;  // more digits than floats have
  }
  auto* const moments = memory.make<double>(static_cast<std::size_t>(kernels::bin_place(shape.levels, 0)));
  must(runtime->launch(
      kernels::MergeLeaves{memory.put(parts), 1, 3, shape.leaves(), memory.put(std::vector<RowScan>{scan}),
                           100, shape.levels, moments},
      nullptr));
  const auto merged = memory.get(moments, static_cast<std::size_t>(kernels::bin_place(shape.levels, 0)));
  for (std::size_t i = 0; i < size; ++i) {
    const auto leaf = static_cast<std::int64_t>(i / each);
    EXPECT_EQ(merged[static_cast<std::size_t>(kernels::leaf_bin(shape.levels, leaf)) + i % each],
              (parts[i] + parts[size + i]) + parts[2 * size + i]);
  }
}

/// Every bin of every level holds the moments of all its tokens about its own centre.
TEST(LadderClimb, EveryLevelHoldsItsBins) {
  const auto rows = rest_rows();
  const double steepest = 300;
  LadderDevice device(rows, steepest);
  const auto moments = device.moments();
  const auto ladders = device.ladder_rows();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const LadderShape shape = ladders[r].shape;
    for (std::int64_t level = 0; level < shape.levels; ++level) {
      std::vector<long double> exact(static_cast<std::size_t>(ladder_bins) * each);
      for (const double depth : rows[r].depths) {
        const double z = depth / (2 * shape.half_width(level));
        const auto bin = static_cast<std::size_t>(z);
        long double power = 1;
        for (std::size_t k = 0; bin < std::size_t{ladder_bins} && k < each; ++k) {
          exact[bin * each + k] += power;
          power *= static_cast<long double>(1 - 2 * (z - std::floor(z)));
        }
      }
      const double* const own = moments.data() +
                                r * static_cast<std::size_t>(kernels::bin_place(device.levels(), 0)) +
                                kernels::bin_place(level, 0);
      for (std::size_t bin = 0; bin < std::size_t{ladder_bins}; ++bin) {
        const std::vector<double> rounded(exact.begin() + static_cast<std::ptrdiff_t>(bin * each),
                                          exact.begin() + static_cast<std::ptrdiff_t>((bin + 1) * each));
        expect_close(own + bin * each, rounded.data(), ladders[r].relative_error,
                     rows[r].name + " level " + std::to_string(level) + " bin " + std::to_string(bin));
      }
    }
  }
}

TEST(LadderBuild, DoesNotHangOnTheOrderOfThreadsOrOnOtherRows) {
  const auto rows = rest_rows();
  LadderDevice forward(rows, 500);
  const auto moments = forward.moments();
  for (const auto& schedule : all_orders()) {
    EXPECT_TRUE(equal_bits(LadderDevice(rows, 500, schedule).moments(), moments));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    LadderDevice alone({rows[r]}, 500);
    const auto levels = static_cast<std::size_t>(alone.ladder_rows()[0].shape.levels);
    auto own = alone.moments();
    own.resize(levels * ladder_bins * each);
    const auto begin =
        moments.begin() +
        static_cast<std::ptrdiff_t>(r * static_cast<std::size_t>(kernels::bin_place(forward.levels(), 0)));
    EXPECT_TRUE(equal_bits(own, {begin, begin + std::ssize(own)})) << rows[r].name;
  }
}

TEST(LadderEvaluate, ErrsAtMostByWhatItStates) {
  const auto rows = rest_rows();
  const auto betas = wide_betas();
  LadderDevice device(rows, 1e6);
  const auto all = device.evaluate(device.put_betas(betas));
  const auto sums = device.memory().get(all.sums, rows.size() * betas.size());
  const auto errors = device.memory().get(all.errors, rows.size() * betas.size());
  ErrorShares shares;
  for (std::size_t point = 0; point < sums.size(); ++point) {
    const RestRow& row = rows[point / betas.size()];
    const double beta = betas[point % betas.size()];
    if (row.scan.deepest < 0) {
      shares.check(sums[point], errors[point], exact_sums(row, beta), beta, row.name);
    } else {
      EXPECT_TRUE(std::isinf(errors[point].log_weight)) << row.name;
    }
  }
  shares.report("moments on the device");
}

/// A far cluster of nearly all the weight: about l₂ its variance would be a difference of numbers a thousand
/// times as large.
TEST(LadderEvaluate, KeepsAVarianceThatWouldCancel) {
  auto values = normal_logits(20000, 1e-4, 21);
  for (double& value : values) {
    value -= 3;
  }
  values.push_back(0);
  const RestRow row = rest_row("cluster", values);
  std::vector<double> betas(16, 1.4);
  for (std::size_t k = 0; k < betas.size(); ++k) {
    betas[k] -= 0.05 * static_cast<double>(k);
  }
  LadderDevice device({row}, 2);
  const auto sums = device.memory().get(device.evaluate(device.put_betas(betas)).sums, betas.size());
  for (std::size_t t = 0; t < betas.size(); ++t) {
    const auto exact = static_cast<double>(exact_sums(row, betas[t]).variance);
    EXPECT_NEAR(sums[t].variance / exact, 1, 1.5e-14) << betas[t];
  }
}

/// Both state their errors, so they may differ by the sum of them.
void expect_agreement(const RestSums& mine, const SumErrors& error, const RestSums& other,
                      const SumErrors& stated, double beta) {
  EXPECT_LE(std::abs(mine.weight / other.weight - 1), error.log_weight + stated.log_weight);
  EXPECT_LE(std::abs(mine.depth - other.depth) * beta, error.mean + stated.mean);
}

TEST(LadderEvaluate, AgreesWithTheCpu) {
  const auto rows = rest_rows();
  const auto betas = wide_betas();
  LadderDevice device(rows, 1e6);
  const auto all = device.evaluate(device.put_betas(betas));
  const auto sums = device.memory().get(all.sums, rows.size() * betas.size());
  const auto errors = device.memory().get(all.errors, rows.size() * betas.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<double> logits = {1};
    std::transform(rows[r].depths.begin(), rows[r].depths.end(), std::back_inserter(logits),
                   [](double depth) { return -depth; });
    cpu::MomentLadder ladder;
    cpu::InsertScratch scratch;
    ladder.build(rows[r].scan, {logits.data(), std::ssize(logits), 1, 0}, 1e6, scratch);
    std::vector<RestSums> other(betas.size());
    std::vector<SumErrors> stated(betas.size());
    ladder.sums(betas, other, stated);
    for (std::size_t t = 0; t < betas.size(); ++t) {
      const std::size_t point = r * betas.size() + t;
      ASSERT_EQ(sums[point].weight > 0, other[t].weight > 0) << rows[r].name;
      if (other[t].weight > 0) {
        expect_agreement(sums[point], errors[point], other[t], stated[t], betas[t]);
      }
    }
  }
}

TEST(LadderEvaluate, EveryPointStandsAlone) {
  const std::vector<RestRow> rows = {rest_row("normal", normal_logits(5000, 3, 6)),
                                     rest_row("narrow", normal_logits(500, 0.01, 7))};
  std::vector<double> betas;
  for (int k = 0; k < 37; ++k) {
    betas.push_back(90 * std::pow(0.8, k));
  }
  LadderDevice device(rows, 100);
  const auto all = device.evaluate(device.put_betas(betas));
  const auto together = device.memory().get(all.sums, rows.size() * betas.size());
  for (const auto& schedule : all_orders()) {
    LadderDevice other(rows, 100, schedule);
    const auto again = other.evaluate(other.put_betas(betas));
    EXPECT_TRUE(equal_bits(other.memory().get(again.sums, together.size()), together));
  }
  for (std::size_t t = 0; t < betas.size(); ++t) {
    const auto one = device.evaluate(device.put_betas({betas[t]}));
    const auto alone = device.memory().get(one.sums, rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      EXPECT_TRUE(equal_bits<RestSums>({alone[r]}, {together[r * betas.size() + t]})) << betas[t];
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
