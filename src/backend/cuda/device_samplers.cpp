// SPDX-License-Identifier: Apache-2.0
// How each sampler's kernels are queued; what is around them stands in dense_results.cpp.
#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

#include "tempsweep/core/interrupt.hpp"

#include "backend/cuda/dense_results.hpp"
#include "kernels/arguments/draw_plan.hpp"

namespace tempsweep::cuda {
namespace {

/// Random words between two looks at the interrupt flag: a few tenths of a second.
constexpr std::uint64_t words_at_once = std::uint64_t{1} << 33U;

std::int64_t table_columns(std::int64_t tokens) {
  return std::int64_t{1} << alias_column_bits(static_cast<std::uint64_t>(tokens));
}

}  // namespace

const DenseResults::DeviceSampler* DenseResults::find_sampler(Sampler sampler) {
  static constexpr std::array<DeviceSampler, 4> table = {{
      {Sampler::alias, &DenseResults::queue_alias,
       [](std::int64_t columns) { return columns * 16 + table_columns(columns) * 20; }},
      {Sampler::inverse, &DenseResults::queue_inverse,
       [](std::int64_t columns) { return columns * 16 + table_columns(columns) * 12; }},
      {Sampler::gumbel, &DenseResults::queue_gumbel, [](std::int64_t columns) { return columns * 8; }},
      {Sampler::multinomial, &DenseResults::queue_multinomial,
       [](std::int64_t columns) { return columns * 16 + table_columns(columns) * 12; }},
  }};
  const auto* const found = std::find_if(table.begin(), table.end(),
                                         [&](const DeviceSampler& entry) { return entry.id == sampler; });
  return found == table.end() ? nullptr : found;
}

bool DenseResults::has_sampler(Sampler sampler) {
  return find_sampler(sampler) != nullptr;
}

kernels::LawPoints DenseResults::laws_of(const Group& group) {
  return {points_of(group), group.results.temperatures()};
}

const kernels::LawCut* DenseResults::queue_cuts(const Group& group, Lane& lane) const {
  if (!wanted_.truncation.any()) {
    return nullptr;
  }
  const RowView& rows = group.rows;
  kernels::CutLaws job{};
  static_cast<kernels::LawPoints&>(job) = laws_of(group);
  job.sorted = rows.sorted;
  job.depths = rows.ordered;
  job.nodes = rows.nodes;
  job.ordered_stride = rows.ordered_stride;
  job.node_stride = rows.node_stride;
  job.levels = survivor_levels(wanted_.truncation);
  job.cuts = lane.cuts.reserve(group.count);
  device_.launch(job, lane.stream.get());
  return job.cuts;
}

kernels::BuildAlias DenseResults::table_job(const Group& group, Lane& lane) const {
  const std::int64_t columns = group.rows.columns;
  const std::int64_t table = group.count * table_columns(columns);
  kernels::BuildAlias build{};
  static_cast<kernels::LawPoints&>(build) = laws_of(group);
  build.cuts = queue_cuts(group, lane);
  build.space = {lane.weights.reserve(group.count * columns), lane.shares.reserve(group.count * columns),
                 lane.members.reserve(table), lane.amounts.reserve(table), nullptr};
  build.sure = lane.sure.reserve(group.count);
  return build;
}

template <class Draw>
Draw DenseResults::draw_job(const Group& group, Lane& lane) const {
  Draw draw{};
  draw.columns = group.rows.columns;
  draw.stride = group.rows.token_stride;
  draw.scans = group.rows.scans;
  draw.temperature = group.results.temperatures();
  draw.temperatures = group.part.temperatures;
  draw.first = group.first;
  draw.points = group.count;
  draw.seed = wanted_.seed;
  draw.first_row = group.first_row_number;
  draw.token = group.rows.token;
  draw.tokens = wanted_.tokens;
  const std::int64_t elements = group.count * wanted_.tokens;
  draw.counts = lane.counts.reserve(elements);
  device_.check(
      device_.runtime().clear(draw.counts, static_cast<std::size_t>(elements) * sizeof(std::uint64_t),
                              lane.stream.get()),
      "clearing");
  return draw;
}

template <class Draw>
void DenseResults::queue_in_parts(Draw draw, std::uint64_t at_once, Lane& lane) const {
  at_once = std::max<std::uint64_t>(Draw::draws_a_block, std::bit_floor(at_once));
  for (draw.n_first = 0; draw.n_first < wanted_.samples; draw.n_first += at_once) {
    draw.n = std::min(at_once, wanted_.samples - draw.n_first);
    if constexpr (std::is_same_v<Draw, kernels::DrawTokens>) {
      draw.plan = kernels::plan_draws(draw, {device_.shared_bytes(), device_.multiprocessors()});
    }
    device_.launch(draw, lane.stream.get());
    if (draw.n_first + at_once < wanted_.samples) {
      lane.stream.synchronise();
      throw_if_interrupted();
    }
  }
}

void DenseResults::queue_alias(const Group& group, Lane& lane) const {
  kernels::BuildAlias build = table_job(group, lane);
  build.space.entries = lane.entries.reserve(group.count * table_columns(build.columns));
  device_.launch(build, lane.stream.get());
  auto draw = draw_job<kernels::DrawTokens>(group, lane);
  draw.entries = build.space.entries;
  draw.sure = build.sure;
  draw.shares = build.space.shares;
  queue_in_parts(draw, words_at_once / static_cast<std::uint64_t>(group.count), lane);
}

void DenseResults::queue_inverse(const Group& group, Lane& lane) const {
  const kernels::BuildInverse build{table_job(group, lane)};
  device_.launch(build, lane.stream.get());
  auto draw = draw_job<kernels::DrawTokens>(group, lane);
  draw.through = build.table.space.amounts;
  draw.guide = build.table.space.members;
  draw.sure = build.table.sure;
  draw.shares = build.table.space.shares;
  queue_in_parts(draw, words_at_once / static_cast<std::uint64_t>(group.count), lane);
}

void DenseResults::queue_gumbel(const Group& group, Lane& lane) const {
  kernels::MakeRaces make{};
  static_cast<kernels::LawPoints&>(make) = laws_of(group);
  make.cuts = queue_cuts(group, lane);
  make.inverse = lane.inverse.reserve(group.count * make.columns);
  device_.launch(make, lane.stream.get());
  auto draw = draw_job<kernels::DrawRaces>(group, lane);
  draw.inverse = make.inverse;
  queue_in_parts(draw, words_at_once / static_cast<std::uint64_t>(group.count * make.columns), lane);
}

void DenseResults::queue_multinomial(const Group& group, Lane& lane) const {
  const kernels::BuildInverse build{table_job(group, lane)};
  device_.launch(build, lane.stream.get());
  auto draw = draw_job<kernels::DrawMultinomial>(group, lane);
  draw.through = build.table.space.amounts;
  draw.nodes = build.table.space.weights;  // the remainders are done with
  draw.n = wanted_.samples;
  device_.launch(draw, lane.stream.get());
}

void DenseResults::queue_judging(const Group& group, Lane& lane) const {
  const RowView& rows = group.rows;
  kernels::JudgePoints job{};
  job.scans = rows.scans;
  job.temperature = group.results.temperatures();
  job.temperatures = group.part.temperatures;
  job.first = group.first;
  job.points = group.count;
  job.columns = rows.columns;
  job.ordered_stride = rows.ordered_stride;
  job.depths = rows.ordered;
  job.order = rows.order;
  job.cuts = wanted_.truncation.any() ? lane.cuts.get() : nullptr;
  job.shares = judged_by_table(wanted_.sampler, wanted_.samples) ? lane.shares.get() : nullptr;
  job.token = rows.token;
  job.token_stride = rows.token_stride;
  job.tokens = wanted_.tokens;
  job.counts = lane.counts.get();
  job.n = wanted_.samples;
  job.cells = lane.cells.reserve(group.count * kernels::JudgePoints::cell_room(rows.columns));
  job.sums = lane.judged.reserve(group.count);
  device_.launch(job, lane.stream.get());
}

}  // namespace tempsweep::cuda
