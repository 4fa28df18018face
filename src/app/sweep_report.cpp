// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_report.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/number.hpp"

#include "app/progress_bar.hpp"
#include "app/talk.hpp"
#include "app/verdict_report.hpp"
#include "engine/grid_judge.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

std::string shape_in_words(const SweepPlan& plan) {
  const auto count = [](std::size_t n, const char* one, const char* many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  return fmt::format("{} x {} x {} = {} grid points",
                     count(plan.vocabulary_sizes.size(), "vocabulary size", "vocabulary sizes"),
                     count(static_cast<std::size_t>(plan.rows), "row", "rows"),
                     count(plan.temperatures.size(), "temperature", "temperatures"), grid_points(plan));
}

/// Element-temperatures of the whole grid.
double work_of(const SweepPlan& plan) {
  const double tokens = std::accumulate(plan.vocabulary_sizes.begin(), plan.vocabulary_sizes.end(), 0.0);
  return tokens * static_cast<double>(plan.rows) * static_cast<double>(plan.temperatures.size());
}

/// Seconds that the backend takes here for the plan, from a slice of the same work on a made-up row.
double estimated_seconds(const SweepJob& job, const PreparedSweep& prepared) {
  const SweepPlan& plan = prepared.plan;
  const std::int64_t width = std::min<std::int64_t>(plan.vocabulary_sizes.back(), 32768);
  Wanted wanted;
  wanted.metrics = plan.metrics;
  wanted.tolerance = plan.tolerance;
  const auto backend = job.backend->create(wanted, {plan.threads, plan.device});
  std::vector<double> logits(static_cast<std::size_t>(width * plan.threads));
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = 3 * std::sin(static_cast<double>(i));
  }
  std::vector<double> temperatures(16);
  std::iota(temperatures.begin(), temperatures.end(), 1.0);
  std::vector<std::vector<double>> values(
      plan.metrics.size(), std::vector<double>(16 * logits.size() / static_cast<std::size_t>(width)));
  TileOutput output;
  for (auto& value : values) {
    output.metrics.emplace_back(value);
  }
  const auto start = std::chrono::steady_clock::now();
  backend->load({logits, plan.threads, width, 0, {}}, width);
  backend->evaluate(temperatures, output);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double measured = static_cast<double>(width) * plan.threads * 16;
  // Every Renyi order is a pass of its own.
  const auto passes = static_cast<double>(1 + plan.renyi_orders.size());
  double estimate = seconds / measured * work_of(plan) * passes;
  if (plan.probabilities != ProbabilityFormat::none) {
    estimate *= 2;
  }
  if (plan.samples > 0) {
    const auto points = static_cast<double>(grid_points(plan));
    estimate +=
        points / plan.threads *
        sampler_facts(plan.sampler).seconds(static_cast<double>(plan.samples), work_of(plan) / points);
  }
  // Per core, about 40 ns a token to sort a row, and 10 us a point to search it.
  if (plan.ordering.any()) {
    estimate += (work_of(plan) / static_cast<double>(plan.temperatures.size()) * 4e-8 +
                 static_cast<double>(grid_points(plan)) * 1e-5) /
                plan.threads;
  }
  return estimate;
}

Json grid_json(const SweepJob& job, const PreparedSweep& prepared) {
  const SweepPlan& plan = prepared.plan;
  return {{"output", job.output},
          {"input", job.source->name()},
          {"grid_points", grid_points(plan)},
          {"vocab_sizes", plan.vocabulary_sizes},
          {"rows", plan.rows},
          {"temperatures", plan.temperatures.size()},
          {"result_bytes", prepared.result_bytes},
          {"memory_bytes", prepared.tiling.memory},
          {"backend", job.backend->name},
          {"method", method_names[static_cast<std::size_t>(plan.method)]},
          {"threads", plan.threads}};
}

}  // namespace

void print_dry_run(const SweepJob& job, const PreparedSweep& prepared, bool json) {
  const double seconds = estimated_seconds(job, prepared);
  if (json) {
    Json summary = grid_json(job, prepared);
    summary["dry_run"] = true;
    summary["estimated_seconds"] = seconds;
    fmt::print("{}\n", summary.dump(2, ' ', false, Json::error_handler_t::replace));
    return;
  }
  fmt::print(
      "{}\n  result   {} before compression\n  memory   {} of {} allowed\n  time     about {} on {} threads, "
      "{} backend\n",
      shape_in_words(prepared.plan), format_bytes(prepared.result_bytes),
      format_bytes(prepared.tiling.memory), format_bytes(prepared.plan.memory), format_seconds(seconds),
      prepared.plan.threads, job.backend->name);
  print_tiling(prepared);
}

void print_tiling(const PreparedSweep& prepared) {
  talk(fmt::format("tempsweep: blocks of {} rows, tiles of {} temperatures, {} tokens read of each row\n",
                   prepared.tiling.rows, prepared.tiling.temperatures, prepared.tiling.columns));
}

void print_summary(const SweepJob& job, const PreparedSweep& prepared, const SweepSummary& summary) {
  fmt::print("{}: {} in {}\n", job.output, shape_in_words(prepared.plan),
             format_seconds(summary.elapsed_seconds));
  fmt::print("  compute: {} ({} element-temperatures/s{}, {} backend, {} threads)\n",
             format_seconds(summary.compute_seconds),
             format_quantity(work_of(prepared.plan) / std::max(summary.compute_seconds, 1e-9)),
             prepared.plan.samples > 0 ? ", draws included" : "", job.backend->name, prepared.plan.threads);
  if (summary.skipped_rows > 0) {
    fmt::print("  skipped: {} that {} no law (see row_status)\n",
               summary.skipped_rows == 1 ? "1 row" : fmt::format("{} rows", summary.skipped_rows),
               summary.skipped_rows == 1 ? "is" : "are");
  }
  if (summary.verdict) {
    fmt::print("  draws: {}\n", verdict_line(*summary.verdict, point_names(judged_grid(job.plan))));
  }
}

void print_summary_json(const SweepJob& job, const PreparedSweep& prepared, const SweepSummary& summary) {
  Json json = grid_json(job, prepared);
  json["skipped_rows"] = summary.skipped_rows;
  json["elapsed_seconds"] = summary.elapsed_seconds;
  json["compute_seconds"] = summary.compute_seconds;
  if (summary.verdict) {
    json["samples"] = job.plan.samples;
    json["draws"] = verdict_json(*summary.verdict, point_names(judged_grid(job.plan)));
    json["draws_rejected"] = summary.verdict->rejected();
  }
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tempsweep::app
