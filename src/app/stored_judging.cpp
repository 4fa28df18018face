// SPDX-License-Identifier: Apache-2.0
#include "app/stored_judging.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/core/parallel.hpp"

#include "engine/tile_statistics.hpp"

namespace tempsweep::app {
namespace {

constexpr std::int64_t block_values = std::int64_t{1} << 22U;  ///< numbers read at once

struct Block {
  std::int64_t vocabulary, row, rows, first, temperatures;
};

/// \param rows  how many a block may hold
void for_each_block(const JudgedGrid& grid, std::int64_t values_a_point, std::int64_t rows,
                    const std::function<void(const Block&)>& visit) {
  const auto all = std::ssize(grid.temperatures);
  const std::int64_t step = std::clamp<std::int64_t>(block_values / values_a_point, 1, all);
  for (std::int64_t v = 0; v < std::ssize(grid.vocabulary_sizes); ++v) {
    for (std::int64_t r = 0; r < grid.rows; r += rows) {
      for (std::int64_t t = 0; t < all; t += step) {
        throw_if_interrupted();
        visit({v, r, std::min(rows, grid.rows - r), t, std::min(step, all - t)});
      }
    }
  }
}

void take_figures(double z, double temperature_error, double total_variation, bool scored,
                  GridFigures& figures) {
  if (scored && std::isfinite(temperature_error)) {
    const double information = power::score_size / (temperature_error * temperature_error);
    figures.information += information;
    figures.weighted -= z * std::sqrt(information);
    figures.least_temperature_error = std::min(figures.least_temperature_error, temperature_error);
    figures.most_temperature_error = std::max(figures.most_temperature_error, temperature_error);
  }
  if (std::isfinite(total_variation)) {
    figures.least_total_variation = std::min(figures.least_total_variation, total_variation);
    figures.most_total_variation = std::max(figures.most_total_variation, total_variation);
  }
}

/// One row at a time: its logits, and a judge a thread that has sorted them.
class CountJudging {
 public:
  CountJudging(const StoredGrid& stored, Source& source, int threads)
      : stored_(stored),
        source_(source),
        threads_(threads),
        judges_(static_cast<std::size_t>(threads), RowJudge(stored.grid.sampler, stored.grid.truncation)),
        loaded_(static_cast<std::size_t>(threads)) {}

  std::vector<PointStatistics> judge(const Block& block) {
    read_row(block);
    const auto tokens = static_cast<std::size_t>(stored_.tokens);
    const auto values = read_result_slab(
        stored_.path, "count",
        {{block.vocabulary, block.row, block.first, 0}, {1, 1, block.temperatures, stored_.tokens}});
    std::vector<std::uint64_t> counts(values.size());
    std::transform(values.begin(), values.end(), counts.begin(),
                   [](double value) { return static_cast<std::uint64_t>(value); });
    std::vector<PointStatistics> points(static_cast<std::size_t>(block.temperatures));
    parallel_for(block.temperatures, threads_, [&](std::int64_t t, int worker) {
      RowJudge& judge = judge_of(worker, block);
      const auto count = std::span(counts).subspan(static_cast<std::size_t>(t) * tokens, tokens);
      const double temperature = stored_.grid.temperatures[static_cast<std::size_t>(block.first + t)];
      check_sum(count, block.row, temperature);
      points[static_cast<std::size_t>(t)] = judge.judge(
          {temperature, stored_.grid.seed, stored_.grid.first_row + block.row}, count, stored_.grid.samples);
    });
    return points;
  }

 private:
  void read_row(const Block& block) {
    if (row_ == block.row && vocabulary_ == block.vocabulary) {
      return;
    }
    row_ = block.row;
    vocabulary_ = block.vocabulary;
    std::fill(loaded_.begin(), loaded_.end(), false);
    logits_.resize(static_cast<std::size_t>(stored_.tokens));
    source_.read(stored_.grid.first_row + block.row, 1, stored_.tokens, logits_.data());
    vocabulary_tokens_ = stored_.grid.vocabulary_by == VocabularyBy::rank
                             ? rank_vocabulary(logits_, size_of(block))
                             : std::vector<std::uint32_t>{};
  }

