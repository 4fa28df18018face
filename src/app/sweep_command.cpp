// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/result_file.hpp"

#include "app/commands.hpp"
#include "app/plan_file.hpp"
#include "app/progress_bar.hpp"
#include "app/sweep_grammar.hpp"
#include "app/sweep_options.hpp"
#include "app/sweep_plan.hpp"
#include "app/sweep_report.hpp"
#include "app/talk.hpp"
#include "app/verdict_report.hpp"

namespace tempsweep::app {
namespace {

void print_sweep_help() {
  print_command_help("tempsweep sweep INPUT... -o OUT.h5 [options]",
                     "tempsweep sweep logits.npy -o sweep.h5\n"
                     "tempsweep sweep logits.npy -o sweep.h5 --temperatures 0,log:0.01:100:4096,inf --vocab "
                     "log2:64:16384,all\n"
                     "tempsweep sweep logits.npy -o sweep.h5 --labels labels.npy --samples 10k --seed 7\n"
                     "tempsweep sweep --synthetic zipf:1 --vocab 32000 -o zipf.h5 --probabilities f32\n",
                     sweep_options());
  fmt::print(
      "\nINPUT: .npy (f16, f32, f64), .csv, .json; several files of one width are joined.\n\nMetrics:\n");
  for (const Metric& metric : metric_table) {
    fmt::print("  {:<26} {} [{}]{}\n", metric.name, metric.long_name, metric.units,
               metric.by_default ? ", default" : "");
  }
  fmt::print("  {:<26} Renyi entropy of --renyi-orders [bit]\n", "renyi_entropy");
  for (const OrderingMetric& metric : ordering_table) {
    fmt::print("  {:<26} {}, of --{} [1]\n", metric.name, metric.long_name, metric.option);
  }
}

std::string quoted_command(const Arguments& arguments) {
  std::string line = "tempsweep sweep";
  for (const std::string& word : arguments) {
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$`*?&|;<>()") == std::string::npos;
    line += plain ? " " + word : " '" + word + "'";
  }
  return line;
}

/// A result that cannot fit is refused before hours of work, not after.
void check_disk_space(const SweepJob& job, const PreparedSweep& prepared) {
  std::uint64_t certain = 0;
  for (const Variable& variable : prepared.schema.variables) {
    if (variable.storage == Storage::chunked || job.compression == Compression::none) {
      certain += stored_bytes(prepared.schema, variable);
    }
  }
  std::error_code error;
  auto folder = std::filesystem::path(job.output).parent_path();
  const auto space = std::filesystem::space(folder.empty() ? "." : folder, error);
  if (!error && space.available < certain) {
    throw FileError(
        fmt::format("{}: the result needs {}, the disk has {} left; free some, or choose another place",
                    job.output, format_bytes(certain), format_bytes(space.available)));
  }
}

/// --force replaces results; it must not replace what the run reads. A link to nothing would stop the last
/// rename.
void check_output(const SweepJob& job, const CommandLine& line) {
  std::error_code problem;
  if (std::filesystem::is_symlink(job.output, problem) && !std::filesystem::exists(job.output, problem)) {
    throw FileError(fmt::format(
        "{}: is a link to a file that does not exist; remove it, or choose another name", job.output));
  }
  std::vector<std::string> files = job.source->files();
  for (const char* option : {"labels", "tokens", "plan"}) {
    files.push_back(line.value(option));
  }
  for (const std::string& file : files) {
    std::error_code error;
    if (!file.empty() && std::filesystem::equivalent(file, job.output, error)) {
      throw InputError(fmt::format("-o {}: is a file that this run reads; choose another name", job.output));
    }
  }
}

void run(SweepJob& job, const CommandLine& line) {
  const PreparedSweep prepared = prepare_sweep(job.plan, *job.source, *job.backend);
  const std::string color = line.value("color", "auto");
  (void)parse_choice("color", color, {"auto", "always", "never"});
  const bool quiet = line.has("quiet");
  if (line.has("dry-run")) {
    print_dry_run(job, prepared, line.has("json"));
    return;
  }
  if (line.has("verbose")) {
    print_tiling(prepared);
  }
  check_output(job, line);
  check_disk_space(job, prepared);
  const auto sink =
      create_result_file(job.output, prepared.schema, job.compression, job.force, job.plan.threads);
  SweepSummary summary;
  {
    ProgressBar bar(grid_points(job.plan), quiet, terminal_style(color));
    bool told = quiet || line.value("backend", "auto") != "auto" || job.backend == &backends().front();
    const auto progress = [&](std::int64_t done) {
      // Not before the first tile: a run that fails at once says one thing only.
      if (!told) {
        talk(fmt::format("tempsweep: {}; using the CPU ({} threads)\n", backends().front().unavailable(),
                         job.plan.threads));
        told = true;
      }
      bar.update(done);
    };
    summary = run_sweep(
        prepared, *job.source, *job.backend, *sink,
        {progress, quiet ? ConfirmListener() : ConfirmListener(tell_confirming),
         [](const std::string& why) { talk(fmt::format("tempsweep: {}; the other devices go on\n", why)); }});
  }
  if (line.has("json")) {
    print_summary_json(job, prepared, summary);
  } else if (!quiet) {
    print_summary(job, prepared, summary);
  }
}

}  // namespace

int sweep_command(const Arguments& arguments) {
  CommandLine line("sweep", sweep_options(), arguments);
  if (line.wants_help()) {
    print_sweep_help();
    return 0;
  }
  if (line.has("plan")) {
    apply_plan_file(line.value("plan"), sweep_options(), line);
  }
  SweepJob job = make_sweep_job(line, quoted_command(arguments));
  run(job, line);
  return 0;
}

}  // namespace tempsweep::app
