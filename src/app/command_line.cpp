// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <algorithm>

#include <cxxopts.hpp>
#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "app/near_miss.hpp"

namespace tempsweep::app {
namespace {

const OptionSpec* find_spec(const std::vector<OptionSpec>& specs, std::string_view name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& s) { return s.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const std::vector<OptionSpec>& specs) {
  std::vector<std::string> names;
  names.reserve(specs.size());
  for (const OptionSpec& spec : specs) {
    names.push_back(spec.name);
  }
  return names;
}

/// cxxopts says that an option does not exist, but not which one was meant.
void reject_unknown(const std::string& command, const std::vector<OptionSpec>& specs,
                    const std::string& name) {
  if (find_spec(specs, name) != nullptr || name == "help") {
    return;
  }
  const std::string nearest = near_miss(name, names_of(specs));
  const std::string hint = nearest.empty() ? "" : fmt::format("; did you mean --{}?", nearest);
  throw InputError(
      fmt::format("{}: unknown option --{}{} (see tempsweep {} --help)", command, name, hint, command));
}

void check_names(const std::string& command, const std::vector<OptionSpec>& specs,
                 const Arguments& arguments) {
  for (const std::string& word : arguments) {
    if (word == "--") {
      return;
    }
    // cxxopts would take `-o=x` as the value `=x`.
    if (word.size() > 2 && word[0] == '-' && word[1] != '-' && word[2] == '=') {
      throw InputError(fmt::format("{}: {}: write {} {}", command, word, word.substr(0, 2), word.substr(3)));
    }
    if (word.starts_with("--")) {
      reject_unknown(command, specs, word.substr(2, word.find('=') - 2));
    }
  }
}

cxxopts::Options declare(const std::string& command, const std::vector<OptionSpec>& specs) {
  cxxopts::Options options(command);
  auto add = options.add_options();
  add("h,help", "", cxxopts::value<bool>());
  for (const OptionSpec& spec : specs) {
    const std::string names =
        spec.short_name == '\0' ? spec.name : fmt::format("{},{}", spec.short_name, spec.name);
    if (spec.argument.empty()) {
      add(names, "", cxxopts::value<bool>());
    } else {
      add(names, "", cxxopts::value<std::string>());
    }
  }
  return options;
}

/// What cxxopts throws, in our words: it quotes the option between typographic marks.
std::string reworded(const std::string& command, const std::exception& error) {
  const std::string_view text = error.what();
  constexpr std::string_view open = "‘";
  constexpr std::string_view close = "’";
  const std::size_t begin = text.find(open);
  const std::size_t end = text.find(close);
  const auto name = begin == std::string_view::npos || end == std::string_view::npos
                        ? text
                        : text.substr(begin + open.size(), end - begin - open.size());
  std::string what = fmt::format("'{}' is no value for a flag, which is given or left out", name);
  if (text.find("missing an argument") != std::string_view::npos) {
    what = fmt::format("{}{} needs a value", name.size() == 1 ? "-" : "--", name);
  } else if (text.find("does not exist") != std::string_view::npos) {
    what = fmt::format("unknown option -{}", name);
  }
  return fmt::format("{}: {} (see tempsweep {} --help)", command, what, command);
}

void reject_later(const std::string& command, const OptionSpec& spec) {
  if (!spec.later.empty()) {
    throw InputError(fmt::format("{}: --{} is not part of this version: {}", command, spec.name, spec.later));
  }
}

}  // namespace

CommandLine::CommandLine(const std::string& command, const std::vector<OptionSpec>& specs,
                         const Arguments& arguments) {
  if (std::any_of(arguments.begin(), arguments.end(),
                  [](const auto& w) { return w == "-h" || w == "--help"; })) {
    help_ = true;
    return;
  }
  check_names(command, specs, arguments);
  auto options = declare(command, specs);
  std::vector<const char*> argv = {command.c_str()};
  std::transform(arguments.begin(), arguments.end(), std::back_inserter(argv),
                 [](const auto& w) { return w.c_str(); });
  try {
    const auto result = options.parse(static_cast<int>(argv.size()), argv.data());
    for (const OptionSpec& spec : specs) {
      const std::size_t count = result.count(spec.name);
      if (count == 0) {
        continue;
      }
      reject_later(command, spec);
      if (count > 1) {
        throw InputError(fmt::format("{}: --{} is given {} times; give it once", command, spec.name, count));
      }
      if (spec.argument.empty()) {
        if (result[spec.name].as<bool>()) {
          values_[spec.name] = "true";
        }
      } else {
        values_[spec.name] = result[spec.name].as<std::string>();
      }
    }
    words_ = result.unmatched();
  } catch (const cxxopts::exceptions::exception& error) {
    throw InputError(reworded(command, error));
  }
}

std::string CommandLine::value(std::string_view name, std::string_view otherwise) const {
  const auto found = values_.find(std::string(name));
  return std::string(found == values_.end() ? otherwise : found->second);
}

void CommandLine::set_default(const std::vector<OptionSpec>& specs, const std::string& where,
                              const std::string& name, const std::string& value) {
  const OptionSpec* const spec = find_spec(specs, name);
  if (spec == nullptr) {
    throw InputError(fmt::format("{}: there is no option \"{}\"{} (see tempsweep sweep --help)", where, name,
                                 near_miss_hint(name, names_of(specs))));
  }
  reject_later(where, *spec);
  values_.try_emplace(name, value);
}

void print_command_help(const std::string& usage, const std::string& examples,
                        const std::vector<OptionSpec>& specs) {
  fmt::print("{}\nUsage: {}\n\nOptions:\n", examples, usage);
  for (const OptionSpec& spec : specs) {
    if (!spec.later.empty()) {
      continue;
    }
    std::string left = spec.short_name == '\0' ? "    " : fmt::format("-{}, ", spec.short_name);
    left += "--" + spec.name + (spec.argument.empty() ? "" : " " + spec.argument);
    fmt::print("  {:<34} {}\n", left, spec.help);
  }
  fmt::print("  {:<34} {}\n", "-h, --help", "this text");
}

}  // namespace tempsweep::app
