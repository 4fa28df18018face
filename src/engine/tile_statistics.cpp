// SPDX-License-Identifier: Apache-2.0
#include "engine/tile_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"

namespace tempsweep {
namespace {

struct Scratch {
  std::vector<std::uint32_t> order;  ///< places of the vocabulary, most probable first
  std::vector<double> depth;         ///< in that order
  std::vector<double> probability;   ///< the table's, beyond 2³² draws
  std::vector<std::uint64_t> count;  ///< in that order
  PointScratch point;
  // For the table's own law, beyond 2³² draws.
  std::vector<double> weights;
  AliasScratch alias_scratch;
  AliasTable table;
};

/// One row of the tile: its logits in vocabulary order, and where each token stands in the input.
struct RowView {
  std::span<const double> logits;
  std::span<const std::uint32_t> tokens;
  double maximum = 0;

  [[nodiscard]] std::size_t token(std::size_t place) const { return tokens.empty() ? place : tokens[place]; }
  [[nodiscard]] double logit(std::size_t place) const { return logits[token(place)]; }
};

/// m - l; infinite for masked tokens alone, which no temperature can draw.
double depth_of(const RowView& row, std::uint32_t place) {
  const double logit = row.logit(place);
  const double depth = row.maximum - logit;
  return std::isinf(depth) && std::isfinite(logit) ? std::numeric_limits<double>::max() : depth;
}

/// Temperature never changes the order of the tokens: one sort serves the whole row.
void sort_by_probability(const RowView& row, std::size_t size, std::vector<std::uint32_t>& order) {
  order.resize(size);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return row.logit(a) > row.logit(b) || (row.logit(a) == row.logit(b) && a < b);
  });
}

/// Beyond 2³² draws the table's own rounding could show: judge against the law that the table really has.
void table_law_in_order(const RowView& row, double temperature, Scratch& scratch) {
  scratch.probability.resize(scratch.order.size());
  scratch.weights.resize(scratch.order.size());
  for (std::size_t place = 0; place < scratch.weights.size(); ++place) {
    scratch.weights[place] = table_weight(row.maximum - row.logit(place), inverse_temperature(temperature));
  }
  build_alias_table(scratch.weights, scratch.alias_scratch, scratch.table);
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.probability.begin(),
                 [&](std::uint32_t place) {
                   return std::ldexp(static_cast<double>(scratch.table.weights[place]),
                                     -(scratch.table.column_bits + 32));
                 });
}

/// Where a point's draws are addressed.
struct PointPlace {
  double temperature;
  std::uint64_t seed;
  std::int64_t row;  ///< of the whole input
};

double uniform_of(const PointPlace& place, std::size_t vocabulary) {
  const auto stream = point_stream(place.seed, place.temperature, static_cast<std::uint32_t>(vocabulary),
                                   Purpose::randomised_p, static_cast<std::uint64_t>(place.row));
  return (static_cast<double>(stream.word(0) >> 11U) + 0.5) * 0x1p-53;
}

PointStatistics judge(const RowView& row, const PointPlace& place, std::span<const std::uint64_t> count,
                      std::uint64_t samples, Scratch& scratch) {
  if (samples >> 32U != 0) {
    table_law_in_order(row, place.temperature, scratch);
  }
  scratch.count.resize(scratch.order.size());
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.count.begin(),
                 [&](std::uint32_t at) { return count[row.token(at)]; });
  return judge_point({scratch.depth, scratch.count, inverse_temperature(place.temperature), samples,
                      scratch.probability, uniform_of(place, scratch.order.size())},
                     scratch.point);
}

