// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/evaluate_row.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/log16.hpp"

#include "backend/cpu/kernels.hpp"
#include "backend/cpu/sum_paths.hpp"
#include "backend/cpu/write_probabilities.hpp"

namespace tempsweep::cpu {
namespace {

/// Sums at `order`·β for each temperature; the limit T → 0 has no rest and is left out of the pass.
/// \param tolerance  what they may err by, see sums_within().
void sum_rests(const RowRun& run, double order, bool squares, double tolerance, Scratch& scratch,
               std::vector<RestSums>& sums) {
  scratch.betas.clear();
  for (const double temperature : run.temperatures) {
    const double beta = order * inverse_temperature(temperature);
    if (!std::isinf(beta)) {
      scratch.betas.push_back(beta);
    }
  }
  // Temperatures ascend, so those without a rest stand first.
  const std::size_t skipped = run.temperatures.size() - scratch.betas.size();
  sums.assign(run.temperatures.size(), RestSums{});
  const Rest& rest = scratch.rest;
  sums_within(run.row.scan, {rest.depths.data(), rest.count, rest.deepest}, scratch.betas, squares, tolerance,
              std::span(sums).subspan(skipped));
}

void make_laws(const RowRun& run, const Wanted& wanted, Scratch& scratch) {
  sum_rests(run, 1.0, wants(wanted, MetricNeeds::squares), sums_tolerance(wanted), scratch, scratch.sums);
  scratch.laws.clear();
  for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
    Law law = make_law(run.row.scan, run.temperatures[t], scratch.sums[t]);
    law.unit_log_partition = run.row.unit_log_partition;
    law.label_depth = run.row.label_depth;
    scratch.laws.push_back(law);
  }
}

void write_metrics(const RowRun& run, const Wanted& wanted, const TileOutput& output,
                   const Scratch& scratch) {
  for (std::size_t m = 0; m < wanted.metrics.size(); ++m) {
    const auto values = output.metrics[m].subspan(static_cast<std::size_t>(run.offset));
    const auto value = metric_table[wanted.metrics[m]].value;
    std::transform(scratch.laws.begin(), scratch.laws.end(), values.begin(), value);
  }
}

void write_renyi(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch) {
  const std::size_t orders = wanted.renyi_orders.size();
  for (std::size_t k = 0; k < orders; ++k) {
    const double order = wanted.renyi_orders[k];
    const bool needs_sums = order != 0 && order != 1 && !std::isinf(order);
    if (needs_sums) {
      sum_rests(run, order, false, 0, scratch, scratch.sums_at_orders);
    }
    for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
      const Law& law = scratch.laws[t];
      double rest = 0;
      if (needs_sums && !law.zero_limit) {
        const Scaled step = exp_minus_product(order * law.beta, top_gap(run.row.scan));
        rest = step.times(scratch.sums_at_orders[t].weight);
      }
      output.renyi_entropy[(static_cast<std::size_t>(run.offset) + t) * orders + k] =
          renyi_entropy(law, order, rest, static_cast<double>(run.row.scan.unmasked));
    }
  }
}

void write_log_probability(const PreparedRow& row, const Law& law, std::span<std::uint16_t> out) {
  std::fill(out.begin(), out.end(), log16_fill);
  for (std::size_t i = 0; i < row.logits.size(); ++i) {
    const double depth = law.maximum - row.logits[i];
    const bool impossible = std::isinf(depth) || (law.zero_limit && depth > 0);
    const double surprisal = law.shifted_log_partition + (impossible ? HUGE_VAL : law.beta * depth);
    out[row.tokens.empty() ? i : row.tokens[i]] = log16_code(surprisal);
  }
}

/// Draws between two looks at the interrupt flag: a few tenths of a second.
constexpr std::uint64_t draws_at_once = std::uint64_t{1} << 25U;

void draw_all(const PointStream& stream, std::uint64_t samples, const AliasTable& table,
              std::uint64_t* counts) {
  for (std::uint64_t first = 0; first < samples; first += draws_at_once) {
    throw_if_interrupted();
    draw_counts(stream, first, std::min(draws_at_once, samples - first), table, counts);
  }
}

void write_counts(const RowRun& run, const Law& law, const Wanted& wanted, Scratch& scratch,
                  std::span<std::uint64_t> out) {
  scratch.weights.resize(run.row.logits.size());
  table_weights(run.row.logits.data(), std::ssize(run.row.logits), law.maximum,
                inverse_temperature(law.temperature), scratch.weights.data());
  build_alias_table(scratch.weights, scratch.alias_scratch, scratch.alias_table);
  const auto stream =
      point_stream(wanted.seed, law.temperature, static_cast<std::uint32_t>(run.row.logits.size()),
                   Purpose::alias, run.row_number);
  std::fill(out.begin(), out.end(), std::uint64_t{0});
  if (run.row.tokens.empty()) {
    draw_all(stream, wanted.samples, scratch.alias_table, out.data());
    return;
  }
  scratch.counts.assign(run.row.logits.size(), 0);
  draw_all(stream, wanted.samples, scratch.alias_table, scratch.counts.data());
  for (std::size_t i = 0; i < run.row.tokens.size(); ++i) {
    out[run.row.tokens[i]] = scratch.counts[i];
  }
}

template <class T>
std::span<T> point_of(std::span<T> all, std::size_t point, std::size_t width) {
  return all.subspan(point * width, width);
}

/// A row that is no law: nothing is known about it, and nothing was drawn.
void write_missing(const RowRun& run, const Wanted& wanted, const TileOutput& output) {
  const auto points = run.temperatures.size();
  const auto fill = [&](auto span, std::size_t width, auto value) {
    const auto part =
        span.empty() ? span : span.subspan(static_cast<std::size_t>(run.offset) * width, points * width);
    std::fill(part.begin(), part.end(), value);
  };
  const double missing = std::numeric_limits<double>::quiet_NaN();
  for (const auto& values : output.metrics) {
    fill(values, 1, missing);
  }
  const auto tokens = static_cast<std::size_t>(wanted.tokens);
  fill(output.renyi_entropy, wanted.renyi_orders.size(), missing);
  fill(output.probability, tokens, std::nanf(""));
  fill(output.log_probability, tokens, log16_fill);
  fill(output.count, tokens, std::uint64_t{0});
}

}  // namespace

void evaluate_row(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch) {
  if (run.row.scan.status != RowStatus::ok) {
    write_missing(run, wanted, output);
    return;
  }
  collect_rest(run.row, scratch.rest);
  make_laws(run, wanted, scratch);
  write_metrics(run, wanted, output, scratch);
  write_renyi(run, wanted, output, scratch);
  if (wanted.probabilities == ProbabilityFormat::f32) {
    write_probabilities(run, wanted, output, scratch);
  }
  const auto tokens = static_cast<std::size_t>(wanted.tokens);
  for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
    const Law& law = scratch.laws[t];
    const std::size_t point = static_cast<std::size_t>(run.offset) + t;
    if (wanted.probabilities == ProbabilityFormat::log16) {
      write_log_probability(run.row, law, point_of(output.log_probability, point, tokens));
    }
    if (wanted.samples > 0) {
      write_counts(run, law, wanted, scratch, point_of(output.count, point, tokens));
    }
  }
}

}  // namespace tempsweep::cpu
