// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_provenance.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/clock.hpp"
#include "tempsweep/core/utf8.hpp"
#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/result_file.hpp"

#include "app/plan_file.hpp"
#include "app/version.hpp"

namespace tempsweep::app {
namespace {

std::string vocabulary_words(const SweepPlan& plan) {
  return fmt::format("{}", fmt::join(plan.vocabulary_sizes, ","));
}

/// The names of the plan's devices, each once.
std::string device_names(const BackendEntry& backend, const SweepPlan& plan) {
  std::vector<std::string> names;
  for (const int device : plan.devices) {
    const std::string name = backend.devices().at(static_cast<std::size_t>(device));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::pair<std::string, std::string>> spelled_defaults(const CommandLine& line,
                                                                  const SweepPlan& plan) {
  return {{"temperatures", line.value("temperatures", default_temperatures)},
          {"vocab", vocabulary_words(plan)},
          {"vocab-by", line.value("vocab-by", "prefix")},
          {"metrics", line.value("metrics", "default")},
          {"probabilities", line.value("probabilities", "none")},
          {"samples", std::to_string(plan.samples)},
          {"sampler", sampler_facts(plan.sampler).name},
          {"seed", std::to_string(plan.seed)},
          {"method", method_names[static_cast<std::size_t>(plan.method)]},
          {"on-bad-row", line.value("on-bad-row", "stop")}};
}

}  // namespace

Attributes provenance(const CommandLine& line, const std::string& command_line, const Source& source,
                      const BackendEntry& backend, const SweepPlan& plan) {
  const std::string now = utc_now();
  const std::string name = valid_utf8(source.name());
  Attributes attributes = {
      {"Conventions", std::string("CF-1.10")},
      {"title", "temperature sweep of " + name},
      {"history", now + ": " + valid_utf8(command_line)},
      {"source", version_and_commit()},
      {"schema_version", schema_version},
      {"plan", plan_as_json(line, spelled_defaults(line, plan))},
      {"input_name", name},
      {"input_shape", fmt::format("{},{}", source.rows(), source.width())},
      {"input_dtype", source.dtype()},
      {"vocab_by", line.value("vocab-by", "prefix")},
      {"method", std::string(method_names[static_cast<std::size_t>(plan.method)])},
      {"tolerance", plan.tolerance},
      {"backend", std::string(backend.name)},
      {"device", device_names(backend, plan)},
      {"threads", std::int64_t{plan.threads}},
      {"seed", static_cast<std::int64_t>(plan.seed)},
      {"samples", static_cast<std::int64_t>(plan.samples)},
  };
  if (plan.samples > 0) {
    const SamplerFacts& sampler = sampler_facts(plan.sampler);
    attributes.emplace_back("sampler", std::string(sampler.name));
    attributes.emplace_back("sampling_law", sampling_law(plan.truncation));
    attributes.emplace_back(
        "sampler_floor",
        sampler.floor(alias_column_bits(static_cast<std::uint64_t>(plan.vocabulary_sizes.back()))));
  }
  attributes.emplace_back("start_time", now);
  attributes.emplace_back("complete", std::int64_t{0});
  return attributes;
}

}  // namespace tempsweep::app
