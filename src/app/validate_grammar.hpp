// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/command_line.hpp"

namespace tempsweep::app {

/// What `tempsweep validate` judges: the draws of a result file, or somebody else's.
enum class ValidateForm : std::uint8_t { result, foreign, both };

/// An option, and the form that it belongs to. The table is the only place where one is named.
struct ValidateOption {
  OptionSpec spec;
  ValidateForm form = ValidateForm::both;
};
[[nodiscard]] const std::vector<ValidateOption>& validate_options();

/// The table as the command line's parser wants it.
[[nodiscard]] std::vector<OptionSpec> validate_specs();

/// `result` where a file was given as a word, else `foreign`.
/// \throws InputError: more than one word, nothing to judge, or an option of the other form.
[[nodiscard]] ValidateForm choose_form(const CommandLine& line);

/// `--alpha`, between 0 and 1; 1e-3 when it was not given.
[[nodiscard]] double level_of(const CommandLine& line);

}  // namespace tempsweep::app
