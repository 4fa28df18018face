// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/method_choice.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/math/octave_series.hpp"

namespace tempsweep::cpu {
namespace {

/// Nanoseconds of one thread, measured with bench_methods and bench_direct (docs/benchmarks). Only their
/// ratios count, and those change little between machines.
namespace cost {
constexpr double insert_token = 1.8;   // into a ladder, its share of the scan that only it needs included
constexpr double insert_short = 4.0;   // the same in rows too short for parts of leaves
constexpr double ladder_level = 2500;  // of climbing
constexpr double ladder_point = 310;   // sums from moments at one β
constexpr double octave = 1300;        // of making a series, without its sums
constexpr double series_point = 12;    // interpolated sums at one β

constexpr double direct_point = 70;  // of one β, apart from the tokens

/// Of one token at one β, token by token: by the path that most points take at this tolerance
/// (sum_paths.hpp).
double direct_token(double tolerance) {
  if (tolerance >= 2e-6) {
    return 0.22;
  }
  return tolerance >= 4e-7 ? 0.37 : tolerance >= 3e-10 ? 0.48 : 0.6;
}
}  // namespace cost

constexpr double long_row = 16384;

/// Sums from moments at betas of one octave, eight of which cost as much as one.
double ladder_cost(std::int64_t points) {
  return cost::ladder_point * 8 * std::ceil(static_cast<double>(points) / 8);
}

double octave_cost(std::int64_t points) {
  return cost::octave + octave_evaluations * cost::ladder_point +
         static_cast<double>(points) * cost::series_point;
}

bool worth_interpolating(std::int64_t points) {
  return octave_cost(points) < ladder_cost(points);
}

/// Levels of a ladder for rows of ordinary spread: exact numbers follow from each row.
double typical_levels(double steepest) {
  constexpr double spread = 32;
  return 1 + std::clamp(std::log2(steepest * spread / 128), 0.0, 40.0);
}

}  // namespace

MethodChoice choose_method(const BetaRequests& requests, Method method, double tolerance,
                           std::int64_t vocabulary_size) {
  MethodChoice choice;
  if (method == Method::direct || requests.octaves.empty()) {
    return choice;
  }
  choice.steepest = requests.steepest;
  double points_cost = 0;
  for (const auto& octave : requests.octaves) {
    const bool interpolate =
        method == Method::interpolation || (method == Method::automatic && worth_interpolating(octave.count));
    if (interpolate) {
      choice.octaves.push_back(octave.number);
      choice.steepest = std::max(choice.steepest, 2.75 * octave_begin(octave.number));
    }
    points_cost += interpolate ? octave_cost(octave.count) : ladder_cost(octave.count);
  }
  const auto tokens = static_cast<double>(vocabulary_size);
  const double direct = static_cast<double>(requests.total() - requests.limits) *
                        (tokens * cost::direct_token(tolerance) + cost::direct_point);
  const double expansion = tokens * (tokens < long_row ? cost::insert_short : cost::insert_token) +
                           typical_levels(choice.steepest) * cost::ladder_level + points_cost;
  choice.expands = method != Method::automatic || expansion < direct;
  if (!choice.expands) {
    choice.octaves.clear();
  }
  return choice;
}

}  // namespace tempsweep::cpu