constexpr std::array<Statistic, 27> statistics = {{
    {"chi_square", "Pearson chi-square of the draws", "1",
     [](const PointStatistics& s) { return s.chi_square.statistic; }},
    {"chi_square_dof", "cells of the chi-square less one", "1",
     [](const PointStatistics& s) { return s.chi_square.dof; }},
    {"chi_square_bins_pooled", "tokens merged away by pooling", "1",
     [](const PointStatistics& s) { return s.chi_square.bins_pooled; }},
    {"chi_square_p_value", "p-value of the chi-square (three-moment gamma)", "1",
     [](const PointStatistics& s) { return s.chi_square.p_value; }},
    {"chi_square_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.chi_square.log10_p; }},
    {"score_z", "score of the draws along temperature, positive when they look colder", "1",
     [](const PointStatistics& s) { return s.temperature.z; }},
    {"score_p_value", "p-value of the score (normal)", "1",
     [](const PointStatistics& s) { return s.temperature.score_p.p; }},
    {"score_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.temperature.score_p.log10_p; }},
    {"likelihood_root", "modified root of the likelihood ratio along temperature", "1",
     [](const PointStatistics& s) { return s.temperature.root; }},
    {"likelihood_root_p_value", "p-value of the likelihood root (normal)", "1",
     [](const PointStatistics& s) { return s.temperature.root_p.p; }},
    {"likelihood_root_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.temperature.root_p.log10_p; }},
    {"effective_temperature", "temperature that the draws look like", "logit",
     [](const PointStatistics& s) { return s.temperature.effective_temperature; }},
    {"effective_temperature_error", "standard error of that temperature", "logit",
     [](const PointStatistics& s) { return s.temperature.effective_temperature_error; }},
    {"top_count_p_value", "p-value of the draws of the top tokens (exact binomial)", "1",
     [](const PointStatistics& s) { return s.top_count.p; }},
    {"top_count_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.top_count.log10_p; }},
    {"top_count_randomised_p_value", "randomised p-value of the same draws, uniform under the law", "1",
     [](const PointStatistics& s) { return s.top_count_randomised; }},
    {"max_residual", "standardised residual of the cell that is the hardest to believe", "1",
     [](const PointStatistics& s) { return s.residual.residual; }},
    {"max_residual_p_value", "its exact binomial p-value times the number of cells", "1",
     [](const PointStatistics& s) { return s.residual.p.p; }},
    {"max_residual_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.residual.p.log10_p; }},
    {"total_variation", "total variation between draws and law", "1",
     [](const PointStatistics& s) { return s.total_variation; }},
    {"empirical_kl_divergence", "Kullback-Leibler divergence of the draws from the law", "bit",
     [](const PointStatistics& s) { return s.empirical_kl_divergence; }},
    {"empirical_entropy", "plug-in entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy; }},
    {"empirical_entropy_corrected", "Miller-Madow entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy_corrected; }},
    {"mean_surprisal", "mean surprisal of the draws under the law", "bit",
     [](const PointStatistics& s) { return s.mean_surprisal; }},
    {"detectable_temperature_error", "relative temperature error that so many draws expose", "1",
     [](const PointStatistics& s) { return s.detectable_temperature_error; }},
    {"detectable_total_variation", "total variation that so many draws expose", "1",
     [](const PointStatistics& s) { return s.detectable_total_variation; }},
    {"rank_swap_probability", "chance that so many draws put the runner-up ahead of the top token", "1",
     [](const PointStatistics& s) { return s.rank_swap; }},
}};

RowView view_row(const DrawnTile& tile, std::int64_t row) {
  const auto width = static_cast<std::size_t>(tile.block.width);
  const auto i = static_cast<std::size_t>(row);
  return {tile.block.logits.subspan(i * width, width), tile.backend.vocabulary(row),
          tile.backend.scans()[i].maximum};
}

/// A row of the tile at temperatures [begin, end).
struct RowRun {
  std::int64_t row;
  std::size_t begin;
  std::size_t end;
};

void judge_run(const DrawnTile& tile, const RowRun& run, Scratch& scratch,
               std::span<const std::span<double>> out) {
  const std::size_t first = static_cast<std::size_t>(run.row) * tile.temperatures.size();
  if (tile.backend.scans()[static_cast<std::size_t>(run.row)].status != RowStatus::ok) {
    for (const auto& values : out) {
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(first + run.begin), run.end - run.begin,
                  std::nan(""));
    }
    return;
  }
  const RowView view = view_row(tile, run.row);
  sort_by_probability(view, static_cast<std::size_t>(tile.vocabulary_size), scratch.order);
  scratch.depth.resize(scratch.order.size());
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.depth.begin(),
                 [&](std::uint32_t at) { return depth_of(view, at); });
  const auto tokens = static_cast<std::size_t>(tile.tokens);
  for (std::size_t t = run.begin; t < run.end; ++t) {
    const auto count = tile.count.subspan((first + t) * tokens, tokens);
    const PointPlace place{tile.temperatures[t], tile.seed, tile.block.first_row + run.row};
    const PointStatistics point = judge(view, place, count, tile.samples, scratch);
    for (std::size_t s = 0; s < statistics.size(); ++s) {
      out[s][first + t] = statistics[s].value(point);
    }
  }
}

}  // namespace

std::span<const Statistic> statistic_table() {
  return statistics;
}

std::size_t statistic_index(std::string_view name) {
  const auto* const found =
      std::find_if(statistics.begin(), statistics.end(), [&](const Statistic& s) { return s.name == name; });
  if (found == statistics.end()) {
    throw std::out_of_range("no such statistic: " + std::string(name));
  }
  return static_cast<std::size_t>(found - statistics.begin());
}

std::uint64_t statistics_bytes(std::int64_t vocabulary, std::uint64_t samples) {
  const auto tokens = static_cast<std::uint64_t>(vocabulary);
  const std::uint64_t table = samples >> 32U != 0 ? alias_bytes(tokens) + tokens * sizeof(double) : 0;
  return tokens * (sizeof(std::uint32_t) + 6 * sizeof(double) + 2 * sizeof(std::uint64_t)) + table;
}

void judge_tile(const DrawnTile& tile, int threads, std::span<const std::span<double>> out) {
  std::vector<Scratch> scratch(static_cast<std::size_t>(threads));
  // With fewer rows than threads the temperatures are shared out too, at the price of a sort each time.
  const std::int64_t runs = (threads + tile.block.rows - 1) / tile.block.rows;
  const auto points = std::ssize(tile.temperatures);
  parallel_for(tile.block.rows * runs, threads, [&](std::int64_t item, int worker) {
    const std::int64_t part = item % runs;
    judge_run(tile,
              {item / runs, static_cast<std::size_t>(points * part / runs),
               static_cast<std::size_t>(points * (part + 1) / runs)},
              scratch[static_cast<std::size_t>(worker)], out);
  });
}

}  // namespace tempsweep
