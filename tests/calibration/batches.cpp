// SPDX-License-Identifier: Apache-2.0
// Faults that no point shows alone: random numbers that rows share, or that follow the batch and not the row.
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/math/row_scan.hpp"
#include "tempsweep/stats/equal_points.hpp"
#include "tempsweep/stats/grid_verdict.hpp"

#include "calibration/power.hpp"
#include "engine/row_judge.hpp"

namespace tempsweep::testing {
namespace {

using Counts = std::vector<std::uint64_t>;

/// Where a row's random words come from: its number in the input, or something else.
using Address = std::uint64_t (*)(std::uint64_t row, std::uint64_t position);
constexpr Address by_row = [](std::uint64_t row, std::uint64_t) { return row; };
constexpr Address by_position = [](std::uint64_t, std::uint64_t position) { return position; };
constexpr Address same_for_all = [](std::uint64_t, std::uint64_t) { return std::uint64_t{0}; };

constexpr std::uint64_t draws = 10000;

struct Setting {
  NamedRow row;
  std::vector<double> weights;
  PointCase law;  ///< without counts
  std::vector<std::uint32_t> order;
};

/// Counts of every row of a batch, in the order of the law.
std::vector<Counts> draw_batch(const Setting& setting, std::uint64_t seed,
                               const std::vector<std::uint64_t>& rows, Address address) {
  std::vector<Counts> out;
  cpu::SamplerScratch scratch;
  const auto tokens = static_cast<std::uint32_t>(setting.weights.size());
  for (std::uint64_t position = 0; position < rows.size(); ++position) {
    Counts counts(tokens, 0);
    const auto stream = point_stream(seed, 1, tokens, Purpose::alias, address(rows[position], position));
    cpu::find_sampler(Sampler::alias)->draw({setting.weights, stream, draws, counts}, scratch);
    Counts ordered(tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
      ordered[i] = counts[setting.order[i]];
    }
    out.push_back(std::move(ordered));
  }
  return out;
}

std::vector<std::uint64_t> first_rows(std::uint64_t count) {
  std::vector<std::uint64_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::uint64_t{0});
  return rows;
}

/// The verdict over a grid of equal rows.
bool rejects_grid(const Setting& setting, std::uint64_t seed, std::uint64_t rows, Address address) {
  GridReferee referee(verdict_alpha);
  PointScratch scratch;
  std::uint64_t number = 0;
  for (const Counts& counts : draw_batch(setting, seed, first_rows(rows), address)) {
    PointCase point = setting.law;
    point.counts = counts;
    referee.add(number++, tests_of(judge_point(point, scratch)));
  }
  return referee.verdict().rejected();
}

/// The verdict on equal rows that are judged together.
bool rejects_together(const Setting& setting, std::uint64_t seed, std::uint64_t rows, Address address) {
  const auto batch = draw_batch(setting, seed, first_rows(rows), address);
  const std::vector<std::span<const std::uint64_t>> views(batch.begin(), batch.end());
  PointScratch scratch;
  Counts sum;
  GridReferee referee(verdict_alpha);
  referee.add(0, tests_of(judge_together(setting.law, views, sum, scratch)));
  return referee.verdict().rejected();
}

/// Rows drawn in turn, backwards and alone: the same counts?
bool depends_on_batch(const Setting& setting, std::uint64_t seed, std::uint64_t rows, Address address) {
  const auto forward = draw_batch(setting, seed, first_rows(rows), address);
  auto turned = first_rows(rows);
  std::reverse(turned.begin(), turned.end());
  auto backward = draw_batch(setting, seed, turned, address);
  std::reverse(backward.begin(), backward.end());
  return forward != backward || draw_batch(setting, seed, {rows - 1}, address)[0] != forward.back();
}

struct BatchFault {
  const char* name;
  Address address;
  const char* test;
  bool (*caught)(const Setting&, std::uint64_t seed, std::uint64_t rows, Address);
  std::uint64_t rows;
};

constexpr std::array<BatchFault, 5> batch_faults = {{
    {"one seed for all rows", same_for_all, "uniformity over the grid", rejects_grid, 24},
    {"one seed for all rows", same_for_all, "equal rows together", rejects_together, 2},
    {"one seed for all rows", same_for_all, "equal rows together", rejects_together, 8},
    {"draws follow the place in the batch", by_position, "drawn backwards and alone", depends_on_batch, 5},
    {"draws follow the place in the batch", by_position, "drawn backwards and alone", depends_on_batch, 2},
}};

std::uint64_t count_caught(const BatchFault& fault, const Setting& setting, Address address,
                           std::uint64_t seeds, int threads) {
  std::vector<unsigned char> caught(seeds);
  parallel_for(static_cast<std::int64_t>(seeds), threads, [&](std::int64_t seed, int) {
    const bool seen = fault.caught(setting, static_cast<std::uint64_t>(seed), fault.rows, address);
    caught[static_cast<std::size_t>(seed)] = seen ? 1 : 0;
  });
  return std::accumulate(caught.begin(), caught.end(), std::uint64_t{0});
}

/// A row without a law: neither a scan nor the referee lets draws from it pass.
bool refuses_masked_row() {
  const std::vector<double> row(100, -std::numeric_limits<double>::infinity());
  RowJudge judge(Sampler::alias, Truncation{});
  judge.load(row, {}, std::ssize(row));
  Counts counts(row.size(), 0);
  counts[0] = 10;
  try {
    (void)judge.judge({1, 0, 0}, counts, 10);
    return false;
  } catch (const std::invalid_argument&) {
    ScanPart scan;
    for (std::size_t i = 0; i < row.size(); ++i) {
      scan.add(row[i], static_cast<std::int64_t>(i));
    }
    return scan.finish().status == RowStatus::all_masked;
  }
}

}  // namespace

std::string batch_table(const Extent& extent, Checks& checks) {
  const std::uint64_t seeds = extent.complete ? 1000 : 100;
  Setting setting;
  setting.row = normal_row(3, 1000);
  setting.weights = claimed_weights({setting.row, 1, draws, {}});
  RowJudge judge(Sampler::alias, Truncation{});
  judge.load(setting.row.logits, {}, std::ssize(setting.row.logits));
  setting.law = judge.law_at({1, 0, 0}, draws);
  setting.order.assign(judge.order().begin(), judge.order().end());
  std::string out =
      "| fault | test | rows | n each | caught | the right sampler, rejected |\n|---|---|---|---|---|---|\n";
  for (const BatchFault& fault : batch_faults) {
    const std::uint64_t wrong = count_caught(fault, setting, fault.address, seeds, extent.threads);
    const std::uint64_t right = count_caught(fault, setting, by_row, seeds, extent.threads);
    const std::string where = fmt::format("'{}' by '{}' over {} rows", fault.name, fault.test, fault.rows);
    checks.require(fmt::format("{} is caught {} times of {}", where, wrong, seeds),
                   wrong * 100 >= seeds * 99);
    checks.add(fmt::format("{}: right draws rejected {} times of {}", where, right, seeds),
               above_nominal(right, seeds, verdict_alpha));
    out += fmt::format("| {} | {} | {} | {} | {}/{} | {}/{} |\n", fault.name, fault.test, fault.rows, draws,
                       wrong, seeds, right, seeds);
  }
  checks.require("draws from a row without a law are refused", refuses_masked_row());
  return out;
}

}  // namespace tempsweep::testing
