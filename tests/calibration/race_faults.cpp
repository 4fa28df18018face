// SPDX-License-Identifier: Apache-2.0
// Races with one token on top and N others, each `gap` nats below. What matters is the chance that one of the
// N wins; which one is fair. It is an integral over the best of the N, whose distribution function is the
// N-th power of one's.
#include <cmath>
#include <limits>
#include <utility>

#include "calibration/faults.hpp"

namespace tempsweep::testing {
namespace {

constexpr int steps = 1 << 20;

/// Mean of f over the best noise of N tokens, as e^(-noise): E_min = -ln(u)/N, exponential with mean 1/N.
template <class F>
double mean_over_first(double tokens, const F& f) {
  double sum = 0;
  for (int i = 0; i < steps; ++i) {
    sum += f(-std::log((i + 0.5) / steps) / tokens);
  }
  return sum / steps;
}

/// Exponential variates that are never below `least`. Gumbel noise is -ln of them: a cap of it is this too.
double tail_share_with_least(double tokens, double gap, double least) {
  return mean_over_first(tokens, [=](double e) { return std::exp(-std::exp(gap) * std::max(e, least)); });
}

/// Gumbel noise -ln(-ln u) from u = (k + 1/2)/2^24: summed over the top token's k while the tail can win.
double tail_share_of_24_bits(double tokens, double gap) {
  double share = 0;
  for (int k = 0; k < (1 << 24); ++k) {
    const double exponential = -std::log((k + 0.5) * 0x1p-24);
    // The tail wins from u = exp(-exponential e^-gap) on: numbers k' of that many and more.
    const double needed = std::ceil(std::exp(-exponential * std::exp(-gap)) * 0x1p24 - 0.5);
    if (needed >= 0x1p24) {
      break;  // a larger k makes the top token's noise larger still
    }
    share += -std::expm1(tokens * std::log(needed * 0x1p-24));
  }
  return share * 0x1p-24;
}

/// u = 1 once in 2^25 gives a noise of 46 or infinity, which wins.
double tail_share_with_ones(double tokens, double gap) {
  const double fair = tokens * std::exp(-gap) / (1 + tokens * std::exp(-gap));
  const double one = -std::expm1(tokens * std::log1p(-0x1p-25));
  return one + (1 - one) * fair;
}

Fault make(const char* name, double gap, std::size_t tokens, std::uint64_t samples, double share,
           int threads) {
  const NamedRow row = heavy_tail(gap, tokens);
  std::vector<double> law(tokens + 1, share / static_cast<double>(tokens));
  law.back() = 1 - share;
  return {name, {row, 1, samples, {}}, draw_of_weights(std::move(law), samples, threads)};
}

/// Everything below the top masked; each masked token wins once in 2^32.
Fault masked_winner(std::size_t tokens, int threads) {
  NamedRow row = heavy_tail(std::numeric_limits<double>::infinity(), tokens);
  row.name = "one-hot";
  std::vector<double> law(tokens + 1, 0x1p-32);
  law.back() = 1;
  const std::uint64_t samples = 200000000000U / tokens;
  return {"hash of ones gives infinite noise",
          {row, 1, samples, {}},
          draw_of_weights(std::move(law), samples, threads)};
}

}  // namespace

std::vector<Fault> race_faults(std::size_t tokens, int threads) {
  std::vector<Fault> faults;
  const auto n = static_cast<double>(tokens);
  for (const auto& [gap, draws] : {std::pair{18.0, 1e5}, {20.5, 1.2e6}, {25.0, 1.1e8}}) {
    const auto samples = static_cast<std::uint64_t>(draws * 200000 / n);
    const auto add = [&, depth = gap](const char* name, double share) {
      faults.push_back(make(name, depth, tokens, samples, share, threads));
    };
    add("Gumbel noise capped at 15.94", tail_share_with_least(n, gap, std::exp(-15.94)));
    add("Gumbel noise from 24 bits", tail_share_of_24_bits(n, gap));
    add("exponential never below 2⁻²⁴", tail_share_with_least(n, gap, 0x1p-24));
    add("uniform of 1 gives noise 46", tail_share_with_ones(n, gap));
  }
  faults.push_back(masked_winner(tokens, threads));
  return faults;
}

}  // namespace tempsweep::testing
