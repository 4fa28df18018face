// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/exp2.hpp"

#include "backend/cpu/kernels.hpp"

namespace tempsweep::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The vector loop must have the scalar function's very bits: tables on different machines hang on it.
void expect_same_bits(const std::vector<double>& logits, double maximum, double beta) {
  std::vector<double> weights(logits.size() + 1, -5);
  cpu::table_weights(logits.data(), std::ssize(logits), maximum, beta, weights.data());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint64_t>(weights[i]),
              std::bit_cast<std::uint64_t>(table_weight(maximum - logits[i], beta)))
        << "depth " << maximum - logits[i] << " beta " << beta;
  }
  EXPECT_EQ(weights.back(), -5);
}

TEST(TableWeights, HaveTheScalarBitsOnRandomInputs) {
  std::mt19937_64 engine(11);
  std::uniform_real_distribution<double> exponent(-40, 40);
  std::exponential_distribution<double> depth(1);
  for (int trial = 0; trial < 400; ++trial) {
    const double beta = std::exp2(exponent(engine));
    const double unit = trial % 3 == 0 ? 1 : 10 / beta;
    std::vector<double> logits(2501);
    for (double& logit : logits) {
      logit = 3.5 - unit * depth(engine);
    }
    logits[7] = 3.5;
    expect_same_bits(logits, 3.5, beta);
  }
}

TEST(TableWeights, HaveTheScalarBitsAtTheEdges) {
  const std::vector<double> logits = {
      0,      -0.0, -infinity, -1e-320, -1,     -707,     -708,       -709,
      -744.4, -745, -746,      -1e30,   -1e300, -1.7e308, -0x1p-1022, -0.34657359027997264,
      -1e-17};
  for (const double beta :
       {0.0, 5e-324, 1e-300, 0.1, 0.5, 1.0, 1.0000000000000002, 3.0, 1e10, 1e300, 1.7e308, infinity}) {
    for (std::size_t length = 1; length <= logits.size(); ++length) {
      expect_same_bits({logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(length)}, 0, beta);
    }
  }
}

TEST(TableWeights, OfMaskedTokensAndOfTheLimit) {
  const std::vector<double> logits = {2, -infinity, 2, 1.9999999999999998, -4};
  std::vector<double> weights(5);
  for (const double beta : {0.0, 1.0, infinity}) {
    cpu::table_weights(logits.data(), 5, 2, beta, weights.data());
    EXPECT_EQ(weights[0], 1);
    EXPECT_EQ(weights[2], 1);
    EXPECT_EQ(weights[1], 0) << "a masked token is never drawn, at beta " << beta;
    EXPECT_EQ(weights[4], beta == 0 ? 1 : table_weight(6, beta));
  }
  EXPECT_EQ(weights[3], 0);
}

}  // namespace
}  // namespace tempsweep::testing
