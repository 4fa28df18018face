// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/ladder_support.hpp"

/// Series in β, the choice of methods, and the tokens of what they leave over.
namespace tempsweep::testing {
namespace {

using kernels::Origin;

constexpr ChebyshevTable chebyshev = make_chebyshev_table();

/// Rows with ladders and the series of some octaves.
class SeriesDevice : public LadderDevice {
 public:
  SeriesDevice(const std::vector<RestRow>& rows, double steepest, std::vector<std::int32_t> octaves,
               const kernels::HostSchedule& schedule = {})
      : LadderDevice(rows, steepest, schedule), numbers_(std::move(octaves)) {
    std::vector<double> betas;
    for (const int octave : numbers_) {
      for (int i = 0; i < octave_evaluations; ++i) {
        betas.push_back(octave_beta(octave, i, chebyshev.cosine));
      }
    }
    const auto nodes = evaluate(put_betas(betas));
    sums_ = memory().get(nodes.sums, rows.size() * betas.size());
    errors_ = memory().get(nodes.errors, rows.size() * betas.size());
    octaves_ = memory().put(numbers_);
    series_ = memory().make<OctaveSeries>(rows.size() * numbers_.size());
    launch(kernels::MakeSeries{nodes.sums, nodes.errors, memory().put(std::vector<ChebyshevTable>{chebyshev}),
                               ladders(), octaves_, LadderDevice::rows(), std::ssize(numbers_), series_});
  }

  [[nodiscard]] std::vector<OctaveSeries> series() {
    return memory().get(series_, static_cast<std::size_t>(rows()) * numbers_.size());
  }
  /// As the host makes it of the same sums.
  [[nodiscard]] OctaveSeries expected(std::size_t item) const {
    OctaveSeries series;
    const std::size_t at = item * std::size_t{octave_evaluations};
    make_octave_series(numbers_[item % numbers_.size()], &sums_[at], &errors_[at], chebyshev.cosine,
                       chebyshev.low, series);
    return series;
  }
  [[nodiscard]] kernels::PointChoice interpolate(const std::vector<double>& betas,
                                                 const kernels::BetaList& at,
                                                 const kernels::Promise& promise) {
    std::vector<std::int32_t> which;
    for (const double beta : betas) {
      const bool ordinary = beta > 0x1p-1000 && beta < 0x1p1000;
      const auto found = std::find(numbers_.begin(), numbers_.end(), ordinary ? octave_of(beta) : -5000);
      which.push_back(found == numbers_.end() ? -1 : static_cast<std::int32_t>(found - numbers_.begin()));
    }
    const kernels::PointChoice all = room(at.count);
    launch(kernels::InterpolateSums{series_, octaves_, std::ssize(numbers_), memory().put(which), scans(),
                                    rows(), at, promise, all});
    return all;
  }

