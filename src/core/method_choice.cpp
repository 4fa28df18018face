// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/method_choice.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/math/octave_series.hpp"

namespace tempsweep {
namespace {

double ladder_cost(const MethodCosts& costs, std::int64_t points) {
  const std::int64_t together = (points + costs.ladder_points - 1) / costs.ladder_points;
  return costs.ladder_point * static_cast<double>(together * costs.ladder_points);
}

double series_cost(const MethodCosts& costs, std::int64_t points) {
  return costs.octave + octave_evaluations * costs.ladder_point +
         static_cast<double>(points) * costs.series_point;
}

/// Levels of a ladder for rows of ordinary spread: exact numbers follow from each row.
double typical_levels(double steepest) {
  constexpr double spread = 32;
  return 1 + std::clamp(std::log2(steepest * spread / ladder_bins), 0.0, 40.0);
}

}  // namespace

std::int32_t MethodChoice::octave_place(double beta) const {
  if (!(beta > 0x1p-1000 && beta < 0x1p1000)) {
    return -1;
  }
  const int octave = octave_of(beta);
  const auto found = std::lower_bound(octaves.begin(), octaves.end(), octave);
  return found != octaves.end() && *found == octave ? static_cast<std::int32_t>(found - octaves.begin()) : -1;
}

MethodChoice choose_method(const BetaRequests& requests, Method method, const MethodCosts& costs,
                           std::int64_t vocabulary_size) {
  MethodChoice choice;
  if (method == Method::direct || requests.octaves.empty()) {
    return choice;
  }
  choice.steepest = requests.steepest;
  double points = 0;
  for (const auto& octave : requests.octaves) {
    const double by_ladder = ladder_cost(costs, octave.count);
    const double by_series = series_cost(costs, octave.count);
    const bool cheaper = by_series < by_ladder;
    const bool interpolate = method == Method::interpolation || (method == Method::automatic && cheaper);
    if (interpolate) {
      choice.octaves.push_back(octave.number);
      choice.steepest = std::max(choice.steepest, octave_right_end * octave_begin(octave.number));
    }
    points += interpolate ? by_series : by_ladder;
  }
  const auto tokens = static_cast<double>(vocabulary_size);
  const double direct = static_cast<double>(requests.total() - requests.limits) *
                        (tokens * costs.direct_token + costs.direct_point);
  const double expansion =
      tokens * costs.insert_token + typical_levels(choice.steepest) * costs.ladder_level + points;
  choice.expands = method != Method::automatic || expansion < direct;
  if (!choice.expands) {
    choice.octaves.clear();
  }
  return choice;
}

}  // namespace tempsweep
