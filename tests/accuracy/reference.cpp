// SPDX-License-Identifier: Apache-2.0
#include "accuracy/reference.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace tempsweep::testing {
namespace {

/// How far below the top of the rest, in nat, a token still shows in 113 bits of any sum: the variance may be
/// as small as the square of the top's distance.
Quad reach(Quad scaled_gap) {
  return 240 + (scaled_gap < 1 ? -2 * logq(scaled_gap) : Quad(0));
}

}  // namespace

ReferenceRow::ReferenceRow(const std::vector<double>& logits) {
  std::vector<double> sorted;
  std::copy_if(logits.begin(), logits.end(), std::back_inserter(sorted),
               [](double logit) { return !std::isinf(logit); });
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  maximum_ = sorted.front();
  double last = maximum_;
  for (const double logit : sorted) {
    if (logit == maximum_) {
      ties_ += 1;
    } else if (logit == last) {
      counts_.back() += 1;
    } else {
      depths_.push_back(Quad(maximum_) - logit);
      counts_.emplace_back(1);
    }
    last = logit;
  }
}

Reference ReferenceRow::at(double temperature) const {
  Reference law;
  law.beta = 1.0 / temperature;
  const Quad furthest =
      depths_.empty() ? Quad(0) : depths_.front() + reach(law.beta * depths_.front()) / law.beta;
  const auto terms =
      static_cast<std::size_t>(std::upper_bound(depths_.begin(), depths_.end(), furthest) - depths_.begin());
  std::vector<Quad> weights(terms);
  Quad rest = 0;
  Quad first = 0;
  Quad squares = 0;
  Quad roots = 0;
  for (std::size_t i = 0; i < terms; ++i) {
    const Quad one = expq(-law.beta * depths_[i]);
    weights[i] = counts_[i] * one;
    rest += weights[i];
    first += weights[i] * depths_[i];
    squares += weights[i] * one;
    roots += counts_[i] * sqrtq(one);
  }
  law.total = ties_ + rest;
  law.shifted_log = logq(ties_) + log1pq(rest / ties_);
  law.mean_depth = first / law.total;
  law.entropy = law.shifted_log + law.beta * law.mean_depth;
  law.collision = (ties_ + squares) / law.total / law.total;
  law.half_sum = (ties_ + roots) / sqrtq(law.total);
  law.variance = ties_ / law.total * law.mean_depth * law.mean_depth;
  for (std::size_t i = 0; i < terms; ++i) {
    const Quad offset = depths_[i] - law.mean_depth;
    law.variance += weights[i] / law.total * offset * offset;
  }
  return law;
}

}  // namespace tempsweep::testing
