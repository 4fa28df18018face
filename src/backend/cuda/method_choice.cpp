// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/method_choice.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/math/chebyshev_table.hpp"
#include "tempsweep/math/ladder.hpp"
#include "tempsweep/math/octave_series.hpp"

namespace tempsweep::cuda {
namespace {

/// Picoseconds of a whole H100, busy. Not measured on a card yet: these follow from operation counts in the
/// machine code (docs/gpu-status.md) and the data sheet's rates, 14.8e12 FP64 operations, 3.7e12 ex2 and 3e12
/// bytes a second.
namespace cost {
constexpr double direct_token = 1.15;  // of one token at one β in double: 17 operations
constexpr double float_token = 0.3;    // in float: one ex2
constexpr double insert_token = 3;     // into a ladder: 8 bytes read, 25 operations
constexpr double ladder_level = 6000;  // of merging and climbing: 16 KiB, 17 000 operations
constexpr double ladder_point = 450;   // sums from moments at one β: 6700 operations
constexpr double octave = 1000;        // of making a series, without its sums
constexpr double series_point = 25;    // interpolated sums at one β: 65 bytes written
}  // namespace cost

constexpr ChebyshevTable chebyshev = make_chebyshev_table();

double octave_cost(std::int64_t points) {
  return cost::octave + octave_evaluations * cost::ladder_point +
         static_cast<double>(points) * cost::series_point;
}

bool worth_interpolating(std::int64_t points) {
  return octave_cost(points) < static_cast<double>(points) * cost::ladder_point;
}

/// Levels of a ladder for rows of ordinary spread: exact numbers follow from each row.
double typical_levels(double steepest) {
  constexpr double spread = 32;
  return 1 + std::clamp(std::log2(steepest * spread / ladder_bins), 0.0, 40.0);
}

}  // namespace

std::int32_t Methods::octave_place(double beta) const {
  if (!(beta > 0x1p-1000 && beta < 0x1p1000)) {
    return -1;
  }
  const int octave = octave_of(beta);
  const auto found = std::lower_bound(octaves.begin(), octaves.end(), octave);
  return found != octaves.end() && *found == octave ? static_cast<std::int32_t>(found - octaves.begin()) : -1;
}

Methods choose_methods(const BetaRequests& requests, Method method, std::int64_t vocabulary_size,
                       bool in_float) {
  Methods methods;
  if (method == Method::direct || requests.octaves.empty()) {
    return methods;
  }
  methods.steepest = requests.steepest;
  double points_cost = 0;
  for (const auto& octave : requests.octaves) {
    const bool interpolate =
        method == Method::interpolation || (method == Method::automatic && worth_interpolating(octave.count));
    if (interpolate) {
      methods.octaves.push_back(octave.number);
      methods.steepest =
          std::max(methods.steepest, octave_beta(octave.number, octave_evaluations - 1, chebyshev.cosine));
    }
    points_cost +=
        interpolate ? octave_cost(octave.count) : static_cast<double>(octave.count) * cost::ladder_point;
  }
  const auto tokens = static_cast<double>(vocabulary_size);
  const double direct = static_cast<double>(requests.total() - requests.limits) * tokens *
                        (in_float ? cost::float_token : cost::direct_token);
  const double expansion =
      tokens * cost::insert_token + typical_levels(methods.steepest) * cost::ladder_level + points_cost;
  methods.expands = method != Method::automatic || expansion < direct;
  if (!methods.expands) {
    methods.octaves.clear();
  }
  return methods;
}

}  // namespace tempsweep::cuda
