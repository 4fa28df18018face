// SPDX-License-Identifier: Apache-2.0
#include "calibration/checks.hpp"

#include <algorithm>
#include <iterator>

#include <boost/math/distributions/binomial.hpp>

namespace tempsweep::testing {
namespace {

/// P(X >= x). By Boost and not by the referee's own binomial, which is under test here.
double upper(std::uint64_t x, std::uint64_t n, double rate) {
  const boost::math::binomial law(static_cast<double>(n), rate);
  return x == 0 ? 1 : boost::math::cdf(boost::math::complement(law, static_cast<double>(x) - 1));
}

}  // namespace

std::vector<Check> Checks::failed() const {
  std::vector<Check> out = broken_;
  std::copy_if(checks_.begin(), checks_.end(), std::back_inserter(out), [&](const Check& check) {
    return !(check.p >= family_level / static_cast<double>(checks_.size()));
  });
  return out;
}

double Checks::smallest() const {
  double p = 1;
  for (const Check& check : checks_) {
    p = std::min(p, check.p);
  }
  return p;
}

double off_nominal(std::uint64_t x, std::uint64_t n, double rate) {
  const boost::math::binomial law(static_cast<double>(n), rate);
  return std::min(1.0, 2 * std::min(upper(x, n, rate), boost::math::cdf(law, static_cast<double>(x))));
}

double above_nominal(std::uint64_t x, std::uint64_t n, double rate) {
  return upper(x, n, rate);
}

}  // namespace tempsweep::testing
