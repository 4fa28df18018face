// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"

#include "app/stored_grid.hpp"
#include "app/stored_judging.hpp"
#include "app/sweep_grammar.hpp"
#include "app/validate_forms.hpp"
#include "app/validate_grammar.hpp"
#include "app/verdict_report.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

struct Report {
  const StoredGrid& stored;
  const StoredInput& input;
  bool from_counts = false;
  GridFigures figures;
  GridVerdict verdict;
  bool doubtful = false;  ///< rests on a p-value that could not be re-simulated

  [[nodiscard]] double temperature_error() const { return figures.weighted / figures.information; }
  [[nodiscard]] double standard_error() const { return 1 / std::sqrt(figures.information); }
};

Json json_of(const Report& report) {
  const JudgedGrid& grid = report.stored.grid;
  Json json = {{"file", report.stored.path},
               {"judged", report.from_counts ? "counts" : "stored statistics"},
               {"input", report.input.note},
               {"samples", grid.samples},
               {"sampler", sampler_facts(grid.sampler).name},
               {"sampling_law", sampling_law(grid.truncation)},
               {"seed", grid.seed},
               {"rejected", report.verdict.rejected()},
               {"draws", verdict_json(report.verdict, point_names(grid))},
               {"resimulation_missing", report.doubtful}};
  if (report.figures.information > 0) {
    json["temperature_ratio"] = 1 + report.temperature_error();
    json["temperature_ratio_error"] = report.standard_error();
    json["detectable_temperature_error"] = {report.figures.least_temperature_error,
                                            report.figures.most_temperature_error};
  }
  if (report.figures.most_total_variation > 0) {
    json["detectable_total_variation"] = {report.figures.least_total_variation,
                                          report.figures.most_total_variation};
  }
  if (report.from_counts) {
    json["stored_statistics_differ"] = report.figures.different;
  }
  return json;
}

void print_power(const Report& report) {
  const GridFigures& figures = report.figures;
  if (figures.information > 0) {
    fmt::print("  {:<24} (1 {} {:.2g} +- {:.2g}) times what was claimed\n", "temperature",
               report.temperature_error() < 0 ? '-' : '+', std::abs(report.temperature_error()),
               report.standard_error());
    fmt::print("  {:<24} relative temperature errors of {:.2g} to {:.2g} a point (5 %, four times in five)\n",
               "power", figures.least_temperature_error, figures.most_temperature_error);
  }
  if (figures.most_total_variation > 0) {
    fmt::print("  {:<24} total variations of {:.2g} to {:.2g} a point\n", "", figures.least_total_variation,
               figures.most_total_variation);
  }
}

void print(const Report& report) {
  const JudgedGrid& grid = report.stored.grid;
  fmt::print("{}: {} draws at each of {} points ({}, {}, seed {})\n", report.stored.path, grid.samples,
             report.verdict.points, sampler_facts(grid.sampler).name, sampling_law(grid.truncation),
             grid.seed);
  fmt::print("  {}\n", verdict_line(report.verdict, point_names(grid)));
  fmt::print("  {:<24} {}\n", "judged",
             report.from_counts    ? "the counts, against " + report.input.note
             : report.input.source ? "the stored statistics: counts were not stored"
                                   : "the stored statistics: " + report.input.note);
  print_verdict(report.verdict, point_names(grid));
  print_power(report);
  if (report.figures.different > 0) {
    fmt::print("  {:<24} the stored chi-square of {} points is not that of the stored counts\n", "warning",
               report.figures.different);
  }
  if (report.doubtful) {
    fmt::print("  {:<24} the smallest p could not be re-simulated without the logits\n", "warning");
  }
}

void confirm_from(const StoredGrid& stored, Source& source, int threads, GridReferee& referee) {
  const std::int64_t columns =
      stored.grid.vocabulary_by == VocabularyBy::rank ? source.width() : stored.grid.vocabulary_sizes.back();
  std::vector<double> row(static_cast<std::size_t>(columns));
  confirm(
      referee, stored.grid,
      [&](std::int64_t r) {
        source.read(stored.grid.first_row + r, 1, columns, row.data());
        return std::span<const double>(row);
      },
      threads, tell_confirming);
}

}  // namespace

int validate_result(const CommandLine& line) {
  const double alpha = level_of(line);
  const int threads = parse_threads(line);
  const StoredGrid stored = read_stored_grid(line.words().front());
  const StoredInput input = find_stored_input(stored, line.value("logits"));
  GridReferee referee(alpha);
  const bool from_counts = stored.tokens > 0 && input.source;
  const GridFigures figures =
      from_counts ? judge_counts(stored, *input.source, threads, referee) : judge_statistics(stored, referee);
  if (input.source) {
    confirm_from(stored, *input.source, threads, referee);
  }
  const Report report{stored, input, from_counts, figures, referee.verdict(), referee.doubtful().has_value()};
  if (line.has("json")) {
    fmt::print("{}\n", json_of(report).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print(report);
  }
  require_verdict(report.verdict, stored.path);
  return static_cast<int>(report.verdict.rejected() ? ExitStatus::rejected : ExitStatus::done);
}

}  // namespace tempsweep::app
