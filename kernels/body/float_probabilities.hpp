// SPDX-License-Identifier: Apache-2.0
// Whole distributions at loose tolerances: probabilities by float exponentials (math/float_density.hpp).
// Bound by writing, 4 bytes a token and temperature: 0.67e12 a second at the 2.7 TB/s of an H100, 1.1e12 on
// an H200; the 25 instructions a point allow 1.2e12. Distance: not run yet (docs/gpu-status.md). A block
// takes a slice of a row at eight temperatures: logits are read and made into two floats once for all of
// them.
#pragma once

#include "tempsweep/math/float_density.hpp"

#include "kernels/body/probabilities.hpp"

namespace tempsweep::kernels {

inline constexpr int densities_at_once = 8;

/// Neighbouring points, all in one slice of the vocabulary.
struct DensityGroup {
  std::int64_t first;  ///< point
  int count;
  std::int64_t begin, end;  ///< tokens
};

TEMPSWEEP_HD inline DensityGroup density_group(const Probabilities& a, std::int64_t item) {
  const std::int64_t done = item / a.slices() * densities_at_once;
  const std::int64_t begin = item % a.slices() * Probabilities::slice;
  return {a.first + done, static_cast<int>(least<std::int64_t>(densities_at_once, a.points - done)), begin,
          least(begin + Probabilities::slice, a.tokens)};
}

/// Whether a point is one of those that float serves; of a sound row, then.
TEMPSWEEP_HD inline bool float_point(const Probabilities& a, std::int64_t point) {
  const Law& law = a.laws[point];
  return a.scans[point / a.temperatures].status == RowStatus::ok && !law.zero_limit &&
         law.beta >= least_float_density_beta && law.beta <= most_float_density_beta;
}

/// Four tokens of a row.
struct FourDepths {
  FloatDepth of[4];

  TEMPSWEEP_DEVICE void load(const Probabilities& a, std::int64_t row, std::int64_t i) {
    const double maximum = a.scans[row].maximum;
    for (int k = 0; k < 4; k += Vector<double>::size) {
      if (i + k < a.columns) {
        const Vector<double> pair = load_vector(a.logits + row * a.stride + i + k);
        of[k] = FloatDepth(maximum, pair.lane[0]);
        of[k + 1] = FloatDepth(maximum, pair.lane[1]);
      }
    }
  }
};

/// Writes four tokens, 16 bytes a store where the rows allow it.
TEMPSWEEP_DEVICE inline void write_four(const Probabilities& a, const FourDepths& depths,
                                        const FloatDensity& density, std::int64_t i, std::int64_t end,
                                        float* out) {
  const auto inside = static_cast<int>(least<std::int64_t>(4, a.columns - i));
  Vector<float> p{};
  for (int k = 0; k < 4; ++k) {
    const float any = density.probability(depths.of[k]);  // also of what is no token: no branches
    p.lane[k] = k < inside ? any : AsF32::fill();
  }
  if (a.tokens % 4 == 0) {
    store_vector(out + i, p);
    return;
  }
  for (int k = 0; k < 4; ++k) {
    if (i + k < end) {
      out[i + k] = p.lane[k];
    }
  }
}

/// \param densities  shared, one a point; of those that float does not serve the limit is −1
template <class Block, class Shared>
TEMPSWEEP_DEVICE void write_group(Block& block, const Probabilities& a, Shared densities,
                                  const DensityGroup& group) {
  for (std::int64_t i = group.begin + 4 * block.thread(); i < group.end; i += 4 * block.threads()) {
    FourDepths depths;
    std::int64_t row = group.first / a.temperatures;
    std::int64_t next_row = (row + 1) * a.temperatures - group.first;
    depths.load(a, row, i);
    for (int p = 0; p < group.count; ++p) {
      if (p == next_row) {
        ++row;
        next_row += a.temperatures;
        depths.load(a, row, i);
      }
      const FloatDensity density = densities[p];
      if (density.limit >= 0) {
        write_four(a, depths, density, i, group.end, a.probability + (group.first - a.first + p) * a.tokens);
      }
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const FloatProbabilities&) {
  return densities_at_once * sizeof(FloatDensity);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const FloatProbabilities& a) {
  return pieces(a.points, densities_at_once) * a.slices();
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const FloatProbabilities& a) {
  auto densities = block.template shared<FloatDensity>(densities_at_once);
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const DensityGroup group = density_group(a, item);
    if (block.thread() < group.count) {
      const std::int64_t point = group.first + block.thread();
      FloatDensity density{};
      density.limit = -1;
      if (float_point(a, point)) {
        density = FloatDensity::make(a.laws[point].beta, a.laws[point].total(), a.degree);
      }
      densities[block.thread()] = density;
    }
    block.sync();
    write_group(block, a, densities, group);
    for (int p = 0; p < group.count; ++p) {
      const std::int64_t point = group.first + p;
      if (!float_point(a, point)) {
        const std::int64_t row = point / a.temperatures;
        write_run<AsF32>(block, a, Density(a.laws[point]), a.scans[row].status == RowStatus::ok,
                         a.logits + row * a.stride, group.begin, group.end,
                         a.probability + (point - a.first) * a.tokens);
      }
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
