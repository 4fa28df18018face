// SPDX-License-Identifier: Apache-2.0
// Binomial draws for up to 2^53 trials, in a time that does not depend on their number, with the same counts
// on every compiler and device. Below an expected count of 10 by inversion (BINV of Kachitvichyanukul and
// Schmeiser, CACM 1988), from there on by transformed rejection with squeeze (BTRS of Hörmann, "The
// generation of binomial random variates", J. Stat. Comput. Simul. 1993), its probabilities in Loader's form
// (deviance.hpp).
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/deviance.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/logarithm.hpp"

namespace tempsweep {

inline constexpr std::uint64_t binomial_most_trials = std::uint64_t{1} << 53U;

struct WordPair {
  std::uint64_t first, second;
};

/// Pairs of 64-bit words of one node of a point's stream, in order; a plain value.
class NodeWords {
 public:
  TEMPSWEEP_HD NodeWords(const PointStream& stream, std::uint32_t node) : stream_(stream), node_(node) {}
  TEMPSWEEP_HD WordPair next() {
    const PhiloxBlock block = stream_.block(node_block(node_, taken_++));
    return {join_words(block.x, block.y), join_words(block.z, block.w)};
  }

 private:
  PointStream stream_;
  std::uint32_t node_;
  std::uint32_t taken_ = 0;
};

namespace binomial_detail {

/// Multiples of 2^−53 in [0, 1).
TEMPSWEEP_HD inline double unit_from_zero(std::uint64_t word) {
  return static_cast<double>(static_cast<std::int64_t>(word >> 11U)) * 0x1p-53;
}
/// Multiples of 2^−53 in (0, 1].
TEMPSWEEP_HD inline double unit_to_one(std::uint64_t word) {
  return static_cast<double>(static_cast<std::int64_t>(word >> 11U) + 1) * 0x1p-53;
}
/// Odd multiples of 2^−53 in (−½, ½).
TEMPSWEEP_HD inline double centred_unit(std::uint64_t word) {
  return (static_cast<double>(static_cast<std::int64_t>(word >> 12U)) + 0.5) * 0x1p-52 - 0.5;
}

inline constexpr double inversion_below = 10;  ///< expected counts
inline constexpr double inversion_end = 110;   ///< more than these have a probability below 1e-74

/// n ≥ 1, 0 < p ≤ ½, np < 10. Each pair of words serves one attempt; a second one is needed where u lies
/// beyond the sum of all probabilities, which rounding may leave a few 2^−53 short of 1.
template <class Words>
TEMPSWEEP_HD std::uint64_t binomial_by_inversion(Words& words, double n, double p, double q) {
  double u = unit_from_zero(words.next().first);
  if (n == 1) {
    return u < q ? 0 : 1;
  }
  if (u < 1 - n * p - 0x1p-49) {  // q^n is at least 1 − np
    return 0;
  }
  const double none = table_weight(n, -log1p_reproducible(-p));
  const double odds = p / q;
  const double end = n < inversion_end ? n : inversion_end;
  while (true) {
    double mass = none;
    double k = 0;
    while (k <= end) {
      if (u < mass) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(k));
      }
      u -= mass;
      mass *= (n - k) * odds / (k + 1);
      k += 1;
    }
    u = unit_from_zero(words.next().first);
  }
}

/// Transformed rejection. With u in (−½, ½), r = ½ − |u|, the proposal is ⌊(2a/r + b)u + c⌋, and it is taken
/// with probability Bin(k)/Bin(mode) · (a/r² + b)/α, which is at most 1. Needs np ≥ 10, p ≤ ½.
class BinomialHat {
 public:
  TEMPSWEEP_HD BinomialHat(double n, double p, double q)
      : n_(n),
        p_(p),
        q_(q),
        deviation_(std::sqrt(n * p * q)),
        b_(1.15 + 2.53 * deviation_),
        a_(-0.0873 + 0.0248 * b_ + 0.01 * p) {}

  /// A whole number, or −1 for one below 0 or above n.
  [[nodiscard]] TEMPSWEEP_HD double proposal(double u) const {
    const double value = (2.0 * a_ / room(u) + b_) * u + (n_ * p_ + 0.5);
    return value >= 0 && value < n_ + 1 ? whole(value) : -1;
  }

