// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/kernels.hpp"

#include <cfloat>
#include <cmath>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/probabilities.hpp"
#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

namespace tempsweep::testing {
namespace {

struct QuadSums {
  Quad weight = 0, depth = 0, variance = 0, squares = 0;
};

QuadSums brute_force(const std::vector<double>& depths, std::size_t count, double beta) {
  QuadSums sums;
  for (std::size_t i = 0; i < count; ++i) {
    const Quad w = expq(-Quad(beta) * depths[i]);
    sums.weight += w;
    sums.depth += w * depths[i];
    sums.squares += w * w;
  }
  sums.depth /= sums.weight;
  for (std::size_t i = 0; i < count; ++i) {
    const Quad offset = Quad(depths[i]) - sums.depth;
    sums.variance += expq(-Quad(beta) * depths[i]) * offset * offset;
  }
  sums.variance /= sums.weight;
  return sums;
}

double relative_error(double value, Quad reference) {
  return static_cast<double>(fabsq(Quad(value) - reference) / reference);
}

/// Depths from 0 on, the padding full of poison that must not be counted.
std::vector<double> poisoned_depths(std::size_t count, double deviation) {
  std::vector<double> depths = normal_logits(count, deviation, static_cast<unsigned>(count));
  for (double& depth : depths) {
    depth = std::abs(depth);
  }
  depths[0] = 0;
  depths.resize(count + 16, 0.125);
  return depths;
}

class RestSumsAtEveryLength : public ::testing::TestWithParam<int> {};

TEST_P(RestSumsAtEveryLength, AgreeWithQuad) {
  const auto count = static_cast<std::size_t>(GetParam());
  const std::vector<double> betas = {0.0, 1e-3, 0.7, 1.0, 20.0, 1500.0};
  for (const double deviation : {0.5, 3.0, 40.0}) {
    const auto depths = poisoned_depths(count, deviation);
    const double deepest = *std::max_element(depths.begin(), depths.begin() + GetParam());
    std::vector<RestSums> sums(betas.size());
    cpu::rest_sums(depths.data(), GetParam(), deepest, betas, true, sums);
    for (std::size_t b = 0; b < betas.size(); ++b) {
      const QuadSums reference = brute_force(depths, count, betas[b]);
      EXPECT_LT(relative_error(sums[b].weight, reference.weight), 2e-14);
      EXPECT_LT(relative_error(sums[b].squares, reference.squares), 2e-14);
      if (reference.depth > 1e-290) {
        EXPECT_LT(relative_error(sums[b].depth, reference.depth), 2e-13);
        EXPECT_LT(relative_error(sums[b].variance, reference.variance), 1e-12);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(BlockEdges, RestSumsAtEveryLength,
                         ::testing::Values(2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 511, 512, 513, 1023, 1024, 1025,
                                           5000));

TEST(RestSums, OfOneTokenAndOfNone) {
  const std::vector<double> betas = {0.0, 1.0, 1e300};
  std::vector<RestSums> sums(3, RestSums{9, 9, 9, 9});
  const std::vector<double> depths(16, 0.0);
  cpu::rest_sums(depths.data(), 1, 0, betas, true, sums);
  for (const RestSums& s : sums) {
    EXPECT_EQ(s.weight, 1);
    EXPECT_EQ(s.depth, 0);
    EXPECT_EQ(s.variance, 0);
    EXPECT_EQ(s.squares, 1);
  }
  cpu::rest_sums(depths.data(), 0, 0, betas, true, sums);
  EXPECT_EQ(sums[1].weight, 0);
}

/// The sum of equal terms shows every token that is dropped or counted twice, at any length.
TEST(RestSums, CountEveryTokenOnce) {
  const std::vector<double> depths(4200, 0.0);
  const std::vector<double> betas = {2.5};
  std::vector<RestSums> sums(1);
  for (std::int64_t count = 1; count < 4190; ++count) {
    cpu::rest_sums(depths.data(), count, 0, betas, true, sums);
    ASSERT_EQ(sums[0].weight, static_cast<double>(count));
    ASSERT_EQ(sums[0].squares, static_cast<double>(count));
  }
}

TEST(RestSums, SquaresAndCompanyChangeNothing) {
  const auto depths = poisoned_depths(3000, 5);
  const double deepest = *std::max_element(depths.begin(), depths.begin() + 3000);
  const std::vector<double> betas = {0.0, 0.01, 1.0, 3.0, 400.0};
  std::vector<RestSums> together(betas.size());
  cpu::rest_sums(depths.data(), 3000, deepest, betas, true, together);
  for (std::size_t b = 0; b < betas.size(); ++b) {
    std::vector<RestSums> alone(1);
    cpu::rest_sums(depths.data(), 3000, deepest, std::span(&betas[b], 1), false, alone);
    EXPECT_EQ(alone[0].weight, together[b].weight);
    EXPECT_EQ(alone[0].depth, together[b].depth);
    EXPECT_EQ(alone[0].variance, together[b].variance);
  }
}

/// Either way of making powers of two gives the same bits: a deeper token elsewhere in the row switches it.
TEST(RestSums, TheRangeOfTheRowDoesNotShow) {
  const auto depths = poisoned_depths(1000, 5);
  const std::vector<double> betas = {1.0, 7.0};
  std::vector<RestSums> shallow(2), deep(2);
  cpu::rest_sums(depths.data(), 1000, 30, betas, true, shallow);
  cpu::rest_sums(depths.data(), 1000, 1e6, betas, true, deep);
  for (std::size_t b = 0; b < 2; ++b) {
    EXPECT_EQ(shallow[b].weight, deep[b].weight);
    EXPECT_EQ(shallow[b].depth, deep[b].depth);
    EXPECT_EQ(shallow[b].squares, deep[b].squares);
  }
}

/// One token at the anchor, the weight of the row far below it: the plain second moment would lose as many
/// digits as the row has tokens, which is what the pass about the mean is for.
TEST(RestSums, CentredPassKeepsANarrowFarCluster) {
  std::vector<double> depths = normal_logits(200000, 1e-7, 90);
  for (double& depth : depths) {
    depth += 1000;
  }
  depths[0] = 0;
  const double deepest = *std::max_element(depths.begin(), depths.end());
  const std::size_t count = depths.size();
  depths.resize(count + 8);
  const std::vector<double> betas = {0.0, 1e-5, 1e-3};
  std::vector<RestSums> sums(betas.size());
  cpu::rest_sums(depths.data(), static_cast<std::int64_t>(count), deepest, betas, false, sums);
  for (std::size_t b = 0; b < betas.size(); ++b) {
    const QuadSums reference = brute_force(depths, count, betas[b]);
    EXPECT_LT(relative_error(sums[b].depth, reference.depth), 1e-14);
    EXPECT_LT(relative_error(sums[b].variance, reference.variance), 2e-14);
  }
}

TEST(Probabilities, AtEveryLengthAgainstQuad) {
  for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 100U, 513U}) {
    const auto logits = normal_logits(count, 8, 77);
    for (const double temperature : {0.1, 1.0, 30.0}) {
      const QuadLaw law(logits, temperature);
      std::vector<float> p(count + 8, -7.0F);
      const double maximum = *std::max_element(logits.begin(), logits.end());
      const cpu::ProbabilityPoint point{1 / temperature, 1 / law.top_probability(), p.data()};
      cpu::probabilities({logits.data(), std::ssize(logits), maximum}, std::span(&point, 1),
                         cpu::Stores::cached);
      for (std::size_t i = 0; i < count; ++i) {
        const auto reference = static_cast<double>(law.probability(i));
        const double allowed =
            reference < static_cast<double>(FLT_MIN) ? static_cast<double>(FLT_MIN) : 6.1e-8 * reference;
        EXPECT_NEAR(static_cast<double>(p[i]), reference, allowed);
      }
      EXPECT_EQ(p[count], -7.0F) << "written past the end";
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
