// SPDX-License-Identifier: Apache-2.0
#include "engine/tile_statistics.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/core/parallel.hpp"

#include "engine/row_judge.hpp"
#include "engine/row_order.hpp"

namespace tempsweep {
namespace {

/// A row of the tile at temperatures [begin, end).
struct RowRun {
  std::int64_t row;
  std::size_t begin;
  std::size_t end;
};

void judge_run(const DrawnTile& tile, const RowRun& run, RowJudge& judge,
               std::span<const std::span<double>> out) {
  const std::size_t first = static_cast<std::size_t>(run.row) * tile.temperatures.size();
  if (tile.backend.scans()[static_cast<std::size_t>(run.row)].status != RowStatus::ok) {
    for (const auto& values : out) {
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(first + run.begin), run.end - run.begin,
                  std::nan(""));
    }
    return;
  }
  const auto store = [&](std::size_t t, const PointStatistics& point) {
    for (std::size_t s = 0; s < statistic_table().size(); ++s) {
      out[s][first + t] = statistic_table()[s].value(point);
    }
  };
  if (!tile.sums.empty()) {
    power::NonCentralities known;
    for (std::size_t t = run.begin; t < run.end; ++t) {
      const double uniform =
          randomising(tile.seed, tile.temperatures[t], static_cast<std::size_t>(tile.vocabulary_size),
                      tile.block.first_row + run.row);
      store(t, finish_point(tile.sums[first + t], uniform, known));
    }
    return;
  }
  const auto width = static_cast<std::size_t>(tile.block.width);
  judge.load(tile.block.logits.subspan(static_cast<std::size_t>(run.row) * width, width),
             tile.backend.vocabulary(run.row), tile.vocabulary_size);
  const auto tokens = static_cast<std::size_t>(tile.tokens);
  for (std::size_t t = run.begin; t < run.end; ++t) {
    const auto count = tile.count.subspan((first + t) * tokens, tokens);
    const PointAddress address{tile.temperatures[t], tile.seed, tile.block.first_row + run.row};
    store(t, judge.judge(address, count, tile.samples));
  }
}

}  // namespace

std::uint64_t statistics_bytes(std::int64_t vocabulary, std::uint64_t samples, bool truncated) {
  return RowJudge::bytes(vocabulary, samples, truncated);
}

void judge_tile(const DrawnTile& tile, int threads, std::span<const std::span<double>> out) {
  std::vector<RowJudge> judges(static_cast<std::size_t>(threads), RowJudge(tile.sampler, tile.truncation));
  // With fewer rows than threads the temperatures are shared out too, at the price of a sort each time.
  const std::int64_t runs = (threads + tile.block.rows - 1) / tile.block.rows;
  const auto points = std::ssize(tile.temperatures);
  parallel_for(tile.block.rows * runs, threads, [&](std::int64_t item, int worker) {
    const std::int64_t part = item % runs;
    judge_run(tile,
              {item / runs, static_cast<std::size_t>(points * part / runs),
               static_cast<std::size_t>(points * (part + 1) / runs)},
              judges[static_cast<std::size_t>(worker)], out);
  });
}

}  // namespace tempsweep
