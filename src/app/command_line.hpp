// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.hpp"

namespace tempsweep::app {

/// An option as a command declares it. Values are words: every number goes through core/number.hpp.
struct OptionSpec {
  std::string name;      ///< long name
  std::string argument;  ///< what the value is called in the help; empty for a flag
  std::string help;
  std::string later{};  ///< set when this version does not have it: what to say
  char short_name = '\0';
};

/// What a command was given: options by long name, and the other words in order.
class CommandLine {
 public:
  /// \throws InputError: unknown option (with a near miss), a value missing, an option given twice, an option
  /// of a
  ///         later version, a flag with a value.
  CommandLine(const std::string& command, const std::vector<OptionSpec>& specs, const Arguments& arguments);

  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(std::string(name)); }
  /// The value, or `otherwise` when the option was not given. Flags have the value "true".
  [[nodiscard]] std::string value(std::string_view name, std::string_view otherwise = "") const;
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
  [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

  /// Adds an option that the command line left open (a plan file's). \throws InputError when it does not
  /// exist.
  /// `where` names the file in messages.
  void set_default(const std::vector<OptionSpec>& specs, const std::string& where, const std::string& name,
                   const std::string& value);
  void set_words(std::vector<std::string> words) { words_ = std::move(words); }
  [[nodiscard]] bool wants_help() const { return help_; }

 private:
  std::map<std::string, std::string> values_;
  std::vector<std::string> words_;
  bool help_ = false;
};

/// Usage, examples first.
void print_command_help(const std::string& usage, const std::string& examples,
                        const std::vector<OptionSpec>& specs);

}  // namespace tempsweep::app
