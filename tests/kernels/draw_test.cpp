// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/draw.hpp"

#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/inverse_table.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/word_batch.hpp"

#include "kernels/arguments/draw_plan.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// Draws counted in parallel against those of math/alias_draw.hpp, whatever the plan.
namespace tempsweep::testing {
namespace {

using kernels::DrawPlan;
using kernels::DrawTokens;

constexpr std::uint64_t seed = 3;
constexpr std::uint64_t first_row = 17;
constexpr std::int64_t sm_86 = std::int64_t{99} << 10U;

/// One row at some temperatures: tables made one after the other, on the device and here.
class Drawn {
 public:
  Drawn(const std::vector<double>& logits, const std::vector<double>& temperatures, bool alias)
      : columns_(logits.size()),
        temperatures_(temperatures),
        alias_(alias),
        alias_tables_(temperatures.size()),
        inverse_tables_(temperatures.size()) {
    ScanPart part;
    for (std::size_t i = 0; i < columns_; ++i) {
      part.add(logits[i], static_cast<std::int64_t>(i));
    }
    scan_ = part.finish();
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      std::vector<double> weights;
      weights.reserve(columns_);
      for (const double logit : logits) {
        weights.push_back(table_weight(scan_.maximum - logit, inverse_temperature(temperatures[t])));
      }
      AliasScratch scratch;
      build_alias_table(weights, scratch, alias_tables_[t]);
      LawScratch law_scratch;
      build_inverse_table(weights, law_scratch, inverse_tables_[t]);
    }
  }

