// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_plan.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"
#include "tempsweep/core/temperature_grid.hpp"
#include "tempsweep/core/utf8.hpp"

#include "app/sampling_options.hpp"
#include "app/sweep_grammar.hpp"
#include "app/sweep_provenance.hpp"
#include "core/quote.hpp"

namespace tempsweep::app {
namespace {

constexpr std::uint64_t auto_count_bytes = std::uint64_t{1} << 30;

std::uint64_t seed_of(const CommandLine& line) {
  return count_option(line, "seed", 0, std::numeric_limits<std::int64_t>::max());
}

/// The widest vocabulary makes the width of synthetic input, before any input exists.
std::unique_ptr<Source> open_synthetic(const CommandLine& line) {
  if (!line.words().empty()) {
    throw InputError("give INPUT or --synthetic, not both");
  }
  if (!line.has("vocab")) {
    throw InputError("--synthetic needs --vocab, for example --vocab 32000: the largest size is the width");
  }
  const auto rows =
      static_cast<std::int64_t>(count_option(line, "synthetic-rows", 1, std::uint64_t{1} << 40U));
  if (rows == 0) {
    throw InputError("--synthetic-rows 0: at least one row is needed");
  }
  const auto sizes = parse_vocabulary_sizes(line.value("vocab"), 0);
  return synthetic_source(line.value("synthetic"), rows, sizes.back(), seed_of(line));
}

std::unique_ptr<Source> open_input(const CommandLine& line) {
  if (line.has("synthetic")) {
    return open_synthetic(line);
  }
  if (line.has("synthetic-rows")) {
    throw InputError("--synthetic-rows needs --synthetic LAW");
  }
  if (line.words().empty()) {
    throw InputError("no input; give a file such as logits.npy, or --synthetic normal:3 --vocab 32000");
  }
  std::vector<std::unique_ptr<Source>> parts;
  for (const std::string& word : line.words()) {
    parts.push_back(open_source(word));
  }
  return parts.size() == 1 ? std::move(parts.front()) : concatenate(std::move(parts));
}

/// Text is parsed into memory: what cannot fit is refused before it is read.
void check_text_sizes(const CommandLine& line, std::uint64_t memory) {
  for (const std::string& path : line.words()) {
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(path, error);
    if (!error && (path.ends_with(".csv") || path.ends_with(".json")) && bytes > memory / 2) {
      throw MemoryError(fmt::format(
          "{}: text is held in memory, and its {} do not fit --memory {}; raise it, or convert to .npy", path,
          format_bytes(bytes), format_bytes(memory)));
    }
  }
}

void settle_axes(const CommandLine& line, const Source& source, SweepPlan& plan) {
  plan.temperatures = parse_temperatures(line.value("temperatures", default_temperatures), plan.memory);
  plan.vocabulary_sizes = parse_vocabulary_sizes(line.value("vocab", "all"), source.width());
  plan.vocabulary_by = static_cast<VocabularyBy>(
      parse_choice("vocab-by", line.value("vocab-by", "prefix"), {"prefix", "rank"}));
  plan.rows = source.rows();
  if (line.has("rows")) {
    std::tie(plan.first_row, plan.rows) = parse_rows(line.value("rows"), source.rows());
  }
}

void settle_metrics(const CommandLine& line, const Source& source, SweepPlan& plan) {
  if (line.has("labels")) {
    plan.labels = read_labels(line.value("labels"), source.rows(), source.width());
  }
  if (line.has("renyi-orders")) {
    plan.renyi_orders = parse_orders(line.value("renyi-orders"));
  }
  plan.ordering = parse_ordering(line);
  const MetricChoice choice =
      parse_metrics(line.value("metrics", "default"),
                    {!plan.labels.empty(), !plan.renyi_orders.empty(), given_levels(plan.ordering)});
  keep_chosen(choice.ordering, plan.ordering);
  plan.metrics = choice.metrics;
  if (!choice.renyi) {
    plan.renyi_orders.clear();
  }
}

bool store_counts(const CommandLine& line, const Source& source, const SweepPlan& plan) {
  const std::size_t policy = parse_choice("counts", line.value("counts", "auto"), {"auto", "store", "drop"});
  if (line.has("counts") && policy == 1 && plan.samples == 0) {
    throw InputError("--counts store needs --samples N");
  }
  if (plan.samples == 0 || policy == 2) {
    return false;
  }
  const auto tokens = static_cast<double>(
      plan.vocabulary_by == VocabularyBy::prefix ? plan.vocabulary_sizes.back() : source.width());
  const double bytes = 8.0 * static_cast<double>(grid_points(plan)) * tokens;
  return policy == 1 || bytes <= static_cast<double>(auto_count_bytes);
}

void settle_distribution(const CommandLine& line, const Source& source, SweepPlan& plan) {
  plan.probabilities = static_cast<ProbabilityFormat>(
      parse_choice("probabilities", line.value("probabilities", "none"), {"none", "f32", "log16"}));
  plan.samples = count_option(line, "samples", 0, std::uint64_t{1} << 53U);
  plan.sampler = parse_sampler(line);
  plan.truncation = parse_truncation(line, plan.samples);
  plan.seed = seed_of(line);
  plan.store_counts = store_counts(line, source, plan);
}

void settle_names(const CommandLine& line, const Source& source, SweepPlan& plan) {
  if (line.has("tokens")) {
    plan.token_names = read_token_names(line.value("tokens"), source.width());
  } else {
    plan.token_names = source.token_names();
  }
  std::transform(plan.token_names.begin(), plan.token_names.end(), plan.token_names.begin(),
                 [](const std::string& name) { return valid_utf8(name); });
}

void settle_method(const CommandLine& line, SweepPlan& plan) {
  plan.method = static_cast<Method>(
      parse_choice("method", line.value("method", "auto"), {method_names.begin(), method_names.end()}));
  if (line.has("tolerance")) {
    plan.tolerance = parse_real(line.value("tolerance"), "--tolerance");
    if (!(plan.tolerance >= 1e-12 && plan.tolerance <= 1e-5)) {
      throw InputError(fmt::format("--tolerance {}: use 1e-12 to 1e-5", line.value("tolerance")));
    }
  }
}

void settle_devices(const CommandLine& line, const BackendEntry& backend, SweepPlan& plan) {
  if (!line.has("device")) {
    return;
  }
  if (std::string_view(backend.name) == "cpu") {
    throw InputError(
        "--device chooses a CUDA device, and the cpu backend runs; leave it out, or add --backend cuda");
  }
  plan.devices = parse_devices(line.value("device"), backend.devices().size());
}

void settle_means(const CommandLine& line, SweepPlan& plan) {
  plan.threads = parse_threads(line);
  plan.memory = line.has("memory") ? parse_bytes(line.value("memory"), "--memory") : available_memory() / 2;
  plan.on_bad_row =
      static_cast<OnBadRow>(parse_choice("on-bad-row", line.value("on-bad-row", "stop"), {"stop", "skip"}));
}

}  // namespace

SweepJob make_sweep_job(const CommandLine& line, const std::string& command_line) {
  SweepJob job;
  job.output = line.value("output");
  if (job.output.empty() && !line.has("dry-run")) {
    throw InputError("no result file; give -o OUT.h5");
  }
  job.compression = static_cast<Compression>(
      parse_choice("compression", line.value("compression", "small"), {"none", "fast", "small"}));
  job.force = line.has("force");
  if (line.has("alpha")) {
    job.plan.alpha = parse_real(line.value("alpha"), "--alpha");
    if (!(job.plan.alpha > 0 && job.plan.alpha < 1)) {
      throw InputError(fmt::format("--alpha {}: must lie between 0 and 1", line.value("alpha")));
    }
  }
  job.backend = &choose_backend(line.value("backend", "auto"));
  settle_devices(line, *job.backend, job.plan);
  settle_means(line, job.plan);
  check_text_sizes(line, job.plan.memory);
  job.source = open_input(line);
  settle_axes(line, *job.source, job.plan);
  settle_metrics(line, *job.source, job.plan);
  settle_distribution(line, *job.source, job.plan);
  settle_names(line, *job.source, job.plan);
  settle_method(line, job.plan);
  job.plan.provenance = provenance(line, command_line, *job.source, *job.backend, job.plan);
  return job;
}

}  // namespace tempsweep::app