 private:
  std::vector<std::int32_t> numbers_;
  std::vector<RestSums> sums_;
  std::vector<SumErrors> errors_;
  std::int32_t* octaves_ = nullptr;
  OctaveSeries* series_ = nullptr;
};

std::vector<std::int32_t> octaves(int first, int last) {
  std::vector<std::int32_t> all(static_cast<std::size_t>(last - first + 1));
  std::iota(all.begin(), all.end(), first);
  return all;
}

bool same_series(const OctaveSeries& a, const OctaveSeries& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

TEST(MakeSeries, HasTheBitsOfTheHost) {
  const auto rows = rest_rows();
  for (const auto& schedule : all_orders()) {
    SeriesDevice device(rows, 1e3, octaves(-3, 3), schedule);
    const auto made = device.series();
    for (std::size_t item = 0; item < made.size(); ++item) {
      if (rows[item / 7].scan.deepest < 0) {
        EXPECT_TRUE(same_series(made[item], device.expected(item))) << rows[item / 7].name << ' ' << item % 7;
      } else {
        EXPECT_TRUE(std::isinf(made[item].error[0]));
      }
    }
  }
}

TEST(MakeSeries, SaysWhereTheLadderDoesNotServe) {
  SeriesDevice device({rest_row("normal", normal_logits(300, 3, 7))}, 10, {0, 1, 20});
  const auto made = device.series();
  EXPECT_TRUE(std::isfinite(made[0].error[0]));
  EXPECT_TRUE(std::isinf(made[2].error[0]));
}

/// β of every octave and between them, steepest first; the limit T → 0 in front, β = 0 at the end.
std::vector<double> mixed_betas(std::size_t count) {
  std::vector<double> betas = {HUGE_VAL};
  for (std::size_t k = 0; k < count; ++k) {
    betas.push_back(300 * std::exp2(-20.0 * static_cast<double>(k) / static_cast<double>(count)));
  }
  betas.push_back(0);
  return betas;
}

TEST(InterpolateSums, ErrsAtMostByWhatItStates) {
  const auto rows = rest_rows();
  const auto betas = mixed_betas(150);
  SeriesDevice device(rows, 1e4, octaves(-6, 6));
  const auto all = device.interpolate(betas, device.put_betas(betas), {1e-9, 1e-9, true});
  const std::size_t points = rows.size() * betas.size();
  const auto sums = device.memory().get(all.sums, points);
  const auto errors = device.memory().get(all.errors, points);
  const auto origin = device.memory().get(all.origin, points);
  ErrorShares shares;
  std::size_t interpolated = 0;
  for (std::size_t point = 0; point < points; ++point) {
    const RestRow& row = rows[point / betas.size()];
    const double beta = betas[point % betas.size()];
    const bool in_octaves = beta >= 0x1p-6 && beta < 0x1p7;
    EXPECT_TRUE(origin[point] != Origin::interpolation || in_octaves) << beta;
    EXPECT_EQ(origin[point] == Origin::limit, std::isinf(beta));
    EXPECT_EQ(origin[point] == Origin::direct, beta == 0);
    if (origin[point] == Origin::interpolation) {
      shares.check(sums[point], errors[point], exact_sums(row, beta), beta, row.name);
      ++interpolated;
    }
  }
  EXPECT_GT(interpolated, points / 3);
  shares.report("interpolation on the device");
}

/// What the whole chain leaves on the device.
struct Chosen {
  std::vector<RestSums> sums;
  std::vector<Origin> origin;
  std::vector<std::uint8_t> expand, direct;
};

Chosen choose(const std::vector<RestRow>& rows, const std::vector<double>& betas,
              const kernels::Promise& promise, double steepest, bool squares,
              const kernels::HostSchedule& schedule = {}) {
  SeriesDevice device(rows, steepest, octaves(-2, 2), schedule);
  const auto at = device.put_betas(betas);
  const auto all = device.interpolate(betas, at, promise);
  device.expand(at, device.list(all.expand, at.count, kernels::EvaluateLadder::betas_at_once), promise, all);
  kernels::DirectListed direct{device.direct(at), {}, all.sums};
  direct.direct.wanted = all.direct;
  direct.direct.squares = squares;
  direct.list = device.list(all.direct, at.count, kernels::DirectF64::betas_at_once);
  device.launch(direct);
  const std::size_t points = rows.size() * betas.size();
  return {device.memory().get(all.sums, points), device.memory().get(all.origin, points),
          device.memory().get(all.expand, points), device.memory().get(all.direct, points)};
}

std::size_t count_of(const std::vector<Origin>& origins, Origin origin) {
  return static_cast<std::size_t>(std::count(origins.begin(), origins.end(), origin));
}

TEST(Choice, StepsDownPointByPoint) {
  const auto rows = rest_rows();
  const auto betas = mixed_betas(60);
  const Chosen loose = choose(rows, betas, {1e-7, 1e-7, true}, 300, false);
  const Chosen tight = choose(rows, betas, {1e-14, 1e-14, true}, 300, false);
  EXPECT_GT(count_of(loose.origin, Origin::interpolation), 100U);
  EXPECT_GT(count_of(loose.origin, Origin::expansion), 100U);
  EXPECT_EQ(count_of(tight.origin, Origin::interpolation), 0U);
  EXPECT_EQ(count_of(loose.origin, Origin::limit), rows.size());
  for (std::size_t point = 0; point < loose.sums.size(); ++point) {
    EXPECT_EQ(loose.direct[point] != 0, loose.origin[point] == Origin::direct);
    EXPECT_EQ(loose.sums[point].weight > 0, loose.origin[point] != Origin::limit);
    const double beta = betas[point % betas.size()];
    if (loose.sums[point].weight > 0) {
      const double unit = exp_minus_product(beta, loose.sums[point].shift).times(loose.sums[point].weight);
      const double other = exp_minus_product(beta, tight.sums[point].shift).times(tight.sums[point].weight);
      EXPECT_NEAR(unit / other, 1, 2e-7) << rows[point / betas.size()].name << ' ' << beta;
    }
  }
}

TEST(Choice, DoesNotHangOnTheOrderOfThreads) {
  const std::vector<RestRow> rows = {rest_row("normal", normal_logits(700, 3, 6)),
                                     rest_row("equal", std::vector<double>(70, 2.5)),
                                     rest_row("narrow", normal_logits(500, 0.01, 7))};
  const auto betas = mixed_betas(40);
  const Chosen forward = choose(rows, betas, {1e-12, 1e-12, true}, 100, true);
  for (const auto& schedule : all_orders()) {
    const Chosen other = choose(rows, betas, {1e-12, 1e-12, true}, 100, true, schedule);
    EXPECT_TRUE(equal_bits(other.sums, forward.sums));
    EXPECT_TRUE(equal_bits(other.origin, forward.origin));
  }
}

/// Rows longer than a round of slices, and a row that needs the pass about its mean.
TEST(DirectListed, HasTheBitsOfTheDirectMethod) {
  std::vector<RestRow> rows = {rest_row("normal", normal_logits(21000, 3, 6)), rest_row("one", {1}),
                               rest_row("short", normal_logits(511, 9, 8)),
                               rest_row("far", normal_logits(9000, 1e-7, 3))};
  for (double& depth : rows[3].depths) {
    depth = depth > 0 ? depth + 1000 : 0;
  }
  rows[3].scan.deepest -= 1000;
  const std::vector<double> betas = {1e300, 1500.0, 20.0, 1.0, 0.7, 1e-3, 0.0};
  for (const bool squares : {false, true}) {
    // No promise can be kept, so that every point ends with the tokens.
    const Chosen chosen = choose(rows, betas, {0, 0, true}, 50, squares);
    LadderDevice device(rows, 50);
    const auto at = device.put_betas(betas);
    kernels::DirectF64 direct = device.direct(at);
    const std::size_t points = rows.size() * betas.size();
    direct.squares = squares;
    direct.parts = device.memory().make<PartialSums>(points * static_cast<std::size_t>(direct.slices()));
    auto* const sums = device.memory().make<RestSums>(points);
    auto* const again = device.memory().make<std::uint8_t>(points);
    const auto pass = [&](std::uint8_t* next) {
      device.launch(direct);
      device.launch(kernels::MergeF64{direct.parts, direct.rows, at.count, direct.scans, at.betas,
                                      direct.centres != nullptr, direct.wanted, sums, next});
    };
    pass(again);
    direct.wanted = again;
    direct.centres = sums;
    pass(nullptr);
    EXPECT_EQ(count_of(chosen.origin, Origin::direct), points);
    EXPECT_TRUE(equal_bits(chosen.sums, device.memory().get(sums, points)));
  }
}

TEST(ListGroups, NamesEveryGroupWithAMarkOnce) {
  LadderDevice device({rest_row("two", {1, 2}), rest_row("three", {1, 2, 3})}, 1);
  const std::vector<std::uint8_t> marks = {0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1};
  const auto list = device.list(device.memory().put(marks), 11, 4);
  EXPECT_EQ(device.memory().get(list.listed, 1)[0], 4U);
  auto groups = device.memory().get(list.groups, 4);
  std::sort(groups.begin(), groups.end());
  EXPECT_EQ(groups, (std::vector<std::uint64_t>{1, 3, 4, 5}));
}

}  // namespace
}  // namespace tempsweep::testing
