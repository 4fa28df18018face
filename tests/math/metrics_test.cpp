// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/metrics.hpp"

#include <cmath>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tempsweep/math/log16.hpp"

namespace tempsweep::testing {
namespace {

RowScan scan(double maximum, std::int64_t ties) {
  RowScan row;
  row.maximum = row.second = row.deepest = maximum;
  row.ties = row.unmasked = ties;
  return row;
}

TEST(MetricTable, NamesEachMetricOnce) {
  std::set<std::string> names;
  for (const Metric& metric : metric_table) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_NE(metric.value, nullptr);
    EXPECT_GT(std::string(metric.long_name).size(), 5U);
    EXPECT_FALSE(std::string(metric.units).empty());
    // What needs more than the row costs more: never by default.
    EXPECT_TRUE(!metric.by_default || metric.needs == MetricNeeds::nothing) << metric.name;
  }
}

TEST(LogPartition, AtZeroFollowsTheSignOfTheMaximum) {
  EXPECT_EQ(metric::log_partition(make_law(scan(2, 1), 0, {})), HUGE_VAL);
  EXPECT_EQ(metric::log_partition(make_law(scan(-2, 1), 0, {})), -HUGE_VAL);
  EXPECT_EQ(metric::log_partition(make_law(scan(0, 3), 0, {})), std::log(3.0));
  EXPECT_EQ(metric::log_partition(make_law(scan(-0.0, 3), 0, {})), std::log(3.0));
}

TEST(CrossEntropy, OfMaskedMissingAndTopLabels) {
  Law law = make_law(scan(2, 4), 1.0, {});
  EXPECT_TRUE(std::isnan(metric::cross_entropy(law))) << "no label";
  law.label_depth = 0;
  EXPECT_EQ(metric::cross_entropy(law), std::log(4.0));
  law.label_depth = HUGE_VAL;
  EXPECT_EQ(metric::cross_entropy(law), HUGE_VAL);
  law.beta = 0;
  EXPECT_EQ(metric::cross_entropy(law), HUGE_VAL) << "masked stays impossible at T = inf";
}

TEST(Divergence, IsNeverNegative) {
  Law law = make_law(scan(2, 4), 1.0, {});
  law.unit_log_partition = law.shifted_log_partition * (1 - 1e-15);
  EXPECT_EQ(metric::kl_from_unit_temperature(law), 0);
  law.unit_log_partition = law.shifted_log_partition;
  EXPECT_EQ(metric::kl_from_unit_temperature(law), 0);
}

TEST(RenyiEntropy, OfAFlatLawIsTheSameAtEveryOrder) {
  const Law law = make_law(scan(1, 8), 0.7, {});
  for (const double order : {0.0, 0.5, 1.0, 2.0, 7.5, HUGE_VAL}) {
    EXPECT_DOUBLE_EQ(renyi_entropy(law, order, 0, 8), 3) << order;
  }
}

TEST(Log16, CodesAreStepsOfAThousandTwentyFourth) {
  EXPECT_EQ(log16_code(0), 0);
  EXPECT_EQ(log16_code(1.0 / 1024), 1);
  EXPECT_EQ(log16_code(0.49 / 1024), 0);
  EXPECT_EQ(log16_code(0.51 / 1024), 1);
  EXPECT_EQ(log16_code(1), 1024);
  EXPECT_EQ(log16_code(65533.4 / 1024), 65533);
}

TEST(Log16, TheFloorHoldsEverythingBelow) {
  for (const double surprisal : {65533.6 / 1024, 64.0, 700.0, 1e300, HUGE_VAL}) {
    EXPECT_EQ(log16_code(surprisal), log16_floor) << surprisal;
  }
  EXPECT_NE(log16_floor, log16_fill);
}

TEST(Log16, KeepsTheStatedAccuracy) {
  for (double p = 1; p > 1.7e-28; p *= 0.987) {
    const double decoded = std::exp(static_cast<double>(log16_scale) * log16_code(-std::log(p)));
    EXPECT_LE(std::abs(decoded / p - 1), 4.9e-4) << p;
  }
}

}  // namespace
}  // namespace tempsweep::testing