  [[nodiscard]] std::int64_t size_of(const Block& block) const {
    return stored_.grid.vocabulary_sizes[static_cast<std::size_t>(block.vocabulary)];
  }

  RowJudge& judge_of(int worker, const Block& block) {
    const auto w = static_cast<std::size_t>(worker);
    if (loaded_[w] == 0) {
      judges_[w].load(logits_, vocabulary_tokens_, size_of(block));
      loaded_[w] = 1;
    }
    return judges_[w];
  }

  void check_sum(std::span<const std::uint64_t> count, std::int64_t row, double temperature) const {
    const auto sum = std::accumulate(count.begin(), count.end(), std::uint64_t{0});
    if (sum != stored_.grid.samples) {
      throw InputError(fmt::format("{}: the counts of row {} at T = {:.6g} add up to {}, not to {} draws",
                                   stored_.path, stored_.grid.first_row + row, temperature, sum,
                                   stored_.grid.samples));
    }
  }

  const StoredGrid& stored_;
  Source& source_;
  int threads_;
  std::int64_t row_ = -1;
  std::int64_t vocabulary_ = -1;
  std::vector<double> logits_;
  std::vector<std::uint32_t> vocabulary_tokens_;
  std::vector<RowJudge> judges_;
  std::vector<std::uint8_t> loaded_;
};

std::vector<double> read_statistic(const StoredGrid& stored, const Block& block, const char* name) {
  return read_result_slab(stored.path, name,
                          {{block.vocabulary, block.row, block.first}, {1, block.rows, block.temperatures}});
}

bool differs(double stored, double judged) {
  return stored != judged && !(std::abs(stored - judged) <= 1e-6 * (1 + std::abs(judged)));
}

}  // namespace

GridFigures judge_counts(const StoredGrid& stored, Source& source, int threads, GridReferee& referee) {
  GridFigures figures;
  CountJudging judging(stored, source, threads);
  for_each_block(stored.grid, stored.tokens, 1, [&](const Block& block) {
    const auto status = read_result_slab(stored.path, "row_status", {{block.vocabulary, block.row}, {1, 1}});
    if (status.front() != 0) {
      return;
    }
    const auto points = judging.judge(block);
    const auto chi_square = read_statistic(stored, block, "chi_square");
    for (std::size_t t = 0; t < points.size(); ++t) {
      const PointStatistics& point = points[t];
      referee.add(
          stored.grid.index_of({block.vocabulary, block.row, block.first + static_cast<std::int64_t>(t)}),
          tests_of(point));
      take_figures(point.temperature.z, point.detectable_temperature_error, point.detectable_total_variation,
                   !std::isnan(point.temperature.score_p.p), figures);
      figures.different += differs(chi_square[t], point.chi_square.statistic) ? 1 : 0;
    }
  });
  return figures;
}

GridFigures judge_statistics(const StoredGrid& stored, GridReferee& referee) {
  GridFigures figures;
  const auto table = statistic_table();
  const std::size_t z = statistic_index("score_z");
  const std::size_t p = statistic_index("score_p_value");
  const std::size_t temperature_error = statistic_index("detectable_temperature_error");
  const std::size_t distance = statistic_index("detectable_total_variation");
  const std::int64_t rows =
      std::max<std::int64_t>(1, block_values / 16 / std::ssize(stored.grid.temperatures));
  for_each_block(stored.grid, 16, rows, [&](const Block& block) {
    std::vector<std::vector<double>> values(table.size());
    const auto value = [&](std::size_t statistic, std::size_t i) {
      if (values[statistic].empty()) {
        values[statistic] = read_statistic(stored, block, table[statistic].name);
      }
      return values[statistic][i];
    };
    for (std::int64_t r = 0; r < block.rows; ++r) {
      for (std::int64_t t = 0; t < block.temperatures; ++t) {
        const auto i = static_cast<std::size_t>(r * block.temperatures + t);
        referee.add(stored.grid.index_of({block.vocabulary, block.row + r, block.first + t}),
                    tests_of(stored_tests([&](std::size_t s) { return value(s, i); })));
        take_figures(value(z, i), value(temperature_error, i), value(distance, i), !std::isnan(value(p, i)),
                     figures);
      }
    }
  });
  return figures;
}

}  // namespace tempsweep::app
