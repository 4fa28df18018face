// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/evaluate_row.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/log16.hpp"
#include "tempsweep/wanted_sums.hpp"

#include "backend/cpu/kernels.hpp"
#include "backend/cpu/sum_paths.hpp"
#include "backend/cpu/write_probabilities.hpp"

namespace tempsweep::cpu {
namespace {

/// Law i of the block, with every limit settled.
Law law_of(const RowRun& run, const PointScratch& points, std::size_t i) {
  Law law = make_law(run.row.scan, run.temperatures[i], points.sums.sums(i));
  law.unit_log_partition = run.row.unit_log_partition;
  law.label_depth = run.row.label_depth;
  return law;
}

void write_metrics(const RowRun& run, const Wanted& wanted, const TileOutput& output,
                   const PointScratch& points) {
  const std::size_t count = run.temperatures.size();
  const auto offset = static_cast<std::size_t>(run.offset);
  const RowFacts facts = facts_of(run.row);
  for (std::size_t m = 0; m < wanted.metrics.size(); ++m) {
    evaluate_metric(wanted.metrics[m], facts, points.sums, points.laws, count,
                    output.metrics[m].data() + offset);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (points.laws.plain[i] != 0) {
      continue;
    }
    const Law law = law_of(run, points, i);
    for (std::size_t m = 0; m < wanted.metrics.size(); ++m) {
      output.metrics[m][offset + i] = metric_table[wanted.metrics[m]].value(law);
    }
  }
}

void write_renyi_at(const RowRun& run, double order, PointScratch& points, std::size_t stride, double* out) {
  const std::size_t count = run.temperatures.size();
  const double gap = top_gap(run.row.scan);
  const auto unmasked = static_cast<double>(run.row.scan.unmasked);
  const RowFacts facts = facts_of(run.row);
  for (std::size_t i = 0; i < count; ++i) {
    double rest = 0;
    if (needs_sums(order) && !std::isinf(points.others.beta[i])) {
      rest = exp_minus_product(points.others.beta[i], gap + points.others.shift[i])
                 .times(points.others.weight[i]);
    }
    // A difference of logarithms is taken from the library's, which err less than the loops' do.
    out[i * stride] = points.laws.plain[i] != 0 && !needs_sums(order)
                          ? renyi_entropy(law_at(facts, points.sums, points.laws, i), order, rest, unmasked)
                          : renyi_entropy(law_of(run, points, i), order, rest, unmasked);
  }
}

void write_renyi(const RowRun& run, const Wanted& wanted, const TileOutput& output, PointScratch& points) {
  const std::size_t orders = wanted.renyi_orders.size();
  const std::size_t count = run.temperatures.size();
  for (std::size_t k = 0; k < orders; ++k) {
    const double order = wanted.renyi_orders[k];
    if (needs_sums(order)) {
      std::transform(points.sums.beta, points.sums.beta + count, points.others.beta,
                     [&](double beta) { return order * beta; });
      make_weights({run.row, wanted.tolerance, weight_tolerance(wanted), 0, false}, count, points);
    }
    write_renyi_at(run, order, points, orders,
                   output.renyi_entropy.data() + static_cast<std::size_t>(run.offset) * orders + k);
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

void write_counts(const RowRun& run, const Law& law, const Wanted& wanted, std::int64_t survivors,
                  Scratch& scratch, std::span<std::uint64_t> out) {
  const PreparedRow& row = run.row;
  scratch.weights.resize(row.logits.size());
  table_weights(row.logits.data(), std::ssize(row.logits), law.maximum, inverse_temperature(law.temperature),
                scratch.weights.data());
  keep_survivors(row.logits, row.ordered, row.scan, survivors, scratch.edge, scratch.weights);
  const bool prefix = row.tokens.empty();
  std::fill(out.begin(), out.end(), std::uint64_t{0});
  if (!prefix) {
    scratch.counts.assign(row.logits.size(), 0);
  }
  const std::span<std::uint64_t> counts =
      prefix ? out.first(row.logits.size()) : std::span<std::uint64_t>(scratch.counts);
  find_sampler(wanted.sampler)
      ->draw({scratch.weights,
              point_stream(wanted.seed, law.temperature, static_cast<std::uint32_t>(row.logits.size()),
                           sampler_facts(wanted.sampler).purpose, run.row_number),
              wanted.samples, counts},
             scratch.sampler);
  for (std::size_t i = 0; i < row.tokens.size(); ++i) {
    out[row.tokens[i]] = scratch.counts[i];
  }
}

/// Of every temperature of the run; all unmasked tokens where the law is the full one.
void find_survivors(const RowRun& run, const Wanted& wanted, Scratch& scratch) {
  scratch.survivors.assign(run.temperatures.size(), run.row.scan.unmasked);
  if (wanted.truncation.any()) {
    count_survivors(run.row.ordered, run.row.scan, run.temperatures, survivor_levels(wanted.truncation),
                    scratch.survivors);
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
  write_ordering(run.row.ordered, run.row.scan, run.temperatures, run.offset, wanted.ordering, output);
  fill(output.probability, tokens, std::nanf(""));
  fill(output.log_probability, tokens, log16_fill);
  fill(output.count, tokens, std::uint64_t{0});
}

void write_dense(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch) {
  scratch.laws.clear();
  for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
    scratch.laws.push_back(law_of(run, scratch.points, t));
  }
  if (wanted.probabilities == ProbabilityFormat::f32) {
    write_probabilities(run, wanted, output, scratch);
  }
  if (wanted.samples > 0) {
    find_survivors(run, wanted, scratch);
  }
  const auto tokens = static_cast<std::size_t>(wanted.tokens);
  for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
    const Law& law = scratch.laws[t];
    const std::size_t point = static_cast<std::size_t>(run.offset) + t;
    if (wanted.probabilities == ProbabilityFormat::log16) {
      write_log_probability(run.row, law, point_of(output.log_probability, point, tokens));
    }
    if (wanted.samples > 0) {
      write_counts(run, law, wanted, scratch.survivors[t], scratch, point_of(output.count, point, tokens));
    }
  }
}

/// At most block_points temperatures.
ErrorBounds evaluate_block(const RowRun& run, const Wanted& wanted, const TileOutput& output,
                           Scratch& scratch) {
  const std::size_t count = run.temperatures.size();
  std::transform(run.temperatures.begin(), run.temperatures.end(), scratch.points.sums.beta,
                 inverse_temperature);
  const PointRequest request{run.row, wanted.tolerance, weight_tolerance(wanted), sums_tolerance(wanted),
                             wants(wanted, MetricNeeds::squares)};
  make_points(request, count, scratch.points);
  write_metrics(run, wanted, output, scratch.points);
  write_renyi(run, wanted, output, scratch.points);
  write_ordering(run.row.ordered, run.row.scan, run.temperatures, run.offset, wanted.ordering, output);
  if (wanted.probabilities != ProbabilityFormat::none || wanted.samples > 0) {
    write_dense(run, wanted, output, scratch);
  }
  return stated_errors(request, scratch.points, count);
}

}  // namespace

ErrorBounds evaluate_row(const RowRun& run, const Wanted& wanted, const TileOutput& output,
                         Scratch& scratch) {
  if (run.row.scan.status != RowStatus::ok) {
    write_missing(run, wanted, output);
    return {};
  }
  ErrorBounds worst;
  for (std::size_t first = 0; first < run.temperatures.size(); first += block_points) {
    const std::size_t count = std::min(block_points, run.temperatures.size() - first);
    const RowRun block{run.row, run.row_number, run.temperatures.subspan(first, count),
                       run.offset + static_cast<std::int64_t>(first)};
    worst = larger(worst, evaluate_block(block, wanted, output, scratch));
  }
  return worst;
}

}  // namespace tempsweep::cpu
