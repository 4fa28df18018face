// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/table_audit.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_table.hpp"

#include "core/expect_error.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
constexpr double infinity = std::numeric_limits<double>::infinity();

ExactLaw exact(const std::vector<double>& values) {
  ExactLaw law;
  for (const double value : values) law.push_back({value, 0});
  return law;
}

std::vector<double> highs(const ExactLaw& law) {
  std::vector<double> values;
  for (const DoubleDouble& value : law) values.push_back(value.high);
  return values;
}

/// Logits as a language model has them: reproducible on every machine, since only the generator is standard.
std::vector<double> logits_of(std::size_t tokens, double deviation) {
  std::mt19937_64 generator(7);
  std::vector<double> logits(tokens);
  for (double& logit : logits) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(generator() >> 11U) * 0x1p-53;
    logit = static_cast<double>(static_cast<float>(deviation * sum));
  }
  return logits;
}

TEST(ExactSoftmax, AgreesWithClosedForms) {
  const ExactLaw law = exact_softmax(std::vector<double>{std::log(4.0), std::log(2.0), std::log(2.0)}, 1);
  EXPECT_NEAR(law[0].high, 0.5, 1e-16);
  EXPECT_NEAR(law[1].high, 0.25, 1e-16);
  EXPECT_EQ(highs(exact_softmax(std::vector<double>{1, 3, 3, -infinity}, 0)),
            (std::vector<double>{0, 0.5, 0.5, 0}));
  EXPECT_EQ(highs(exact_softmax(std::vector<double>{1, 3, 9, -infinity}, infinity))[3], 0);
  EXPECT_EQ(exact_softmax(std::vector<double>{1, 3, 9, -infinity}, infinity)[0].high, 1.0 / 3);
  EXPECT_EQ(highs(exact_softmax(std::vector<double>{0, -800}, 1)), (std::vector<double>{1, 0}));
}

TEST(ExactSoftmax, DifferencesOfLogitsAreExact) {
  // 2^53 + 1 is no double: without its low part the two laws would be one.
  const DoubleDouble one = exact_softmax(std::vector<double>{0x1p53, -1}, 0x1p52)[1];
  const DoubleDouble other = exact_softmax(std::vector<double>{0x1p53, 0}, 0x1p52)[1];
  const double relative = (one + -other).high / one.high;
  EXPECT_NEAR(relative * 0x1p52, -(1 - one.high), 1e-9);
  const ExactLaw big = exact_softmax(std::vector<double>{1e30, 1e30}, 1);
  EXPECT_EQ(highs(big), (std::vector<double>{0.5, 0.5}));
}

TEST(ExactSoftmax, RenormalisesWhatIsKept) {
  const std::vector<std::uint8_t> kept{0, 1, 1};
  EXPECT_EQ(highs(exact_softmax(std::vector<double>{9, 1, 1}, 1, kept)), (std::vector<double>{0, 0.5, 0.5}));
}

TEST(LawOfTable, Cdf) {
  const std::vector<double> expected{0.25, 0, 0.75};
  EXPECT_EQ(highs(law_of_cdf(exact({0.25, 0.25, 1}), 3, "t")), expected);
  EXPECT_EQ(highs(law_of_cdf(exact({0, 0.25, 0.25, 1}), 3, "t")), expected);
  EXPECT_EQ(highs(law_of_cdf(exact({2, 2, 8}), 3, "t")), expected);
  // The difference of neighbours is exact: 2^-60 beside 1.
  const ExactLaw law = law_of_cdf({{{1, -0x1p-60}, {1, 0}}}, 2, "t");
  EXPECT_EQ(law[1].high, 0x1p-60);
}

TEST(LawOfTable, Weights) {
  EXPECT_EQ(highs(law_of_weights(exact({1, 0, 3}), 3, "t")), (std::vector<double>{0.25, 0, 0.75}));
}

TEST(LawOfTable, Alias) {
  const std::vector<std::int64_t> alias{2, 2, 2, 1};
  EXPECT_EQ(highs(law_of_alias(exact({0.5, 0.25, 1, 0}), alias, 4, "t")),
            (std::vector<double>{0.125, 0.3125, 0.5625, 0}));
  EXPECT_EQ(highs(law_of_alias(exact({0.5, 0.25, 1, 0}), alias, 3, "t")),
            (std::vector<double>{0.125, 0.3125, 0.5625}));
}

/// A table as it should be: the program's own, whose law is known to the unit.
TEST(LawOfTable, OwnAliasTableToTheUnit) {
  const auto logits = logits_of(1000, 3);
  const ExactLaw p = exact_softmax(logits, 0.7);
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(highs(p), scratch, table);
  ExactLaw keep;
  std::vector<std::int64_t> alias;
  for (const AliasEntry& entry : table.entries) {
    keep.push_back({entry.threshold * 0x1p-32, 0});
    alias.push_back(entry.alias);
  }
  const ExactLaw q = law_of_alias(keep, alias, 1000, "t");
  for (std::size_t i = 0; i < q.size(); ++i) {
    EXPECT_EQ(q[i].high, static_cast<double>(table.weights[i]) * 0x1p-42);
  }
  const TableAudit audit = audit_table(q, p);
  EXPECT_LT(audit.total_variation, 1000 * 0x1p-43);
  EXPECT_GT(audit.total_variation, 0);
  EXPECT_GT(audit.visible_from, 1e13);
}

