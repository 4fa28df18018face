// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

std::vector<double> tied_logits(std::size_t count, unsigned seed) {
  auto logits = normal_logits(count, 3, seed);
  for (double& logit : logits) {
    logit = std::nearbyint(2 * logit) / 2;
  }
  return logits;
}

TEST(RowScan, AgreesWithASort) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto logits = tied_logits(1 + seed % 7, seed);
    if (seed % 3 == 0) {
      logits[0] = -HUGE_VAL;
    }
    const RowScan scan = run_backend({}, logits, {1.0}).scans[0];
    auto sorted = logits;
    std::sort(sorted.rbegin(), sorted.rend());
    if (std::isinf(sorted[0])) {
      EXPECT_EQ(scan.status, RowStatus::all_masked);
      continue;
    }
    EXPECT_EQ(scan.maximum, sorted[0]);
    EXPECT_EQ(scan.ties, std::count(sorted.begin(), sorted.end(), sorted[0]));
    EXPECT_EQ(scan.top_token, std::find(logits.begin(), logits.end(), sorted[0]) - logits.begin());
    const auto second = std::upper_bound(sorted.begin(), sorted.end(), sorted[0], std::greater<>());
    const bool has_second = second != sorted.end() && !std::isinf(*second);
    EXPECT_EQ(scan.second, has_second ? *second : sorted[0]);
  }
}

/// What a long row says must not depend on where its slices end.
TEST(RowScan, FindsWhatItLooksForAnywhere) {
  constexpr std::size_t width = 40000;
  for (const std::size_t place : {0U, 1U, 511U, 4095U, 4096U, 16383U, 16384U, 16385U, 32768U, 39999U}) {
    std::vector<double> logits(width, -1);
    logits[place] = 5;
    logits[(place + 20001) % width] = 2;
    RowScan scan = run_backend({}, logits, {1.0}).scans[0];
    EXPECT_EQ(scan.top_token, static_cast<std::int64_t>(place));
    EXPECT_EQ(scan.maximum, 5);
    EXPECT_EQ(scan.second, 2);
    EXPECT_EQ(scan.ties, 1);
    EXPECT_EQ(scan.unmasked, 40000);
    logits[place] = std::nan("");
    logits[width - 1] = HUGE_VAL;
    scan = run_backend({}, logits, {1.0}).scans[0];
    const bool last = place == width - 1;
    EXPECT_EQ(scan.status, last ? RowStatus::positive_infinity : RowStatus::not_a_number);
    EXPECT_EQ(scan.bad_column, static_cast<std::int64_t>(place));
  }
}

}  // namespace
}  // namespace tempsweep::testing
