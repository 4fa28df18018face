// SPDX-License-Identifier: Apache-2.0
#include "engine/grid_judge.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/multinomial.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most_alias_draws = std::uint64_t{1} << 20U;

/// Every replicate has words of its own: 128 bits of the point's stream make its address.
PointStream replicate_stream(const PointStream& point, std::uint64_t replicate) {
  return row_stream(point.block(replicate), replicate);
}

/// Counts in the order of the law.
Replicate multinomial_replicate(const PointStream& point, std::span<const std::uint64_t> through,
                                std::uint64_t samples) {
  return [=](std::uint64_t replicate, int /*worker*/, std::span<std::uint64_t> counts) {
    std::fill(counts.begin(), counts.end(), 0);
    const PointStream stream = replicate_stream(point, replicate);
    multinomial_counts({through.data(), through.size()}, stream, multinomial_root(through.size(), samples),
                       counts.data());
  };
}

Replicate alias_replicate(const PointStream& point, const AliasTable& table,
                          std::span<const std::uint32_t> order, std::uint64_t samples,
                          std::vector<std::vector<std::uint64_t>>& by_place) {
  return [=, &table, &by_place](std::uint64_t replicate, int worker, std::span<std::uint64_t> counts) {
    auto& own = by_place[static_cast<std::size_t>(worker)];
    own.assign(counts.size(), 0);
    draw_counts(replicate_stream(point, replicate), samples, table, own.data());
    std::transform(order.begin(), order.end(), counts.begin(),
                   [&](std::uint32_t place) { return own[place]; });
  };
}

Resimulation simulate(const Finding& finding, const JudgedGrid& grid, const RowReader& read_row, int threads,
                      const ConfirmListener& listener) {
  const JudgedGrid::Place place = grid.place_of(finding.point);
  const std::int64_t size = grid.vocabulary_sizes[static_cast<std::size_t>(place.vocabulary)];
  const std::span<const double> logits = read_row(place.row);
  const auto tokens =
      grid.vocabulary_by == VocabularyBy::rank ? rank_vocabulary(logits, size) : std::vector<std::uint32_t>{};
  RowJudge judge(grid.sampler, grid.truncation);
  judge.load(logits, tokens, size);
  const PointAddress address{grid.temperatures[static_cast<std::size_t>(place.temperature)], grid.seed,
                             grid.first_row + place.row};
  const PointCase law = judge.law_at(address, grid.samples);
  const PointStream point = point_stream(grid.seed, address.temperature, static_cast<std::uint32_t>(size),
                                         Purpose::resimulation, static_cast<std::uint64_t>(address.row));
  const std::uint64_t most = most_replicates_of(judge.order().size(), finding.log10_p);
  if (listener) {
    listener(finding, most);
  }
  if (grid.sampler == Sampler::multinomial && grid.samples <= most_alias_draws) {
    AliasScratch scratch;
    AliasTable table;
    build_alias_table(judge.weights_at(address.temperature), scratch, table);
    std::vector<std::vector<std::uint64_t>> by_place(static_cast<std::size_t>(threads));
    return resimulate(finding.test, finding.log10_p, law,
                      alias_replicate(point, table, judge.order(), grid.samples, by_place), threads, most);
  }
  const IntegerLaw& integers = judge.integers_at(address.temperature);
  std::vector<std::uint64_t> through(judge.order().size());
  std::transform(judge.order().begin(), judge.order().end(), through.begin(),
                 [&](std::uint32_t at) { return integers.weights[at]; });
  std::partial_sum(through.begin(), through.end(), through.begin());
  return resimulate(finding.test, finding.log10_p, law, multinomial_replicate(point, through, grid.samples),
                    threads, most);
}

}  // namespace

std::uint64_t JudgedGrid::index_of(const Place& place) const {
  return static_cast<std::uint64_t>((place.vocabulary * rows + place.row) * std::ssize(temperatures) +
                                    place.temperature);
}

JudgedGrid::Place JudgedGrid::place_of(std::uint64_t index) const {
  const auto at = static_cast<std::int64_t>(index);
  const std::int64_t row = at / std::ssize(temperatures);
  return {row / rows, row % rows, at % std::ssize(temperatures)};
}

JudgedGrid judged_grid(const SweepPlan& plan) {
  return {plan.vocabulary_sizes, plan.vocabulary_by, plan.first_row, plan.rows, plan.temperatures,
          plan.truncation,       plan.sampler,       plan.samples,   plan.seed};
}

std::uint64_t confirmation_bytes(std::int64_t vocabulary, int threads) {
  const auto tokens = static_cast<std::uint64_t>(vocabulary);
  // Order, depths and law of a row, at most its alias table, running sums, and counts by place of every
  // thread.
  const std::uint64_t row = tokens * (sizeof(std::uint32_t) + 4 * sizeof(double));
  return row + alias_bytes(tokens) +
         tokens * sizeof(std::uint64_t) * (1 + static_cast<std::uint64_t>(threads));
}

void confirm(GridReferee& referee, const JudgedGrid& grid, const RowReader& read_row, int threads,
             const ConfirmListener& listener) {
  for (auto doubt = referee.doubtful(); doubt; doubt = referee.doubtful()) {
    referee.settle(*doubt, simulate(*doubt, grid, read_row, threads, listener));
  }
}

Attributes verdict_attributes(const GridVerdict& verdict) {
  return {{"verdict", std::string(verdict.rejected() ? "rejected" : "agree")},
          {"verdict_alpha", verdict.alpha},
          {"verdict_tests", static_cast<std::int64_t>(verdict.tests)},
          {"verdict_smallest_adjusted_log10_p", verdict.smallest_adjusted_log10_p},
          {"verdict_ks_points", static_cast<std::int64_t>(verdict.uniformity.used)},
          {"verdict_ks_log10_p", verdict.uniformity.used > 0 ? verdict.uniformity.p.log10_p : std::nan("")},
          {"verdict_impossible_points", static_cast<std::int64_t>(verdict.impossible_points)}};
}

}  // namespace tempsweep
