// SPDX-License-Identifier: Apache-2.0
#include "app/sampling_options.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "app/sweep_grammar.hpp"
#include "core/quote.hpp"

namespace tempsweep::app {
namespace {

std::int64_t parse_top_k(const std::string& word) {
  const std::uint64_t count = parse_count(word, "--top-k");
  if (count == 0 || count >= static_cast<std::uint64_t>(Truncation::all)) {
    throw InputError(fmt::format("--top-k: {} is no number of tokens; use 1 or more", quote(word)));
  }
  return static_cast<std::int64_t>(count);
}

double parse_share(const std::string& name, const std::string& word, bool zero) {
  const double share = parse_real(word, "--" + name);
  if (!(share >= 0 && share <= 1) || (share == 0 && !zero)) {
    throw InputError(fmt::format("--{}: {} is out of range; use a number {} 0 to 1", name, quote(word),
                                 zero ? "from" : "above"));
  }
  return share + 0.0;  // −0 is 0
}

}  // namespace

Sampler parse_sampler(const CommandLine& line) {
  std::vector<std::string> names;
  std::transform(sampler_table.begin(), sampler_table.end(), std::back_inserter(names),
                 [](const SamplerFacts& facts) { return facts.name; });
  return sampler_table.at(parse_choice("sampler", line.value("sampler", names.front()), names)).id;
}

Truncation parse_truncation(const CommandLine& line, std::uint64_t samples) {
  Truncation truncation;
  for (const char* name : {"top-k", "top-p", "min-p"}) {
    if (line.has(name) && samples == 0) {
      throw InputError(fmt::format("--{} shapes draws, and there are none; add --samples N", name));
    }
  }
  if (line.has("top-k")) {
    truncation.top_k = parse_top_k(line.value("top-k"));
  }
  if (line.has("top-p")) {
    truncation.top_p = parse_share("top-p", line.value("top-p"), false);
  }
  if (line.has("min-p")) {
    truncation.min_p = parse_share("min-p", line.value("min-p"), true);
  }
  return truncation;
}

}  // namespace tempsweep::app
