// SPDX-License-Identifier: Apache-2.0
#include "app/validate_grammar.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

namespace tempsweep::app {

const std::vector<ValidateOption>& validate_options() {
  using enum ValidateForm;
  static const std::vector<ValidateOption> options = {
      {{"logits", "IN", "the logits; of a result: where its input is now, several files with commas"}, both},
      {{"alpha", "P", "level of the verdict (1e-3)"}, both},
      {{"json", "", "the report as JSON on stdout"}, both},
      {{"threads", "N", "threads (all that the process may use)"}, both},
      {{"temperature", "T", "the temperature that was claimed; 0 and inf are limits"}, foreign},
      {{"counts", "FILE", "draws of each token: .npy, .csv, .json or .h5:/path"}, foreign},
      {{"draws", "FILE", "token ids drawn, one a draw: .npy, or text with one a line"}, foreign},
      {{"audit-table", "FILE", "a CDF, alias or weight table, compared with the law exactly"}, foreign},
      {{"rows", "A:B", "rows A to B-1 of the logits, or one row: those that were drawn from (all)"}, foreign},
      {{"vocab", "V", "the first V tokens of the logits (all)"}, foreign},
      {{"tokens", "FILE", "names of the tokens, one a line"}, foreign},
      {{"top-k", "K", "the truncation that was claimed"}, foreign},
      {{"top-p", "P", "the truncation that was claimed"}, foreign},
      {{"min-p", "P", "the truncation that was claimed"}, foreign},
  };
  return options;
}

std::vector<OptionSpec> validate_specs() {
  std::vector<OptionSpec> specs;
  const auto& options = validate_options();
  std::transform(options.begin(), options.end(), std::back_inserter(specs),
                 [](const ValidateOption& option) { return option.spec; });
  return specs;
}

ValidateForm choose_form(const CommandLine& line) {
  if (line.words().size() > 1) {
    throw InputError(fmt::format("validate: one result at a time; {} were given", line.words().size()));
  }
  const ValidateForm form = line.words().empty() ? ValidateForm::foreign : ValidateForm::result;
  if (form == ValidateForm::foreign) {
    constexpr std::array<const char*, 3> judged = {"counts", "draws", "audit-table"};
    const bool some = std::any_of(judged.begin(), judged.end(), [&](const char* o) { return line.has(o); });
    if (!some || !line.has("logits")) {
      throw InputError(
          "validate: give a result, or --logits IN --temperature T with --counts FILE or --draws FILE (see "
          "tempsweep validate --help)");
    }
  }
  for (const ValidateOption& option : validate_options()) {
    if (line.has(option.spec.name) && option.form != ValidateForm::both && option.form != form) {
      throw InputError(
          fmt::format("validate: --{} is for somebody else's draws; the result {} brings its own",
                      option.spec.name, line.words().front()));
    }
  }
  return form;
}

double level_of(const CommandLine& line) {
  const double level = line.has("alpha") ? parse_real(line.value("alpha"), "--alpha") : 1e-3;
  if (!(level > 0 && level < 1)) {
    throw InputError(fmt::format("--alpha {}: must lie between 0 and 1", line.value("alpha")));
  }
  return level;
}

}  // namespace tempsweep::app
