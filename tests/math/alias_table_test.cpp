// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/alias_table.hpp"

#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "alias_laws.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t capacity = std::uint64_t{1} << 32U;

AliasTable built(const std::vector<double>& weights) {
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  return table;
}

/// The units each token gets from the columns.
std::vector<std::uint64_t> column_masses(const AliasTable& table) {
  std::vector<std::uint64_t> mass(table.entries.size(), 0);
  for (std::size_t i = 0; i < table.entries.size(); ++i) {
    mass[i] += table.entries[i].threshold;
    mass.at(table.entries[i].alias) += capacity - table.entries[i].threshold;
  }
  return mass;
}

/// W_i as method and paper define it: 128-bit division and a plain sort of the remainders.
std::vector<std::uint64_t> reference_weights(const std::vector<double>& weights) {
  const WeightScale scale = weight_scale(law_detail::weight_total(weights));
  std::vector<std::uint64_t> a(weights.size());
  std::transform(weights.begin(), weights.end(), a.begin(), [&](double w) { return scale.integer(w); });
  const std::uint64_t sum = std::accumulate(a.begin(), a.end(), std::uint64_t{0});
  const int shift = alias_column_bits(weights.size()) + 32;
  std::vector<std::uint64_t> shares;
  std::vector<std::uint64_t> remainders;
  for (const std::uint64_t x : a) {
    shares.push_back(static_cast<std::uint64_t>((static_cast<Uint128>(x) << shift) / sum));
    remainders.push_back(static_cast<std::uint64_t>((static_cast<Uint128>(x) << shift) % sum));
  }
  std::vector<std::size_t> order(a.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return remainders[i] > remainders[j]; });
  const std::uint64_t given = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  for (std::size_t i = 0; i < (std::uint64_t{1} << shift) - given; ++i) {
    ++shares[order[i]];
  }
  return shares;
}

class AliasLaws : public testing::TestWithParam<test::WeightLaw> {};

TEST_P(AliasLaws, weights_are_the_reference_and_sum_to_the_capacity) {
  const AliasTable table = built(GetParam().weights);
  EXPECT_EQ(table.weights, reference_weights(GetParam().weights));
  EXPECT_EQ(std::accumulate(table.weights.begin(), table.weights.end(), std::uint64_t{0}),
            std::uint64_t{1} << (table.column_bits + 32));
}

TEST_P(AliasLaws, column_masses_are_exact) {
  const AliasTable table = built(GetParam().weights);
  std::vector<std::uint64_t> expected = table.weights;
  expected.resize(table.entries.size(), 0);
  EXPECT_EQ(column_masses(table), expected);
}

TEST_P(AliasLaws, zero_weights_stay_zero_and_support_counts_the_others) {
  const AliasTable table = built(GetParam().weights);
  std::uint64_t support = 0;
  for (std::size_t i = 0; i < table.weights.size(); ++i) {
    if (GetParam().weights[i] == 0) {
      EXPECT_EQ(table.weights[i], 0U);
    }
    support += table.weights[i] != 0 ? 1U : 0U;
  }
  EXPECT_EQ(table.support, support);
  EXPECT_NE(table.weights[table.last_supported], 0U);
}

TEST_P(AliasLaws, law_is_within_two_units_of_the_weights) {
  const std::vector<double>& weights = GetParam().weights;
  const AliasTable table = built(weights);
  const long double total = std::accumulate(weights.begin(), weights.end(), 0.0L);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const long double exact = std::ldexp(weights[i] / total, table.column_bits + 32);
    EXPECT_LE(std::abs(static_cast<long double>(table.weights[i]) - exact), 2 + exact * 0x1p-50L);
  }
}

INSTANTIATE_TEST_SUITE_P(Awkward, AliasLaws, testing::ValuesIn(test::awkward_laws()), [](const auto& param) {
  std::string name = param.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

// By hand. Weights 1 2 3: Z = 6, so a = w 2^58, c = 2 (4 columns), 2^34 units. Shares of 2^34: 2863311530.67,
// 5726623061.33, 8589934592: one unit is missing and goes to token 0. W = 2863311531, 5726623061, 8589934592.
// Light: 0, 3 (padding). Heavy: 1, 2. Token 1 fills column 0 with 1431655765 and has 4294967296 left: a full
// column. Token 2 fills column 3 whole and has a column left.
TEST(AliasTable, golden_entries_by_hand) {
  const AliasTable table = built({1, 2, 3});
  EXPECT_EQ(table.weights, (std::vector<std::uint64_t>{2863311531, 5726623061, 8589934592}));
  EXPECT_EQ(table.entries, (std::vector<AliasEntry>{{2863311531, 1}, {0, 1}, {0, 2}, {0, 2}}));
}

// Weights 5 2 1 of 8: 4 columns, 2^34 units: W = 2.5, 1, 0.5 columns. Light: 2, 3. Heavy: 0, 1. Token 0 gives
// half a column to 2, has 2; gives one to 3, has 1: full. Token 1 is full.
TEST(AliasTable, golden_entries_without_remainder) {
  EXPECT_EQ(built({5, 2, 1}).entries, (std::vector<AliasEntry>{{0, 0}, {0, 1}, {0x80000000U, 0}, {0, 0}}));
}

// Weights 3 3 2 of 8: W = 1.5, 1.5, 1 columns. Light: 3. Token 0 gives a column to 3 and keeps half of one;
// token 1 fills it and has a column left.
TEST(AliasTable, golden_entries_with_a_heavy_alias) {
  EXPECT_EQ(built({3, 3, 2}).entries, (std::vector<AliasEntry>{{0x80000000U, 1}, {0, 1}, {0, 2}, {0, 0}}));
}

TEST(AliasTable, scaling_by_a_power_of_two_changes_nothing) {
  const auto weights = test::normal_weights(3000, 2, 9);
  EXPECT_EQ(built(weights).entries, built(test::scaled(weights, 0x1p-700)).entries);
  EXPECT_EQ(built(weights).entries, built(test::scaled(weights, 0x1p700)).entries);
}

TEST(AliasTable, reused_memory_changes_nothing) {
  AliasScratch scratch;
  AliasTable table;
  for (const test::WeightLaw& law : test::awkward_laws()) {
    build_alias_table(law.weights, scratch, table);
    EXPECT_EQ(table.entries, built(law.weights).entries) << law.name;
  }
}

TEST(AliasTable, refuses_what_is_no_law) {
  EXPECT_THROW(built({}), std::invalid_argument);
  EXPECT_THROW(built({0, 0}), std::invalid_argument);
  EXPECT_THROW(built({1, std::nan("")}), std::invalid_argument);
  EXPECT_THROW(built({1, std::numeric_limits<double>::infinity()}), std::invalid_argument);
}

}  // namespace
}  // namespace tempsweep
