// SPDX-License-Identifier: Apache-2.0
// The rejection of binomial draws against probabilities of 113 bits, without drawing.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <quadmath.h>

#include "tempsweep/math/binomial.hpp"

namespace tempsweep {
namespace {

__extension__ using Quad = __float128;
using binomial_detail::BinomialHat;

struct Case {
  double n, p;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const double n : {20.0, 21.0, 40.0, 99.0, 1000.0, 123456.0, 1e9, 1e12, 0x1p52 + 1, 0x1p53}) {
    for (const double mean : {10.0, 10.5, 13.0, 20.0, 50.0, 200.0, 1e5}) {
      if (mean <= n / 2) {
        all.push_back({n, mean / n});
      }
    }
    all.push_back({n, 0.5});
    all.push_back({n, 0.4});
  }
  std::erase_if(all, [](const Case& at) { return at.n * at.p < 10; });
  return all;
}

/// ln of Bin(k; n, p) but for the factor n!.
Quad log_mass(const Case& at, double k) {
  return -lgammaq(Quad(k) + 1) - lgammaq(Quad(at.n) - k + 1) + k * logq(Quad(at.p)) +
         (Quad(at.n) - k) * log1pq(-Quad(at.p));
}

std::vector<double> places() {
  std::vector<double> u;
  for (int i = 1; i < 1500; ++i) {
    u.push_back(i / 1500.0 - 0.5);
  }
  for (double r = 0.07; r > 0x1p-40; r *= 0.83) {
    u.push_back(r - 0.5);
    u.push_back(0.5 - r);
  }
  return u;
}

TEST(BinomialHat, covers_the_law_and_decides_by_it) {
  double tightest = 0;
  for (const Case& at : cases()) {
    const BinomialHat hat(at.n, at.p, 1 - at.p);
    const double mode = std::floor(std::fma(at.n, at.p, at.p));
    const Quad top = log_mass(at, mode);
    for (const double u : places()) {
      const double k = hat.proposal(u);
      if (k < 0) {
        continue;
      }
      ASSERT_LE(k, at.n);
      const double taken = static_cast<double>(expq(log_mass(at, k) - top)) / hat.hat(u);
      ASSERT_LE(taken, 1 + 1e-12) << at.n << ' ' << at.p << ' ' << u;
      tightest = std::max(tightest, taken);
      if (taken > 1e-20) {  // v is 2^-53 at least
        ASSERT_TRUE(hat.accepts(u, taken * (1 - 1e-12), k)) << at.n << ' ' << at.p << ' ' << u << ' ' << k;
        ASSERT_FALSE(hat.accepts(u, taken * (1 + 1e-12), k)) << at.n << ' ' << at.p << ' ' << u << ' ' << k;
      }
    }
  }
  EXPECT_GT(tightest, 0.9);
}

TEST(BinomialHat, takes_at_once_only_what_it_would_take) {
  for (const Case& at : cases()) {
    const BinomialHat hat(at.n, at.p, 1 - at.p);
    int at_once = 0;
    for (const double u : places()) {
      for (double v = 0x1p-53; v <= 1; v = v < 0.6 ? v + 0.31 : v + 0.0047) {
        if (hat.accepts_at_once(u, v)) {
          const double k = hat.proposal(u);
          ASSERT_GE(k, 0);
          ASSERT_TRUE(hat.accepts(u, v, k)) << at.n << ' ' << at.p << ' ' << u << ' ' << v;
          ++at_once;
        }
      }
    }
    EXPECT_GT(at_once, 0);
  }
}

TEST(BinomialHat, extreme_words_are_proposals_or_refused) {
  for (const Case& at : cases()) {
    const BinomialHat hat(at.n, at.p, 1 - at.p);
    for (const std::uint64_t word : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63U,
                                     (std::uint64_t{1} << 63U) - 1, std::uint64_t{0xffffff80U} << 32U}) {
      const double u = binomial_detail::centred_unit(word);
      EXPECT_LT(std::abs(u), 0.5);
      const double k = hat.proposal(u);
      EXPECT_TRUE(k == -1 || (k >= 0 && k <= at.n));
      EXPECT_GT(binomial_detail::unit_to_one(word), 0);
      EXPECT_LE(binomial_detail::unit_to_one(word), 1);
      EXPECT_LT(binomial_detail::unit_from_zero(word), 1);
    }
  }
}

}  // namespace
}  // namespace tempsweep