  /// True only where the proposal is certain to be accepted.
  [[nodiscard]] TEMPSWEEP_HD bool accepts_at_once(double u, double v) const {
    return room(u) >= 0.07 && v <= 0.92 - 4.2 / b_;
  }

  /// Close to the mode ln(Bin(k)/Bin(mode)) lies within `band` of −d²/(2npq), d = k − mode: the squeeze of
  /// BTPE (Kachitvichyanukul and Schmeiser, ACM TOMS 1988). What it leaves open is decided by Loader's form.
  [[nodiscard]] TEMPSWEEP_HD bool accepts(double u, double v, double k) const {
    const double mode = whole(std::fma(n_, p_, p_));
    const double scaled = v * hat(u);
    const double variance = deviation_ * deviation_;
    const double distance = k < mode ? mode - k : k - mode;
    if (distance > 20 && distance < 0.5 * variance - 1) {
      const double step = distance / variance;
      const double band = step * ((distance * (distance / 3 + 0.625) + 1.0 / 6) / variance + 0.5);
      const double excess = log_reproducible(scaled) + 0.5 * distance * step;
      if (excess < -band || excess > band) {
        return excess < 0;
      }
    }
    const double roots = (factor(k) / factor(mode)) * (factor(n_ - k) / factor(n_ - mode));
    return 0.5 * log_reproducible(scaled * scaled * roots) <= exponent(mode) - exponent(k);
  }

  /// α/(a/r² + b), at least Bin(k)/Bin(mode) of the proposal at u.
  [[nodiscard]] TEMPSWEEP_HD double hat(double u) const {
    const double r = room(u);
    return (2.83 + 5.1 / b_) * deviation_ / (a_ / (r * r) + b_);
  }

 private:
  [[nodiscard]] TEMPSWEEP_HD static double whole(double value) {
    return static_cast<double>(static_cast<std::int64_t>(value));
  }
  [[nodiscard]] TEMPSWEEP_HD static double room(double u) { return 0.5 - (u < 0 ? -u : u); }
  /// k of Loader's ½ ln(2πk); at k = 0, where his formula is −D alone, what makes that term vanish.
  [[nodiscard]] TEMPSWEEP_HD static double factor(double k) { return k == 0 ? 0x1.45f306dc9c883p-3 : k; }
  /// −ln Bin(k) but for the factors under the root and for what all k share.
  [[nodiscard]] TEMPSWEEP_HD double exponent(double k) const {
    return stirling_error(k) + stirling_error(n_ - k) + half_deviance(k, mean_count(n_, p_)) +
           half_deviance(n_ - k, mean_count(n_, q_));
  }

  double n_, p_, q_, deviation_, b_, a_;
};

template <class Words>
TEMPSWEEP_HD std::uint64_t binomial_by_rejection(Words& words, double n, double p, double q) {
  const BinomialHat hat(n, p, q);
  while (true) {
    const WordPair pair = words.next();
    const double u = centred_unit(pair.first);
    const double v = unit_to_one(pair.second);
    const double k = hat.proposal(u);
    if (k >= 0 && (hat.accepts_at_once(u, v) || hat.accepts(u, v, k))) {
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(k));
    }
  }
}

template <class Words>
TEMPSWEEP_HD std::uint64_t binomial_lower_half(Words& words, std::uint64_t trials, double p, double q) {
  const auto n = static_cast<double>(static_cast<std::int64_t>(trials));
  return n * p < inversion_below ? binomial_by_inversion(words, n, p, q)
                                 : binomial_by_rejection(words, n, p, q);
}

}  // namespace binomial_detail

/// Number of successes in `trials` ≤ 2^53 trials of probability p; q = 1 − p comes from the caller, who may
/// know it without cancellation. Of `words`, whose next() gives a WordPair, the first pair nearly always
/// suffices. Without a trial, or with p or q = 0, it takes none. The law is exact but for rounding: relative
/// errors of about 1e-15 in each probability, and no tail below 2^−53 where the expected count is below 10.
template <class Words>
TEMPSWEEP_HD std::uint64_t binomial_draw(Words& words, std::uint64_t trials, double p, double q) {
  if (trials == 0 || p <= 0) {
    return 0;
  }
  if (q <= 0) {
    return trials;
  }
  return p <= q ? binomial_detail::binomial_lower_half(words, trials, p, q)
                : trials - binomial_detail::binomial_lower_half(words, trials, q, p);
}

}  // namespace tempsweep
