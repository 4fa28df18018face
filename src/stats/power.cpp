// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/power.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>

namespace tempsweep {
namespace {

constexpr double level = 0.05;
constexpr double missed = 0.2;

}  // namespace

double power::non_centrality(std::size_t cells) {
  using namespace boost::math;
  const auto freedom = static_cast<double>(cells - 1);
  const double critical = quantile(complement(chi_squared(freedom), level));
  return non_central_chi_squared::find_non_centrality(freedom, critical, missed);
}

double power::temperature_error(double beta, double variance, std::uint64_t n) {
  const double root = beta * std::sqrt(variance);
  const bool some = n > 0 && root > 0 && std::isfinite(root);
  return some ? std::sqrt(power::score_size / static_cast<double>(n)) / root
              : std::numeric_limits<double>::quiet_NaN();
}

double power::total_variation(std::size_t cells, std::uint64_t n, NonCentralities& known) {
  if (cells < 2 || n == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  constexpr std::size_t most_known = 4096;
  if (known.size() >= most_known) {
    known.clear();
  }
  const auto [place, fresh] = known.try_emplace(cells, 0);
  if (fresh) {
    place->second = non_centrality(cells);
  }
  return std::min(1.0, std::sqrt(place->second / static_cast<double>(n)) / 2);
}

}  // namespace tempsweep
