// SPDX-License-Identifier: Apache-2.0
// Interpolated sums (math/octave_series.hpp): bound by the FP64 pipe, two operations a coefficient and sum
// and about 80 more a point, with the writing of 75 bytes a point close behind. A block takes 256
// neighbouring β of a row, two a thread, so that a coefficient read from shared memory feeds four
// operations. Distance: not run yet (docs/gpu-status.md).
#pragma once

#include <cstddef>

#include "kernels/body/point_choice.hpp"

namespace tempsweep::kernels {

// How a series lies in shared memory.
inline constexpr int series_doubles = sizeof(OctaveSeries) / sizeof(double);
inline constexpr int series_shift = offsetof(OctaveSeries, shift) / sizeof(double);
inline constexpr int series_error = offsetof(OctaveSeries, error) / sizeof(double);
static_assert(sizeof(OctaveSeries) % sizeof(double) == 0 && offsetof(OctaveSeries, coefficients) == 0);

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const InterpolateSums&) {
  return sizeof(double) * round_up(series_doubles, 2) +
         sizeof(std::int32_t) * (InterpolateSums::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const InterpolateSums& a) {
  return a.rows * a.runs();
}

inline constexpr int points_each = InterpolateSums::betas_at_once / InterpolateSums::threads;

/// What is known of a thread's points.
struct SeriesPoint {
  std::int64_t t = 0;
  double beta = 0;
  int which = -1;
  bool inside = false;
  bool found = false;
  RestSums sums{};
  SumErrors errors{};
};

/// Clenshaw's recurrence for all points at once; those of other octaves come to nothing.
template <class Series>
TEMPSWEEP_DEVICE void evaluate_series(Series series, double begin, int which,
                                      SeriesPoint (&points)[points_each]) {
  double x[points_each];
  double next[points_each][3] = {};
  double after[points_each][3] = {};
#pragma unroll
  for (int p = 0; p < points_each; ++p) {
    x[p] = std::fma(points[p].beta, 2 / begin, -3.0);
  }
#pragma unroll 1
  for (int k = octave_nodes - 1; k > 0; --k) {
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      const double coefficient = series[r * octave_nodes + k];
#pragma unroll
      for (int p = 0; p < points_each; ++p) {
        const double now = std::fma(x[p] + x[p], next[p][r], coefficient - after[p][r]);
        after[p][r] = next[p][r];
        next[p][r] = now;
      }
    }
  }
  OctaveSeries stated;  // its coefficients are not asked for
  stated.shift = series[series_shift];
  for (int r = 0; r < 3; ++r) {
    stated.error[r] = series[series_error + r];
  }
#pragma unroll
  for (int p = 0; p < points_each; ++p) {
    if (points[p].which != which || !(stated.error[0] < ieee::infinity)) {
      continue;
    }
    double f[3];
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      f[r] = std::fma(x[p], next[p][r], series[r * octave_nodes] - after[p][r]);
    }
    const double inverse = 1 / f[0];
    const double offset = f[1] * inverse;
    const double variance = std::fma(-offset, offset, f[2] * inverse);
    points[p].sums = {f[0], stated.shift + offset, variance > 0 ? variance : 0, 0, stated.shift};
    points[p].errors = octave_errors(stated, points[p].beta, f[0], f[1], f[2]);
    points[p].found = true;
  }
}

/// Writes a point and where it goes from here. β = 0 goes straight to the tokens: the bounds say nothing of
/// βμ there.
TEMPSWEEP_DEVICE inline void settle(const InterpolateSums& a, std::int64_t row, const SeriesPoint& point) {
  const RowScan& scan = a.scans[row];
  const std::int64_t at = row * a.at.count + point.t;
  const bool limit = scan.status != RowStatus::ok || scan.rest() == 0 || !(point.beta < ieee::infinity);
  const bool good = !limit && point.found && keeps(a.promise, scan, point.beta, point.sums, point.errors);
  const bool flat = !limit && !(point.beta > 0);
  a.choice.sums[at] = good ? point.sums : RestSums{};
  a.choice.errors[at] = good ? point.errors : SumErrors{};
  a.choice.origin[at] =
      limit ? Origin::limit : (good ? Origin::interpolation : (flat ? Origin::direct : Origin::expansion));
  a.choice.expand[at] = !limit && !good && !flat ? 1 : 0;
  a.choice.direct[at] = flat ? 1 : 0;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const InterpolateSums& a) {
  auto series = block.template shared<double>(static_cast<int>(round_up(series_doubles, 2)));
  auto scratch = block.template shared<std::int32_t>(InterpolateSums::threads / warp_threads);
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t row = item / a.runs();
    SeriesPoint points[points_each];
    int last = -1;
#pragma unroll
    for (int p = 0; p < points_each; ++p) {
      SeriesPoint& point = points[p];
      point.t = item % a.runs() * InterpolateSums::betas_at_once +
                std::int64_t{p} * InterpolateSums::threads + block.thread();
      point.inside = point.t < a.at.count;
      point.beta = point.inside ? a.at.betas[point.t] : 0.0;
      point.which = point.inside && a.octave_total > 0 ? a.which[point.t] : -1;
      last = most(last, point.which);
    }
    // From the steepest octave of the run down to the shallowest, past those that nobody asks for.
    while (true) {
      last = reduce_block(block, scratch, last, [](std::int32_t x, std::int32_t y) { return most(x, y); });
      if (last < 0) {
        break;
      }
      const auto* const from = reinterpret_cast<const double*>(a.series + row * a.octave_total + last);
      for (int i = block.thread(); i < series_doubles; i += block.threads()) {
        series[i] = from[i];
      }
      block.sync();
      evaluate_series(series, octave_begin(a.octaves[last]), last, points);
      block.sync();
      int below = -1;
#pragma unroll
      for (const SeriesPoint& point : points) {
        below = point.which < last ? most(below, point.which) : below;
      }
      last = below;
    }
#pragma unroll
    for (const SeriesPoint& point : points) {
      if (point.inside) {
        settle(a, row, point);
      }
    }
  }
}

}  // namespace tempsweep::kernels
