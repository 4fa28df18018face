// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"

#include "engine/sweep_support.hpp"

namespace tempsweep::testing {
namespace {

/// Rows 0 and 4 are laws; 1 has a NaN, 2 a +inf, 3 nothing unmasked.
VectorSource bad_source() {
  return {{1,         2,         3,
           4,  //
           1,         2,         std::nan(""),
           4,  //
           HUGE_VAL,  2,         3,
           4,  //
           -HUGE_VAL, -HUGE_VAL, -HUGE_VAL,
           -HUGE_VAL,  //
           0,         -HUGE_VAL, 0,
           1},
          5,
          "logits/run 7.npy"};
}

std::string message_of(const SweepPlan& plan) {
  VectorSource source = bad_source();
  const PreparedSweep prepared = prepare_sweep(plan, source, choose_backend("cpu"));
  MemorySink sink(prepared.schema);
  try {
    run_sweep(prepared, source, choose_backend("cpu"), sink, {});
  } catch (const InputError& error) {
    EXPECT_FALSE(sink.finished());
    return error.what();
  }
  return "no error";
}

TEST(BadRows, StopTheRunWithFileRowAndColumn) {
  SweepPlan plan = plan_for(bad_source(), {0.5, 1.0});
  const std::string way_out = "; repair the input, or skip such rows with --on-bad-row skip";
  EXPECT_EQ(message_of(plan), "logits/run 7.npy: row 1: column 2 is NaN" + way_out);
  plan.first_row = 2;
  plan.rows = 3;
  EXPECT_EQ(message_of(plan), "logits/run 7.npy: row 2: column 0 is +inf" + way_out);
  plan.first_row = 3;
  plan.rows = 2;
  EXPECT_EQ(message_of(plan),
            "logits/run 7.npy: row 3: every token of the vocabulary of 4 is masked (-inf)" + way_out);
  plan.first_row = 4;
  plan.rows = 1;
  EXPECT_EQ(message_of(plan), "no error");
}

TEST(BadRows, BeyondThePrefixDoNotMatter) {
  SweepPlan plan = plan_for(bad_source(), {1.0});
  plan.vocabulary_sizes = {2};
  plan.rows = 2;
  EXPECT_EQ(message_of(plan), "no error");
  plan.vocabulary_by = VocabularyBy::rank;
  EXPECT_NE(message_of(plan).find("row 1: column 2 is NaN"), std::string::npos)
      << "the order needs every token";
}

SweepPlan skipping_plan() {
  SweepPlan plan = plan_for(bad_source(), {0.0, 0.5, 1.0});
  plan.on_bad_row = OnBadRow::skip;
  plan.renyi_orders = {2};
  plan.ordering = {{0.9}, {2}, {0.1}, {0.25}};
  plan.probabilities = ProbabilityFormat::f32;
  plan.samples = 100;
  plan.store_counts = true;
  return plan;
}

TEST(BadRows, SkippedOnesAreNanWithAReason) {
  VectorSource source = bad_source();
  const Sweep result = sweep(skipping_plan(), source);
  EXPECT_TRUE(result.sink.complete());
  EXPECT_EQ(result.summary.skipped_rows, 3);
  EXPECT_EQ(result.sink.get<std::int8_t>("row_status"), (std::vector<std::int8_t>{0, 2, 3, 1, 0}));
  EXPECT_EQ(result.sink.get<std::int64_t>("top_token"), (std::vector<std::int64_t>{3, -1, -1, -1, 3}));
  for (const char* name : {"entropy", "log_partition", "kl_from_unit_temperature", "renyi_entropy",
                           "top_k_mass", "chi_square", "empirical_entropy", "total_variation"}) {
    const auto values = result.sink.get<double>(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(std::isnan(values[i]), i / 3 >= 1 && i / 3 <= 3) << name << ' ' << i;
    }
  }
  for (const char* name : {"nucleus_size", "min_p_survivors", "tokens_above"}) {
    const auto values = result.sink.get<std::int64_t>(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(values[i] == missing_count, i / 3 >= 1 && i / 3 <= 3) << name << ' ' << i;
    }
  }
  EXPECT_TRUE(std::isnan(result.sink.get<double>("entropy_error_bound")[1]));
  const auto probability = result.sink.get<float>("probability");
  const auto count = result.sink.get<std::uint64_t>("count");
  for (std::size_t i = 12; i < 48; ++i) {
    EXPECT_TRUE(std::isnan(probability[i]));
    EXPECT_EQ(count[i], 0U);
  }
  EXPECT_EQ(count[50], 0U);
  EXPECT_EQ(count[51], 100U) << "T = 0 of the last row";
}

/// A skipped neighbour leaves the good rows alone.
TEST(BadRows, DoNotTouchTheirNeighbours) {
  VectorSource source = bad_source();
  const Sweep all = sweep(skipping_plan(), source);
  SweepPlan last = skipping_plan();
  last.first_row = 4;
  last.rows = 1;
  const Sweep alone = sweep(last, source);
  for (const char* name : {"entropy", "probability", "count", "chi_square", "nucleus_size", "top_k_mass"}) {
    const auto& bytes = all.sink.bytes(name);
    EXPECT_EQ(alone.sink.bytes(name),
              std::vector<std::byte>(bytes.end() - std::ssize(bytes) / 5, bytes.end()))
        << name;
  }
}

}  // namespace
}  // namespace tempsweep::testing
