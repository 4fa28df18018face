// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/result_file.hpp"

#include "app/child_process.hpp"
#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/experiment1.hpp"
#include "app/sweep_options.hpp"
#include "app/sweep_plan.hpp"

namespace tempsweep::app {
namespace {

namespace fs = std::filesystem;
using experiment1::PresetResult;

std::vector<double> read_all(const PresetResult& result, const std::string& variable, bool dense) {
  const auto temperatures = std::ssize(result.temperatures);
  Slab slab{{0, 0, 0}, {1, 1, temperatures}};
  if (dense) {
    slab.start.push_back(0);
    slab.count.push_back(std::ssize(result.tokens));
  }
  return read_result_slab(result.file, variable, slab);
}

PresetResult read_back(const std::string& name, const std::string& file, const SweepPlan& plan) {
  PresetResult result;
  result.name = name;
  result.file = file;
  result.tokens = plan.token_names;
  result.temperatures = plan.temperatures;
  result.samples = plan.samples;
  result.entropy = read_all(result, "entropy", false);
  result.top_probability = read_all(result, "top_probability", false);
  result.empirical_entropy = read_all(result, "empirical_entropy", false);
  result.p_value = read_all(result, "chi_square_p_value", false);
  result.chi_square_dof = read_all(result, "chi_square_dof", false);
  result.probability = read_all(result, "probability", true);
  result.count = read_all(result, "count", true);
  return result;
}

/// The same sweep that `tempsweep sweep` would run, and the same file.
PresetResult sweep_preset(const std::string& name, const std::string& file, const CommandLine& options) {
  const Arguments arguments = {experiment1::preset_path(name),
                               "--output",
                               file,
                               "--temperatures",
                               experiment1::grid,
                               "--metrics",
                               "all",
                               "--probabilities",
                               "f32",
                               "--counts",
                               "store",
                               "--samples",
                               options.value("samples", "10000"),
                               "--seed",
                               options.value("seed", "0"),
                               "--force",
                               "--backend",
                               "cpu"};
  SweepJob job =
      make_sweep_job(CommandLine("experiment1", sweep_options(), arguments), "tempsweep experiment1");
  job.plan.provenance.emplace_back("preset", name);
  const PreparedSweep prepared = prepare_sweep(job.plan, *job.source, *job.backend);
  const auto sink = create_result_file(file, prepared.schema, job.compression, job.force);
  run_sweep(prepared, *job.source, *job.backend, *sink, {});
  return read_back(name, file, job.plan);
}

fs::path make_folder(const std::string& name) {
  fs::path folder = name.empty() ? "." : name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw FileError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  }
  return folder;
}

/// Under another name first: a full disk leaves the old text, or none.
void write_text(const fs::path& path, const std::string& text) {
  const fs::path partial = path.string() + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) {
    fs::rename(partial, path, error);
  }
  if (!file || error) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw FileError(
        fmt::format("{}: cannot be written; free some space, or give another folder with -o", path.string()));
  }
}

/// $TEMPSWEEP_PYTHON, the project's own environment, then whatever python3 is.
std::string python() {
  const char* chosen = std::getenv("TEMPSWEEP_PYTHON");  // NOLINT(concurrency-mt-unsafe): no other thread yet
  if (chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  const fs::path own = fs::path(TEMPSWEEP_SOURCE_ROOT) / ".venv/bin/python";
  return fs::exists(own) ? own.string() : "python3";
}

void draw(const fs::path& result, const fs::path& picture) {
  const std::string script = experiment1::plot_script();
  if (script.empty()) {
    throw FileError(
        fmt::format("{}: not drawn, scripts/plot_experiment1.py is not found; text and result are kept",
                    picture.string()));
  }
  const int status = run_child({python(), script, result.string(), "-o", picture.string()});
  throw_if_interrupted();
  if (status != 0) {
    throw FileError(
        fmt::format("{}: not drawn (the plot script ended with status {}); text and result are kept; install "
                    "the plot packages with "
                    "pip install matplotlib h5py h5netcdf xarray, or set TEMPSWEEP_PYTHON",
                    picture.string(), status));
  }
}

const std::vector<OptionSpec>& options() {
  static const std::vector<OptionSpec> list = {
      {"output", "DIR", "folder for exp1_temperature.{txt,h5,png} (.)", "", 'o'},
      {"preset", "NAME",
       "preset of the figure: ten-token, customer-service, worked-example, twenty-token (twenty-token)"},
      {"samples", "N", "draws a temperature (10000)"},
      {"seed", "N", "seed of the draws (0)"},
      {"quiet", "", "do not print the text"},
  };
  return list;
}

}  // namespace

int experiment1_command(const Arguments& arguments) {
  const CommandLine line("experiment1", options(), arguments);
  if (line.wants_help()) {
    print_command_help("tempsweep experiment1 [-o DIR] [--preset NAME] [--samples N] [--seed N]",
                       "tempsweep experiment1\ntempsweep experiment1 -o out --preset customer-service\n",
                       options());
    return 0;
  }
  if (!line.words().empty()) {
    throw InputError(
        fmt::format("experiment1: '{}' is not expected; give the folder with -o DIR", line.words().front()));
  }
  const std::string figured = line.value("preset", "twenty-token");
  (void)experiment1::preset_path(figured);
  if (parse_count(line.value("samples", "1"), "--samples") == 0) {
    throw InputError("--samples 0: the walkthrough draws; give at least 1");
  }
  const fs::path folder = make_folder(line.value("output"));
  std::vector<PresetResult> results;
  for (const char* name : experiment1::presets) {
    const std::string file =
        name == figured ? "exp1_temperature.h5" : fmt::format("exp1_temperature_{}.h5", name);
    results.push_back(sweep_preset(name, (folder / file).string(), line));
  }
  const std::string text = experiment1::report(results);
  write_text(folder / "exp1_temperature.txt", text);
  if (!line.has("quiet")) {
    fmt::print("{}", text);
    std::fflush(stdout);
  }
  draw(folder / "exp1_temperature.h5", folder / "exp1_temperature.png");
  return 0;
}

}  // namespace tempsweep::app
