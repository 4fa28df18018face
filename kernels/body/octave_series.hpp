// SPDX-License-Identifier: Apache-2.0
// Series in β, made and evaluated (math/octave_series.hpp).
//
// MakeSeries: a warp an octave and row, a lane a node, then a lane a coefficient. Bound by latency: a few
// thousand operations, where the sums that it is made of took 200 000.
// InterpolateSums: bound by the FP64 pipe, two operations a coefficient and sum and about 40 more a point,
// with the writing of 65 bytes a point close behind. A block takes 256 neighbouring β of a row, two a thread,
// so that a coefficient read from shared memory feeds four operations.
#pragma once

#include <cstddef>

#include "kernels/body/point_choice.hpp"

namespace tempsweep::kernels {

inline constexpr int series_warps = MakeSeries::threads / warp_threads;
inline constexpr int series_nodes = octave_nodes * 3;

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MakeSeries&) {
  return sizeof(double) * series_warps * round_up(series_nodes, 2);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MakeSeries& a) {
  return pieces(a.rows * a.octave_total, series_warps);
}

/// Largest of what the nodes and the ends of one octave say.
struct SeriesBounds {
  double node_error[3] = {};
  double largest[3] = {};
  double end[3] = {};
};

/// Evaluations i, i + 32, … of an octave: nodes go to `f`.
template <class Block>
TEMPSWEEP_DEVICE SeriesBounds read_nodes(Block& block, const MakeSeries& a, std::int64_t item, int octave,
                                         double shift, double* f) {
  SeriesBounds bounds;
  for (int i = block.lane(); i < octave_evaluations; i += warp_threads) {
    const double beta = octave_beta(octave, i, a.cosine);
    const double decay = exp_minus_product(beta, shift).value();
    const std::int64_t at = item * octave_evaluations + i;
    const auto sums = octave_detail::about(shift, 1 / decay, beta, a.sums[at], a.errors[at]);
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      const double size = sums.f[r] < 0 ? -sums.f[r] : sums.f[r];
      if (i < octave_nodes) {
        f[3 * i + r] = sums.f[r];
        bounds.node_error[r] = most(bounds.node_error[r], sums.error[r]);
        bounds.largest[r] = most(bounds.largest[r], size);
      } else {
        const double bound =
            octave_detail::slack *
            (r == 1 ? std::sqrt(sums.f[0] * (sums.f[2] + sums.error[2])) : sums.f[r] + sums.error[r]);
        bounds.end[r] = most(bounds.end[r], bound);
      }
    }
  }
  return reduce_warp(block, bounds, [](const SeriesBounds& x, const SeriesBounds& y) {
    SeriesBounds both;
    for (int r = 0; r < 3; ++r) {
      both.node_error[r] = most(x.node_error[r], y.node_error[r]);
      both.largest[r] = most(x.largest[r], y.largest[r]);
      both.end[r] = most(x.end[r], y.end[r]);
    }
    return both;
  });
}

/// As make_octave_series(), with its bits.
template <class Block>
TEMPSWEEP_DEVICE void make_series(Block& block, const MakeSeries& a, std::int64_t item, int octave,
                                  double* f) {
  OctaveSeries& out = a.series[item];
  const double shift = a.sums[item * octave_evaluations + octave_nodes / 2].depth;
  const SeriesBounds bounds = read_nodes(block, a, item, octave, shift, f);
  block.sync_warp();
  for (int k = block.lane(); k < octave_nodes; k += warp_threads) {
    octave_coefficient(reinterpret_cast<const double(*)[3]>(f), a.cosine, k, out);
  }
  block.sync_warp();
  if (block.lane() == 0) {
    out.shift = shift;
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      out.error[r] = octave_detail::truncation * bounds.end[r] +
                     octave_detail::lebesgue * bounds.node_error[r] +
                     octave_rounding(out.coefficients[r], bounds.largest[r]);
    }
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MakeSeries& a) {
  constexpr auto nodes_each = static_cast<int>(round_up(series_nodes, 2));
  auto nodes = block.template shared<double>(series_warps * nodes_each);
  const std::int64_t all = a.rows * a.octave_total;
  for (std::int64_t item = block.index() * series_warps + block.warp(); item < all;
       item += block.count() * series_warps) {
    const int octave = a.octaves[item % a.octave_total];
    const double steepest = octave_beta(octave, octave_evaluations - 1, a.cosine);
    if (a.ladders[item / a.octave_total].shape.level_of(steepest) < 0) {
      if (block.lane() == 0) {
        a.series[item].error[0] = ieee::infinity;
      }
      continue;
    }
    make_series(block, a, item, octave, &nodes[block.warp() * nodes_each]);
    block.sync_warp();
  }
}

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
