// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_report.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/number.hpp"

#include "app/estimate.hpp"
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

struct Stage {
  const char* name;
  double seconds;
};

/// The busiest first. Those that had nothing to do are left out.
std::vector<Stage> stages_of(const SweepSummary& summary) {
  const StageSeconds& s = summary.stages;
  std::vector<Stage> stages = {{"reading", s.reading},       {"uploading", s.uploading},
                               {"computing", s.computing},   {"downloading", s.downloading},
                               {"judging draws", s.judging}, {"writing", s.writing}};
  std::erase_if(stages, [](const Stage& stage) { return !(stage.seconds > 0); });
  std::stable_sort(stages.begin(), stages.end(),
                   [](const Stage& a, const Stage& b) { return a.seconds > b.seconds; });
  return stages;
}

/// Which one the others waited for, and by how much.
std::string stages_in_words(const SweepSummary& summary) {
  std::vector<std::string> words;
  for (const Stage& stage : stages_of(summary)) {
    words.push_back(fmt::format("{} {:.0f} %", stage.name,
                                100 * stage.seconds / std::max(summary.elapsed_seconds, 1e-9)));
  }
  return fmt::format("{} of the time, at once", fmt::join(words, ", "));
}

Json stages_json(const SweepSummary& summary) {
  auto stages = stages_of(summary);
  stages.resize(std::max<std::size_t>(stages.size(), 2), {"none", 0});
  const StageSeconds& s = summary.stages;
  return {{"reading_seconds", s.reading},
          {"uploading_seconds", s.uploading},
          {"computing_seconds", s.computing},
          {"downloading_seconds", s.downloading},
          {"judging_seconds", s.judging},
          {"writing_seconds", s.writing},
          {"bottleneck", stages[0].name},
          {"bottleneck_over_next", stages[1].seconds > 0 ? stages[0].seconds / stages[1].seconds : 0}};
}

Json devices_json(const SweepPlan& plan, const SweepSummary& summary) {
  Json list = Json::array();
  for (std::size_t i = 0; i < summary.devices.size(); ++i) {
    const DeviceShare& share = summary.devices[i];
    list.push_back(
        {{"device", plan.devices[i]}, {"grid_points", share.points}, {"busy_seconds", share.seconds}});
    if (!share.lost.empty()) {
      list.back()["lost"] = share.lost;
    }
  }
  return list;
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
  const double seconds = estimated_seconds(job, prepared.schema);
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
  fmt::print("  busy:    {}\n", stages_in_words(summary));
  for (std::size_t i = 0; i < summary.devices.size() && summary.devices.size() > 1; ++i) {
    fmt::print("  device {}: {} grid points, busy {}{}\n", job.plan.devices[i], summary.devices[i].points,
               format_seconds(summary.devices[i].seconds),
               summary.devices[i].lost.empty() ? "" : ", then lost");
  }
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
  json["stages"] = stages_json(summary);
  json["devices"] = devices_json(job.plan, summary);
  if (summary.verdict) {
    json["samples"] = job.plan.samples;
    json["draws"] = verdict_json(*summary.verdict, point_names(judged_grid(job.plan)));
    json["draws_rejected"] = summary.verdict->rejected();
  }
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tempsweep::app