  [[nodiscard]] std::size_t points() const { return temperatures_.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  /// \param names  [columns] or empty
  DrawTokens job(DeviceMemory& memory, std::uint64_t n_first, std::uint64_t n,
                 const std::vector<std::uint32_t>& names, std::uint64_t before) const {
    DrawTokens draw{};
    draw.columns = draw.stride = static_cast<std::int64_t>(columns_);
    draw.scans = memory.put(std::vector<RowScan>{scan_});
    draw.temperature = memory.put(temperatures_);
    draw.temperatures = draw.points = std::ssize(temperatures_);
    draw.seed = seed;
    draw.first_row = first_row;
    draw.token = names.empty() ? nullptr : memory.put(names);
    draw.tokens = static_cast<std::int64_t>(columns_);
    draw.counts = memory.put(std::vector<std::uint64_t>(points() * columns_, before));
    std::vector<AliasEntry> entries;
    std::vector<std::uint64_t> through;
    std::vector<std::uint64_t> shares;
    std::vector<std::uint32_t> guide;
    std::vector<std::int64_t> sure;
    for (std::size_t t = 0; t < points(); ++t) {
      const AliasTable& table = alias_tables_[t];
      const InverseTable& inverse = inverse_tables_[t];
      entries.insert(entries.end(), table.entries.begin(), table.entries.end());
      shares.insert(shares.end(), table.weights.begin(), table.weights.end());
      through.insert(through.end(), inverse.through.begin(), inverse.through.end());
      through.resize((t + 1) * table.entries.size(), 0);
      guide.insert(guide.end(), inverse.guide.begin(), inverse.guide.end());
      sure.push_back(table.support == 1 ? std::int64_t{table.last_supported} : -1);
    }
    draw.entries = alias_ ? memory.put(entries) : nullptr;
    draw.through = memory.put(through);
    draw.guide = memory.put(guide);
    draw.sure = memory.put(sure);
    draw.shares = memory.put(shares);
    draw.n_first = n_first;
    draw.n = n;
    return draw;
  }

  /// As job() must leave the counts.
  [[nodiscard]] std::vector<std::uint64_t> expected(std::uint64_t n_first, std::uint64_t n,
                                                    const std::vector<std::uint32_t>& names,
                                                    std::uint64_t before) const {
    std::vector<std::uint64_t> all(points() * columns_, before);
    for (std::size_t t = 0; t < points(); ++t) {
      std::vector<std::uint64_t> counts(columns_);
      const auto stream = point_stream(seed, temperatures_[t], static_cast<std::uint32_t>(columns_),
                                       alias_ ? Purpose::alias : Purpose::inverse, first_row);
      if (alias_ || inverse_tables_[t].support == 1) {
        draw_counts(stream, n_first, n, alias_tables_[t], counts.data());
      } else {
        const auto view = inverse_tables_[t].view();
        count_words(
            stream, n_first, n, [view](std::uint64_t word) { return draw_token(view, word); }, counts.data(),
            PlainWords{});
      }
      for (std::size_t i = 0; i < columns_; ++i) {
        all[t * columns_ + (names.empty() ? i : names[i])] += counts[i];
      }
    }
    return all;
  }

 private:
  std::size_t columns_;
  std::vector<double> temperatures_;
  bool alias_;
  RowScan scan_;
  std::vector<AliasTable> alias_tables_;
  std::vector<InverseTable> inverse_tables_;
};

struct Draws {
  std::uint64_t n_first = 0, n = 0;
  std::uint64_t before = 0;  ///< what all counts are before
  std::vector<std::uint32_t> names{};
};

void expect_counts(const Drawn& drawn, const DrawPlan& plan, const Draws& draws,
                   const kernels::HostSchedule& schedule = {}) {
  const auto runtime = kernels::make_host_runtime({std::uint64_t{1} << 30U, schedule, 0});
  DeviceMemory memory(*runtime);
  DrawTokens job = drawn.job(memory, draws.n_first, draws.n, draws.names, draws.before);
  job.plan = plan;
  must(runtime->launch(job, nullptr));
  EXPECT_EQ(memory.get(job.counts, drawn.points() * drawn.columns()),
            drawn.expected(draws.n_first, draws.n, draws.names, draws.before))
      << drawn.columns() << " tokens, " << plan.bins << " bins" << (plan.staged ? ", staged" : "");
}

std::vector<DrawPlan> plans(std::size_t columns, bool alias) {
  const auto tokens = static_cast<std::int64_t>(columns);
  std::vector<DrawPlan> all = {{8192, 0, false}, {8192, tokens, false}};
  for (std::int64_t bins = 1; bins < tokens; bins *= 16) {
    all.push_back({8192, bins, false});
  }
  if (alias) {
    all.push_back({8192, tokens, true});
  }
  return all;
}

/// Normal logits whose two highest tie, one masked.
std::vector<double> tied_logits(std::size_t columns) {
  auto logits = normal_logits(columns, 3, static_cast<unsigned>(columns));
  if (columns > 2) {
    logits[columns / 2] = logits[columns - 1] = 15;
    logits[0] = -HUGE_VAL;
  }
  return logits;
}

std::vector<std::uint32_t> reversed_names(std::size_t columns) {
  std::vector<std::uint32_t> names(columns);
  std::iota(names.rbegin(), names.rend(), 0U);
  return names;
}

TEST(DrawTokens, AreTheSequentialOnesByEveryPlan) {
  for (const std::size_t columns : {1U, 2U, 3U, 1000U, 1024U, 1025U}) {
    for (const bool alias : {true, false}) {
      const Drawn drawn(tied_logits(columns), {0.0, 0.05, 1.0, HUGE_VAL}, alias);
      for (const DrawPlan& plan : plans(columns, alias)) {
        expect_counts(drawn, plan, {6, 11003});
      }
      expect_counts(drawn, plans(columns, alias)[1], {0, 1});
      expect_counts(drawn, plans(columns, alias).back(), {2, 4097, 5, reversed_names(columns)});
    }
  }
}

TEST(DrawTokens, DoNotHangOnTheOrderOfThreads) {
  const Drawn drawn(tied_logits(300), {0.05, 1.0}, true);
  for (const auto& schedule : all_orders()) {
    for (const DrawPlan& plan : plans(300, true)) {
      expect_counts(drawn, plan, {0, 9003}, schedule);
    }
  }
}

/// One hot token, several hot ones in one shared counter, and a law that fills every counter.
TEST(DrawTokens, OfVocabulariesBeyondTheBins) {
  constexpr std::size_t columns = 70000;
  auto logits = normal_logits(columns, 2, 70);
  logits[3] = logits[3 + 16384] = logits[3 + 32768] = 12;
  logits[69999] = 12.1;
  for (const bool alias : {true, false}) {
    const Drawn drawn(logits, {0.05, 2.0}, alias);
    const auto runtime = kernels::make_host_runtime();
    DeviceMemory memory(*runtime);
    const DrawPlan plan = kernels::plan_draws(drawn.job(memory, 0, 300000, {}, 0), {sm_86, 1});
    EXPECT_EQ(plan.bins, 16384);
    expect_counts(drawn, plan, {0, 300000});
  }
}

TEST(DrawTokens, CountBeyond32Bits) {
  constexpr std::uint64_t before = 0xfffffffdU;
  const Drawn cold(tied_logits(1000), {0.02}, true);
  for (const DrawPlan& plan : plans(1000, true)) {
    expect_counts(cold, plan, {0, 3000, before});
  }
  constexpr std::uint64_t many = (std::uint64_t{1} << 33U) + 7;
  expect_counts(Drawn({1, 9, 2}, {0.0}, true), {~std::uint64_t{1}, 3, false}, {0, many, before});
  // Parts of a run, as the backend launches them: each starts where the one before ended.
  const std::uint64_t far = std::uint64_t{1} << 40U;
  expect_counts(cold, plans(1000, true)[1], {far, 5000});
}

/// More points than blocks: what one leaves in shared memory must not reach the next.
TEST(DrawTokens, OfManyPointsByOneBlock) {
  const Drawn drawn(tied_logits(200), {0.3, 1.0, 0.0, 5.0}, true);
  for (const DrawPlan& plan : plans(200, true)) {
    for (const auto& schedule : all_orders()) {
      const auto runtime = kernels::make_host_runtime();
      DeviceMemory memory(*runtime);
      DrawTokens job = drawn.job(memory, 0, 8500, {}, 0);
      job.plan = plan;
      kernels::run_on_host({1, DrawTokens::threads, kernels::shared_bytes(job)}, schedule,
                           [&](kernels::HostBlock& block) { kernels::run(block, job); });
      EXPECT_EQ(memory.get(job.counts, drawn.points() * 200), drawn.expected(0, 8500, {}, 0)) << plan.bins;
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
