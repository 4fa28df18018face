// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "app/experiment1.hpp"

namespace tempsweep::app::experiment1 {
namespace {

/// The text's own three words for an entropy in bit.
const char* entropy_in_words(double entropy) {
  if (entropy < 1) {
    return "very deterministic";
  }
  return entropy <= 2.5 ? "balanced" : "highly random";
}

std::string p_value_in_words(const PresetResult& result, std::size_t t) {
  if (!(result.chi_square_dof[t] >= 1)) {
    return "not testable (one cell)";
  }
  return fmt::format("{:.4f}", result.p_value[t]);
}

std::string temperature_section(const PresetResult& result, const TestedTemperature& at) {
  const std::size_t t = result.at(at.temperature);
  std::string text = fmt::format("T = {:g} ({})\n", at.temperature, at.character);
  text += fmt::format("  entropy {:.4f} bits ({}), of the draws {:.4f} bits; chi-square p-value {}\n",
                      result.entropy[t], entropy_in_words(result.entropy[t]), result.empirical_entropy[t],
                      p_value_in_words(result, t));
  text += fmt::format("  {:<12} {:>10} {:>8} {:>10}\n", "token", "analytic", "drawn", "empirical");
  for (const std::size_t token : result.ranking(t)) {
    const double drawn = result.n(t, token);
    text += fmt::format("  {:<12} {:>10.5f} {:>8.0f} {:>10.5f}\n", result.tokens[token], result.p(t, token),
                        drawn, drawn / static_cast<double>(result.samples));
  }
  return text + "\n";
}

}  // namespace

std::size_t PresetResult::at(double temperature) const {
  const auto found = std::find(temperatures.begin(), temperatures.end(), temperature);
  if (found == temperatures.end()) {
    throw FileError(fmt::format("{}: holds no T = {:g}", file, temperature));
  }
  return static_cast<std::size_t>(found - temperatures.begin());
}

std::vector<std::size_t> PresetResult::ranking(std::size_t t) const {
  std::vector<std::size_t> order(tokens.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p(t, a) > p(t, b); });
  return order;
}

std::string report(const std::vector<PresetResult>& results) {
  std::string text = "Experiment 1: temperature sweep\n";
  text += fmt::format("softmax(logits / T), {} draws a temperature\n\n", results.front().samples);
  for (const PresetResult& result : results) {
    const std::string title =
        fmt::format("Preset {}: {} tokens, at most {:.4f} bits", result.name, result.tokens.size(),
                    std::log2(static_cast<double>(result.tokens.size())));
    text += title + "\n" + std::string(title.size(), '=') + "\n\n";
    for (const TestedTemperature& at : tested) {
      text += temperature_section(result, at);
    }
    text += reading(result) + "\n";
  }
  text +=
      "Decision guide: one correct answer, T 0.1 to 0.3; quality still matters, 0.5 to 0.8; exploring, 0.9 "
      "to 1.5.\n"
      "Temperature never changes the ranking of the tokens; draws of near-equal tokens may.\n";
  return text;
}

}  // namespace tempsweep::app::experiment1
