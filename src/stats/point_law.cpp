// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/point_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tempsweep {
namespace {

/// Everything but the probabilities; sums run from the rare end.
PointLaw describe(std::span<const double> depth, double beta) {
  PointLaw law;
  law.depth = depth;
  law.beta = beta;
  law.ties = static_cast<std::size_t>(std::upper_bound(depth.begin(), depth.end(), 0.0) - depth.begin());
  law.finite = static_cast<std::size_t>(
      std::lower_bound(depth.begin(), depth.end(), std::numeric_limits<double>::infinity()) - depth.begin());
  return law;
}

double weight_of(double depth, double beta) {
  if (depth == 0) {
    return 1;
  }
  return std::isinf(depth) || std::isinf(beta) ? 0 : std::exp(-beta * depth);
}

void take_moments(PointLaw& law) {
  law.possible = law.finite;
  while (law.possible > law.ties && !(law.probability[law.possible - 1] > 0)) {
    --law.possible;
  }
  double rest = 0;
  double first = 0;
  for (std::size_t i = law.possible; i-- > law.ties;) {
    rest += law.probability[i];
    first += law.probability[i] * law.depth[i];
  }
  double top = 0;
  for (std::size_t i = 0; i < law.ties; ++i) {
    top += law.probability[i];
  }
  law.top = {top, rest};
  law.mean_depth = first;
  double second = 0;
  double third = 0;
  for (std::size_t i = law.possible; i-- > law.ties;) {
    const double offset = law.depth[i] - first;
    second += law.probability[i] * offset * offset;
    third += law.probability[i] * offset * offset * offset;
  }
  law.variance = second + top * first * first;
  law.third = third - top * first * first * first;
}

}  // namespace

PointLaw make_point_law(std::span<const double> depth, double beta, std::vector<double>& storage) {
  PointLaw law = describe(depth, beta);
  storage.resize(depth.size());
  double rest = 0;
  for (std::size_t i = depth.size(); i-- > 0;) {
    storage[i] = weight_of(depth[i], beta);
    rest += i < law.ties ? 0 : storage[i];
  }
  const auto ties = static_cast<double>(law.ties);
  const double total = ties + rest;
  std::transform(storage.begin(), storage.end(), storage.begin(), [&](double w) { return w / total; });
  law.probability = storage;
  law.log_partition = std::log(ties) + std::log1p(rest / ties);
  take_moments(law);
  law.top = {ties / total, rest / total};
  return law;
}

PointLaw make_point_law(std::span<const double> depth, double beta, std::span<const double> probability) {
  PointLaw law = describe(depth, beta);
  double rest = 0;
  for (std::size_t i = law.finite; i-- > law.ties;) {
    rest += weight_of(depth[i], beta);
  }
  law.log_partition =
      std::log(static_cast<double>(law.ties)) + std::log1p(rest / static_cast<double>(law.ties));
  law.probability = probability;
  take_moments(law);
  return law;
}

}  // namespace tempsweep
