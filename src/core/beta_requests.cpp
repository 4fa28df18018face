// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/beta_requests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "tempsweep/math/law.hpp"
#include "tempsweep/math/octave_series.hpp"

namespace tempsweep {

std::int64_t BetaRequests::total() const {
  return std::accumulate(octaves.begin(), octaves.end(), limits,
                         [](std::int64_t sum, const Octave& octave) { return sum + octave.count; });
}

namespace {

std::size_t place_of(int octave) {
  const int place = octave + octave_range;
  return static_cast<std::size_t>(place);
}

}  // namespace

BetaRequests count_beta_requests(std::span<const double> grid, std::span<const double> orders) {
  std::array<std::int64_t, 2 * octave_range + 1> counts{};
  BetaRequests requests;
  for (const double order : orders) {
    for (const double temperature : grid) {
      const double beta = order * inverse_temperature(temperature);
      if (std::isinf(beta)) {
        continue;
      }
      requests.steepest = std::max(requests.steepest, beta);
      const int octave = beta > 0x1p-1000 ? octave_of(beta) : -1000;
      if (std::abs(octave) <= octave_range) {
        ++counts[place_of(octave)];
      } else {
        ++requests.limits;
      }
    }
  }
  for (int octave = -octave_range; octave <= octave_range; ++octave) {
    const std::int64_t count = counts[place_of(octave)];
    if (count > 0) {
      requests.octaves.push_back({octave, count});
    }
  }
  return requests;
}

}  // namespace tempsweep
