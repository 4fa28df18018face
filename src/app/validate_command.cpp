// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/validate_forms.hpp"
#include "app/validate_grammar.hpp"

namespace tempsweep::app {

int validate_command(const Arguments& arguments) {
  const std::vector<OptionSpec> specs = validate_specs();
  const CommandLine line("validate", specs, arguments);
  if (line.wants_help()) {
    print_command_help(
        "tempsweep validate RESULT.h5, or tempsweep validate --logits IN --temperature T --counts FILE",
        "tempsweep validate sweep.h5\n"
        "tempsweep validate sweep.h5 --logits moved/logits.npy --json\n"
        "tempsweep validate --logits logits.npy --temperature 0.7 --counts counts.npy\n"
        "tempsweep validate --logits logits.npy --temperature 0.7 --top-p 0.9 --draws ids.txt\n",
        specs);
    return 0;
  }
  return choose_form(line) == ValidateForm::result ? validate_result(line) : validate_foreign(line);
}

}  // namespace tempsweep::app
