// SPDX-License-Identifier: Apache-2.0
#include "engine/tile_statistics.hpp"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/truncation.hpp"

namespace tempsweep {
namespace {

struct Scratch {
  std::vector<std::uint32_t> order;  ///< places of the vocabulary, most probable first
  std::vector<double> probability;
  std::vector<std::uint64_t> count;
  ChiSquareScratch chi_square;
  // For the survivors of a truncation.
  std::vector<double> depths;  ///< of the unmasked tokens, in order
  std::vector<OrderedNode> nodes;
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

/// Temperature never changes the order of the tokens: one sort serves the whole row.
void sort_by_probability(const RowView& row, std::size_t size, std::vector<std::uint32_t>& order) {
  order.resize(size);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return row.logit(a) > row.logit(b) || (row.logit(a) == row.logit(b) && a < b);
  });
}

/// What survivors() needs of the row, from its order.
OrderedRow ordered_row(const RowView& row, const RowScan& scan, Scratch& scratch) {
  scratch.depths.resize(static_cast<std::size_t>(scan.unmasked));
  std::transform(scratch.order.begin(), scratch.order.begin() + scan.unmasked, scratch.depths.begin(),
                 [&](std::uint32_t place) { return std::min(row.maximum - row.logit(place), DBL_MAX); });
  scratch.nodes.resize(static_cast<std::size_t>(order_nodes(scan.unmasked)));
  build_order_nodes(scratch.depths.data(), scan.unmasked, scratch.nodes.data());
  return {scratch.depths.data(), scratch.nodes.data(), scan.unmasked, scan.ties};
}

/// p in `order`, cut at the survivors and normalised by its own sum, which is taken from the rare end.
void law_in_order(const RowView& row, double temperature, std::size_t survivors, Scratch& scratch) {
  scratch.probability.resize(scratch.order.size());
  const bool zero_limit = is_zero_limit(temperature);
  const double beta = inverse_temperature(temperature);
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.probability.begin(),
                 [&](std::uint32_t place) {
                   const double depth = row.maximum - row.logit(place);
                   if (zero_limit || std::isinf(depth)) {
                     return depth == 0 ? 1.0 : 0.0;
                   }
                   return std::exp(-beta * depth);
                 });
  std::fill(scratch.probability.begin() + static_cast<std::ptrdiff_t>(survivors), scratch.probability.end(),
            0.0);
  const double total = std::accumulate(scratch.probability.rbegin(), scratch.probability.rend(), 0.0);
  for (double& p : scratch.probability) {
    p /= total;
  }
}

/// Beyond 2³² draws the table's own rounding could show: judge against the law that the table really has.
void table_law_in_order(const RowView& row, double temperature, std::size_t survivors, Scratch& scratch) {
  scratch.weights.assign(scratch.order.size(), 0);
  for (const std::uint32_t place : std::span(scratch.order).first(survivors)) {
    scratch.weights[place] = table_weight(row.maximum - row.logit(place), inverse_temperature(temperature));
  }
  build_alias_table(scratch.weights, scratch.alias_scratch, scratch.table);
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.probability.begin(),
                 [&](std::uint32_t place) {
                   return std::ldexp(static_cast<double>(scratch.table.weights[place]),
                                     -(scratch.table.column_bits + 32));
                 });
}

PointStatistics judge_point(const RowView& row, double temperature, std::size_t survivors,
                            std::span<const std::uint64_t> count, const DrawnTile& tile, Scratch& scratch) {
  const std::uint64_t samples = tile.samples;
  law_in_order(row, temperature, survivors, scratch);
  if (samples >> 32U != 0 && sampler_facts(tile.sampler).by_table) {
    table_law_in_order(row, temperature, survivors, scratch);
  }
  scratch.count.resize(scratch.order.size());
  std::transform(scratch.order.begin(), scratch.order.end(), scratch.count.begin(),
                 [&](std::uint32_t place) { return count[row.token(place)]; });
  return {chi_square_test(scratch.probability, scratch.count, samples, scratch.chi_square),
          empirical_entropy_bits(scratch.count, samples), miller_madow_entropy_bits(scratch.count, samples),
          total_variation(scratch.probability, scratch.count, samples)};
}

constexpr std::array<Statistic, 8> statistics = {{
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
    {"empirical_entropy", "plug-in entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy; }},
    {"empirical_entropy_corrected", "Miller-Madow entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy_corrected; }},
    {"total_variation", "total variation between draws and law", "1",
     [](const PointStatistics& s) { return s.total_variation; }},
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
  const RowScan& scan = tile.backend.scans()[static_cast<std::size_t>(run.row)];
  const bool cut = tile.truncation.any();
  const SurvivorLevels levels = survivor_levels(tile.truncation);
  const OrderedRow ordered = cut ? ordered_row(view, scan, scratch) : OrderedRow{};
  const auto tokens = static_cast<std::size_t>(tile.tokens);
  for (std::size_t t = run.begin; t < run.end; ++t) {
    const std::int64_t left = cut ? survivors(ordered, tile.temperatures[t], levels) : tile.vocabulary_size;
    const auto count = tile.count.subspan((first + t) * tokens, tokens);
    const PointStatistics point =
        judge_point(view, tile.temperatures[t], static_cast<std::size_t>(left), count, tile, scratch);
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

std::uint64_t statistics_bytes(std::int64_t vocabulary, std::uint64_t samples, bool truncated) {
  const auto tokens = static_cast<std::uint64_t>(vocabulary);
  const std::uint64_t table = samples >> 32U != 0 ? alias_bytes(tokens) + tokens * sizeof(double) : 0;
  const std::uint64_t order =
      truncated ? tokens * sizeof(double) +
                      static_cast<std::uint64_t>(order_nodes(vocabulary)) * sizeof(OrderedNode)
                : 0;
  return order + tokens * (sizeof(std::uint32_t) + 3 * sizeof(double) + sizeof(std::uint64_t)) + table;
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