TEST(LawOfTable, Refuses) {
  const auto cdf = [](const std::vector<double>& values) {
    return [=] { (void)law_of_cdf(exact(values), 3, "t.npy"); };
  };
  expect_input_error(cdf({0.5, 0.4, 1}), {"t.npy", "entry 1", "0.4", "0.5", "ascends"});
  expect_input_error(cdf({-0.5, 0.4, 1}), {"entry 0", "-0.5"});
  expect_input_error(cdf({0.1, 0.2, 0.4, 1}), {"entry more", "0.1", "F_0"});
  expect_input_error(cdf({0.1, 1}), {"2 entries", "3 tokens"});
  expect_input_error(cdf({0, 0, 0}), {"last entry is 0"});
  expect_input_error(cdf({0, std::nan(""), 1}), {"entry 1", "nan"});
  const auto weights = [](const std::vector<double>& values) {
    return [=] { (void)law_of_weights(exact(values), 3, "t"); };
  };
  expect_input_error(weights({1, -1, 1}), {"entry 1", "-1"});
  expect_input_error(weights({1, 1}), {"2 weights"});
  expect_input_error(weights({0, 0, 0}), {"sum to 0"});
  expect_input_error(weights({infinity, 1, 1}), {"entry 0"});
  const auto alias = [](const std::vector<double>& keep, const std::vector<std::int64_t>& to) {
    return [=] { (void)law_of_alias(exact(keep), to, 3, "t"); };
  };
  expect_input_error(alias({0.5, 1.5, 1}, {1, 1, 1}), {"column 1", "1.5"});
  expect_input_error(alias({0.5, 0.5, 1}, {1, 3, 1}), {"column 1", "alias 3"});
  expect_input_error(alias({0.5, 0.5, 1}, {1, -1, 1}), {"column 1", "alias -1"});
  expect_input_error(alias({0.5, 1}, {1, 1}), {"2 columns", "3 tokens"});
  expect_input_error(alias({0.5, 1, 1}, {1, 1}), {"3 thresholds", "2 aliases"});
  expect_input_error(alias({0.5, 1, 1, 0.5}, {1, 1, 1, 1}), {"draws token 3"});
}

TEST(TableAudit, NamesWhatIsWrong) {
  const TableAudit audit = audit_table(exact({0.5, 0, 0.375, 0.125}), exact({0.5, 0.25, 0.25, 0}));
  EXPECT_EQ(audit.total_variation, 0.25);
  EXPECT_EQ(audit.chi_square_distance, 0.25 + 0.0625);
  EXPECT_EQ(audit.never_drawn, 1);
  EXPECT_EQ(audit.never_drawn_mass, 0.25);
  EXPECT_EQ(audit.impossible, 1);
  EXPECT_EQ(audit.first_impossible, 3);
  EXPECT_EQ(audit.impossible_mass, 0.125);
  EXPECT_EQ(audit.worst_token, 1);
  EXPECT_EQ(audit.worst_relative, -1);
  EXPECT_EQ(audit.heaviest_token, 1);
  EXPECT_EQ(audit.visible_from, 1);
}

TEST(TableAudit, EqualLawsAreNeverSeen) {
  const TableAudit audit = audit_table(exact({0.5, 0.5}), exact({0.5, 0.5}));
  EXPECT_EQ(audit.total_variation, 0);
  EXPECT_EQ(audit.worst_token, -1);
  EXPECT_TRUE(std::isinf(audit.visible_from) && std::isinf(audit.visible_from_unpooled));
}

/// One degree of freedom: lambda = (1.959964 + 0.841621)^2 = 7.8489 but for the far tail.
TEST(TableAudit, StatesThePowerOfChiSquare) {
  const TableAudit audit = audit_table(exact({0.51, 0.49}), exact({0.5, 0.5}));
  EXPECT_NEAR(audit.visible_from_unpooled, 7.8489 / 4e-4, 3);
  EXPECT_NEAR(audit.visible_from, 7.8489 / 4e-4, 20);
}

/// Errors of neighbours that cancel in pooled cells are not seen before tokens are cells of their own.
TEST(TableAudit, PoolsRareTokensAsTheTestDoes) {
  std::vector<double> p(100, 1e-3);
  std::vector<double> q;
  for (int i = 0; i < 50; ++i) q.insert(q.end(), {0, 2e-3});
  p.push_back(0.9);
  q.push_back(0.9);
  const TableAudit audit = audit_table(exact(q), exact(p));
  EXPECT_NEAR(audit.chi_square_distance, 0.1, 1e-12);
  EXPECT_LT(audit.visible_from_unpooled, 450);
  EXPECT_GT(audit.visible_from, 1000);
  EXPECT_LE(audit.visible_from, 5100);
}

/// The sequential float sums of torch.multinomial: the effect that is known of it.
TEST(TableAudit, SeesFloatSums) {
  const auto logits = logits_of(32000, 3);
  const ExactLaw p = exact_softmax(logits, 1);
  std::vector<float> sums(p.size());
  float sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sums[i] = sum += static_cast<float>(p[i].high);
  ExactLaw table;
  for (const float value : sums) table.push_back({static_cast<double>(value / sum), 0});
  const TableAudit audit = audit_table(law_of_cdf(table, p.size(), "t"), p);
  EXPECT_GT(audit.total_variation, 3e-5);
  EXPECT_LT(audit.total_variation, 1e-3);
  EXPECT_GT(audit.never_drawn, 500);
  EXPECT_LT(audit.visible_from, 1e8);
  EXPECT_GT(audit.visible_from, 1e6);
  EXPECT_EQ(audit.worst_relative < -0.9999 || audit.worst_relative > 1, true);
}

}  // namespace
}  // namespace tempsweep
