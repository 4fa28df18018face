// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/chebyshev_table.hpp"
#include "tempsweep/math/octave_series.hpp"

#include "kernels/body/ladder_climb.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// The kernels of expansion and interpolation, one after the other on a device that is not there.
namespace tempsweep::testing {

/// l₂ − l of a row's rest, and what the scan of such a row says.
struct RestRow {
  std::string name;
  std::vector<double> depths;
  RowScan scan;
};

inline RestRow rest_row(std::string name, std::vector<double> values, double scale = 1) {
  RestRow row{std::move(name), std::move(values), {}};
  const double top = *std::max_element(row.depths.begin(), row.depths.end());
  for (double& value : row.depths) {
    value = scale * (top - value);
  }
  row.scan.ties = 1;
  row.scan.unmasked = std::ssize(row.depths) + 1;
  row.scan.maximum = 1;
  row.scan.second = 0;
  row.scan.deepest = -*std::max_element(row.depths.begin(), row.depths.end());
  return row;
}

/// Laws of many shapes, some longer than a slice, some with leaves that a whole warp adds up.
inline std::vector<RestRow> rest_rows() {
  std::vector<RestRow> rows = {rest_row("normal", normal_logits(3000, 3, 1)),
                               rest_row("long", normal_logits(27001, 3, 11)),
                               rest_row("narrow", normal_logits(3073, 1, 2), 1e-3),
                               rest_row("wide", normal_logits(2999, 1, 3), 3e3),
                               rest_row("one", {4}),
                               rest_row("equal", std::vector<double>(700, 2.5)),
                               rest_row("two", {1, 0.25}),
                               rest_row("near the anchor", {1, 1 - 1e-13, 1 - 1e-9, -40})};
  auto rounded = normal_logits(13000, 2, 4);
  for (double& logit : rounded) {
    logit = std::nearbyint(8 * logit) / 8;
  }
  rows.push_back(rest_row("rounded", rounded));
  std::vector<double> edges;
  for (int k = 0; k <= 3000; ++k) {
    edges.push_back(-k / 128.0);
    edges.push_back(std::nextafter(-k / 128.0, -100.0));
  }
  rows.push_back(rest_row("on the edges of leaves", edges));
  return rows;
}

/// Ladders of some rows on a runtime.
class LadderDevice {
 public:
  LadderDevice(const std::vector<RestRow>& rows, double steepest, const kernels::HostSchedule& schedule = {})
      : runtime_(kernels::make_host_runtime({std::uint64_t{1} << 30U, schedule, 0})), memory_(*runtime_) {
    std::size_t longest = 0;
    std::vector<RowScan> scans;
    for (const RestRow& row : rows) {
      longest = std::max(longest, row.depths.size());
      scans.push_back(row.scan);
      levels_ = std::max(levels_, kernels::ladder_shape_of(row.scan, steepest).levels);
    }
    const std::size_t stride = (longest + 7) / 8 * 8;
    std::vector<double> depths(rows.size() * stride, std::nan(""));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::copy(rows[r].depths.begin(), rows[r].depths.end(),
                depths.begin() + static_cast<std::ptrdiff_t>(r * stride));
    }
    rows_ = std::ssize(rows);
    scans_ = memory_.put(scans);
    depths_ = memory_.put(depths);
    columns_ = static_cast<std::int64_t>(longest);
    stride_ = static_cast<std::int64_t>(stride);
    build(steepest);
  }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t levels() const { return levels_; }
  [[nodiscard]] kernels::Runtime& runtime() { return *runtime_; }
  [[nodiscard]] DeviceMemory& memory() { return memory_; }
  [[nodiscard]] const RowScan* scans() const { return scans_; }
  [[nodiscard]] const kernels::LadderRow* ladders() const { return ladders_; }
  [[nodiscard]] std::vector<double> moments() {
    return memory_.get(moments_, static_cast<std::size_t>(rows_ * kernels::bin_place(levels_, 0)));
  }
  [[nodiscard]] std::vector<kernels::LadderRow> ladder_rows() {
    return memory_.get(ladders_, static_cast<std::size_t>(rows_));
  }
  [[nodiscard]] kernels::DirectF64 direct(const kernels::BetaList& at) const {
    kernels::DirectF64 direct{};
    direct.depths = depths_;
    direct.rows = rows_;
    direct.columns = columns_;
    direct.stride = stride_;
    direct.scans = scans_;
    direct.betas = at.betas;
    direct.temperatures = at.count;
    return direct;
  }

  template <class Args>
  void launch(const Args& arguments) {
    must(runtime_->launch(arguments, nullptr));
  }

