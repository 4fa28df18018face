// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/law.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/metrics.hpp"

#include "support/quad_law.hpp"

namespace tempsweep::testing {
namespace {

TEST(Scaled, ProductsMeetBeforeTheyAreRounded) {
  const Scaled tiny{0.75, -2000};
  EXPECT_EQ(tiny.value(), 0);
  EXPECT_EQ((tiny * 0x1p1000 * 0x1p1000).value(), 0.75);
  EXPECT_EQ((tiny * 0x1p1000).times(0x1p900), 0.75 * 0x1p-100);
  EXPECT_EQ(Scaled().times(HUGE_VAL), 0) << "zero absorbs";
  EXPECT_EQ(tiny.times(0), 0);
  EXPECT_EQ((Scaled{1, -1074}).value(), 0x1p-1074);
  EXPECT_EQ((Scaled{1, -1000000000000}).value(), 0);
}

TEST(ExpMinusProduct, AgreesWithQuadAtAnyDepth) {
  for (const double a : {1e-300, 1e-3, 0.7, 1.0 / 3, 123.456, 1e6, 1e300}) {
    for (const double product : {0.0, 1e-20, 1e-3, 0.3466, 1.0, 700.0, 745.2, 5000.0}) {
      const double b = product / a;
      const Scaled result = exp_minus_product(a, b);
      const Quad reference = expq(-Quad(a) * Quad(b));
      const Quad value = ldexpq(Quad(result.mantissa), static_cast<int>(result.exponent));
      EXPECT_LT(static_cast<double>(fabsq(value / reference - 1)), 5e-16) << a << ' ' << b;
    }
  }
}

TEST(ExpMinusProduct, EndsInZero) {
  EXPECT_EQ(exp_minus_product(1e300, 1e300).mantissa, 0);
  EXPECT_EQ(exp_minus_product(HUGE_VAL, 0).mantissa, 0) << "no 0·inf";
  EXPECT_EQ(exp_minus_product(2e6, 1).mantissa, 0);
  EXPECT_EQ(exp_minus_product(0, 1e300).value(), 1);
}

TEST(ZeroLimit, IsWhereTheInverseIsInfinite) {
  for (const double zero : {0.0, -0.0, 5e-324, 1e-310, 5.5e-309}) {
    EXPECT_TRUE(is_zero_limit(zero)) << zero;
  }
  EXPECT_EQ(inverse_temperature(-0.0), HUGE_VAL);
  EXPECT_FALSE(is_zero_limit(6e-309));
  EXPECT_FALSE(is_zero_limit(HUGE_VAL));
  EXPECT_EQ(inverse_temperature(HUGE_VAL), 0);
}

/// RestSums of a short row, summed in quad: what is left is make_law and the formulas.
Law law_of(const std::vector<double>& logits, double temperature) {
  RowScan row;
  row.maximum = *std::max_element(logits.begin(), logits.end());
  row.second = -HUGE_VAL;
  for (const double logit : logits) {
    row.unmasked += static_cast<std::int64_t>(!std::isinf(logit));
    row.ties += static_cast<std::int64_t>(logit == row.maximum);
    row.second = logit < row.maximum ? std::max(row.second, logit) : row.second;
  }
  row.second = std::isinf(row.second) ? row.maximum : row.second;
  const double beta = is_zero_limit(temperature) ? 1 : inverse_temperature(temperature);
  Quad weight = 0, depth = 0, square = 0, squares = 0;
  for (const double logit : logits) {
    if (logit < row.maximum && !std::isinf(logit)) {
      const Quad y = Quad(row.second) - logit;
      const Quad w = expq(-beta * y);
      weight += w;
      depth += w * y;
      square += w * y * y;
      squares += w * w;
    }
  }
  const Quad mean = weight > 0 ? depth / weight : 0;
  const Quad variance = weight > 0 ? square / weight - mean * mean : 0;
  return make_law(row, temperature,
                  {static_cast<double>(weight), static_cast<double>(mean),
                   std::max(0.0, static_cast<double>(variance)), static_cast<double>(squares)});
}

/// Down to where the answers themselves end.
TEST(MakeLaw, KeepsRelativeAccuracyAsTemperatureFalls) {
  const std::vector<double> logits = {1.5, -2, 0.75, 1.5, -HUGE_VAL, 0.25, 1.4};
  for (double temperature = 1.7e-4; temperature < 1e5; temperature *= 1.37) {
    const Law law = law_of(logits, temperature);
    const QuadLaw reference(logits, temperature);
    const auto expect_close = [&](const char* name, double value, double exact) {
      EXPECT_LE(std::abs(value - exact), 3e-15 * std::abs(exact) + 1e-307) << name << " at " << temperature;
    };
    expect_close("entropy", metric::entropy(law), reference.entropy_bits());
    expect_close("variance", metric::logit_variance(law), reference.variance());
    expect_close("heat capacity", metric::heat_capacity(law), reference.heat_capacity());
    expect_close("slope", metric::entropy_slope(law), reference.entropy_slope());
    expect_close("top", metric::top_probability(law), reference.top_probability());
    expect_close("top slope", metric::top_probability_log_slope(law), reference.top_log_slope());
    expect_close("collision", metric::collision_probability(law), reference.collision());
    expect_close("perplexity", metric::perplexity(law), reference.perplexity());
    expect_close("mean", metric::mean_logit(law), reference.mean());
  }
}

TEST(MakeLaw, IgnoresTheRestInTheLimit) {
  const Law law = law_of({1, 1, 0.5}, 1e-310);
  EXPECT_TRUE(law.zero_limit);
  EXPECT_EQ(law.total(), 2);
  EXPECT_EQ(law.beta, 0);
  EXPECT_EQ(law.shifted_log_partition, std::log(2.0));
}

/// Heat capacity and slope are products of the huge and the tiny: β³ alone would overflow here.
TEST(MakeLaw, NeverFormsAPowerOfBeta) {
  const std::vector<double> logits = {0, -3e-150, -4e-150};
  const Law law = law_of(logits, 1e-150);
  const QuadLaw reference({0, -3, -4}, 1);
  EXPECT_NEAR(metric::heat_capacity(law), reference.heat_capacity(), 1e-14);
  EXPECT_NEAR(metric::entropy_slope(law) * 1e-150, reference.entropy_slope(), 1e-14);
  EXPECT_NEAR(metric::top_probability_log_slope(law) * 1e-150, reference.top_log_slope(), 1e-14);
}

}  // namespace
}  // namespace tempsweep::testing
