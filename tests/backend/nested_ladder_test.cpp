// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/prepared_row.hpp"
#include "support/backend_run.hpp"

/// Rows that begin with one another: what is inserted again, and that it does not show.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t part = cpu::MomentLadder::part_tokens;
constexpr std::int64_t longest = 3 * part + 1000;

cpu::PreparedRow prepared(const std::vector<double>& logits, std::int64_t size) {
  cpu::PreparedRow row;
  cpu::prepare_row({logits, size}, row);
  return row;
}

struct Nest {
  std::vector<double> logits = normal_logits(static_cast<std::size_t>(longest), 3, 140);
  cpu::MomentLadder ladder;
  cpu::InsertScratch scratch;

  Nest() {
    logits[7] = 40;
    logits[8] = 39;
    ladder.start(true);
  }
  /// Parts that a row of this size inserts.
  std::int64_t build(std::int64_t size) {
    const auto row = prepared(logits, size);
    ladder.begin(row.scan, cpu::inserted(row), 10);
    for (std::int64_t p = 0; p < ladder.parts(); ++p) {
      ladder.insert(p, cpu::inserted(row), scratch.bins);
    }
    const std::int64_t inserted = ladder.parts();
    ladder.finish();
    return inserted;
  }
  /// Whether the sums are those of the row by itself.
  [[nodiscard]] bool as_alone(std::int64_t size) const {
    const auto row = prepared(logits, size);
    cpu::MomentLadder alone;
    cpu::InsertScratch fresh;
    alone.build(row.scan, cpu::inserted(row), 10, fresh);
    const std::vector<double> betas = {0.1, 1, 9};
    std::vector<RestSums> a(3), b(3);
    std::vector<SumErrors> e(3), f(3);
    ladder.sums(betas, a, e);
    alone.sums(betas, b, f);
    bool same = true;
    for (std::size_t i = 0; i < 3; ++i) {
      same = same && a[i].weight == b[i].weight && a[i].depth == b[i].depth &&
             a[i].variance == b[i].variance && e[i].log_weight == f[i].log_weight &&
             e[i].variance == f[i].variance;
    }
    return same;
  }
};

TEST(NestedLadder, WholePartsAreInsertedOnce) {
  Nest nest;
  EXPECT_EQ(nest.build(part + 17), 2);
  EXPECT_TRUE(nest.as_alone(part + 17));
  EXPECT_EQ(nest.build(2 * part), 1);
  EXPECT_TRUE(nest.as_alone(2 * part));
  EXPECT_EQ(nest.build(2 * part + 900), 1);
  EXPECT_TRUE(nest.as_alone(2 * part + 900));
  EXPECT_EQ(nest.build(longest), 2);
  EXPECT_TRUE(nest.as_alone(longest));
}

TEST(NestedLadder, ADeeperTokenAddsLeavesAtTheEnd) {
  Nest nest;
  nest.logits[static_cast<std::size_t>(part) + 50] = -4000;
  EXPECT_EQ(nest.build(part), 1);
  EXPECT_EQ(nest.build(2 * part), 1);
  EXPECT_TRUE(nest.as_alone(2 * part));
}

TEST(NestedLadder, ANewAnchorBeginsAnew) {
  Nest nest;
  nest.logits[static_cast<std::size_t>(part) + 50] = 39.5;
  EXPECT_EQ(nest.build(part), 1);
  EXPECT_EQ(nest.build(2 * part), 2);
  EXPECT_TRUE(nest.as_alone(2 * part));
  nest.logits[static_cast<std::size_t>(2 * part) + 50] = 41;
  EXPECT_EQ(nest.build(longest), 4);
  EXPECT_TRUE(nest.as_alone(longest));
}

TEST(NestedLadder, AnotherRowHasNothingOfTheOneBefore) {
  Nest nest;
  EXPECT_EQ(nest.build(2 * part), 2);
  nest.logits[100] = -5;
  nest.ladder.start(true);
  EXPECT_EQ(nest.build(longest), 4);
  EXPECT_TRUE(nest.as_alone(longest));
}

}  // namespace
}  // namespace tempsweep::testing