  [[nodiscard]] kernels::BetaList put_betas(const std::vector<double>& betas) {
    return {memory_.put(betas), std::ssize(betas)};
  }
  /// Room for all points, nothing in it.
  [[nodiscard]] kernels::PointChoice room(std::int64_t betas) {
    const auto points = static_cast<std::size_t>(rows_ * betas);
    return {memory_.make<RestSums>(points), memory_.make<SumErrors>(points),
            memory_.make<kernels::Origin>(points), memory_.make<std::uint8_t>(points),
            memory_.make<std::uint8_t>(points)};
  }
  /// Sums of every row at every β.
  [[nodiscard]] kernels::PointChoice evaluate(const kernels::BetaList& at) {
    const kernels::PointChoice all = room(at.count);
    launch(kernels::EvaluateLadder{moments_, ladders_, scans_, rows_, levels_, at, {}, false, {}, all});
    return all;
  }
  /// Those that `choice` asks for, of the listed groups.
  void expand(const kernels::BetaList& at, const kernels::GroupList& list, const kernels::Promise& promise,
              const kernels::PointChoice& choice) {
    launch(
        kernels::EvaluateLadder{moments_, ladders_, scans_, rows_, levels_, at, list, true, promise, choice});
  }

  [[nodiscard]] kernels::GroupList list(const std::uint8_t* marks, std::int64_t count, std::int64_t size) {
    const std::int64_t groups = rows_ * kernels::pieces(count, size);
    auto* const room = memory_.make<std::uint64_t>(static_cast<std::size_t>(groups));
    auto* const listed = memory_.put(std::vector<std::uint64_t>{0});
    launch(kernels::ListGroups{marks, rows_, count, size, room, listed});
    return {room, listed};
  }

 private:
  void build(double steepest) {
    kernels::BuildLeaves build{};
    build.depths = depths_;
    build.rows = rows_;
    build.columns = columns_;
    build.stride = stride_;
    build.scans = scans_;
    build.steepest = steepest;
    build.most_leaves = ladder_octave * (levels_ + 1);
    const auto slices = static_cast<std::size_t>(rows_ * build.slices());
    build.leaves =
        memory_.make<double>(slices * static_cast<std::size_t>(build.most_leaves) * ladder_moments);
    build.additions = memory_.make<std::uint32_t>(slices);
    launch(build);
    moments_ = memory_.make<double>(static_cast<std::size_t>(rows_ * kernels::bin_place(levels_, 0)));
    launch(kernels::MergeLeaves{build.leaves, rows_, build.slices(), build.most_leaves, scans_, steepest,
                                levels_, moments_});
    ladders_ = memory_.make<kernels::LadderRow>(static_cast<std::size_t>(rows_));
    launch(kernels::ClimbLadder{build.additions, rows_, build.slices(), scans_, steepest, levels_, moments_,
                                ladders_});
  }

  std::unique_ptr<kernels::Runtime> runtime_;
  DeviceMemory memory_;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::int64_t stride_ = 0;
  std::int64_t levels_ = 1;
  RowScan* scans_ = nullptr;
  double* depths_ = nullptr;
  double* moments_ = nullptr;
  kernels::LadderRow* ladders_ = nullptr;
};

template <class T>
bool equal_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// A row's sums by brute force in 64 bits of mantissa: Σw, mean, and variance about it.
struct ExactSums {
  long double weight = 0;
  long double mean = 0;
  long double variance = 0;
};

inline ExactSums exact_sums(const RestRow& row, double beta) {
  ExactSums sums;
  for (const double depth : row.depths) {
    const long double w = std::exp(-static_cast<long double>(beta) * depth);
    sums.weight += w;
    sums.mean += w * depth;
  }
  sums.mean /= sums.weight;
  for (const double depth : row.depths) {
    const long double offset = depth - sums.mean;
    sums.variance += std::exp(-static_cast<long double>(beta) * depth) * offset * offset;
  }
  sums.variance /= sums.weight;
  return sums;
}

/// Largest share of the stated errors that was seen.
struct ErrorShares {
  double weight = 0;
  double mean = 0;
  double variance = 0;

  void check(const RestSums& sums, const SumErrors& stated, const ExactSums& exact, double beta,
             const std::string& where) {
    const double unit = exp_minus_product(beta, sums.shift).times(sums.weight);
    const auto w = static_cast<double>(std::abs(unit / exact.weight - 1));
    const auto m = static_cast<double>(std::abs(sums.depth - exact.mean)) * beta;
    const auto v = static_cast<double>(std::abs(sums.variance - exact.variance)) * beta * beta;
    EXPECT_LE(w, stated.log_weight + 1e-16) << where << " beta " << beta;
    EXPECT_LE(m, stated.mean + 1e-16) << where << " beta " << beta;
    EXPECT_LE(v, stated.variance + 1e-16 * beta * beta * sums.variance) << where << " beta " << beta;
    weight = std::max(weight, w / std::max(stated.log_weight, 1e-16));
    mean = std::max(mean, m / std::max(stated.mean, 1e-16));
    variance = std::max(variance, v / std::max(stated.variance, 1e-16));
  }
  void report(const char* what) const {
    std::printf("%s: worst share of the stated error: ln Z %.2f, mean %.2f, variance %.2f\n", what, weight,
                mean, variance);
  }
};

/// β over twelve orders of magnitude, steepest first.
inline std::vector<double> wide_betas() {
  std::vector<double> betas;
  for (int k = 20; k >= -20; --k) {
    betas.push_back(std::exp2(0.97 * k));
  }
  return betas;
}

}  // namespace tempsweep::testing
