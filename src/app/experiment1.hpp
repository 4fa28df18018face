// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// The walkthrough: a few answers, their logits, and what temperature does to them.
namespace tempsweep::app::experiment1 {

struct TestedTemperature {
  double temperature;
  const char* character;
};

inline constexpr std::array<TestedTemperature, 5> tested = {{{0.1, "extreme determinist"},
                                                             {0.5, "focused"},
                                                             {1.0, "classic"},
                                                             {2.0, "creative"},
                                                             {5.0, "very creative"}}};

/// The grid of every preset: the tested temperatures, the curve, and the heatmap's fifty.
inline constexpr const char* grid = "0.1,0.5,1,2,5,lin:0.05:5:100,lin:0.1:5:50";
inline constexpr double curve_low = 0.05;

/// Names of the presets, in the order of the report.
inline constexpr std::array<const char*, 4> presets = {"ten-token", "customer-service", "worked-example",
                                                       "twenty-token"};

/// The preset's data file: in $TEMPSWEEP_PRESETS, beside the installed program, or in the source tree.
/// \throws InputError for an unknown name (with a near miss), FileError when the file is not found.
[[nodiscard]] std::string preset_path(const std::string& name);

/// The program's figure script, or empty when it is nowhere to be found.
[[nodiscard]] std::string plot_script();

/// One preset's sweep, read back from its result file.
struct PresetResult {
  std::string name;
  std::string file;
  std::vector<std::string> tokens;
  std::vector<double> temperatures;
  std::vector<double> entropy;  ///< bit
  std::vector<double> top_probability;
  std::vector<double> empirical_entropy;  ///< bit
  std::vector<double> p_value;            ///< of the chi-square; NaN where nothing was tested
  std::vector<double> chi_square_dof;
  std::vector<double> probability;  ///< [temperatures, tokens]
  std::vector<double> count;        ///< [temperatures, tokens]
  std::uint64_t samples = 0;

  /// Index of a temperature of the grid.
  [[nodiscard]] std::size_t at(double temperature) const;
  [[nodiscard]] double p(std::size_t t, std::size_t token) const {
    return probability[t * tokens.size() + token];
  }
  [[nodiscard]] double n(std::size_t t, std::size_t token) const { return count[t * tokens.size() + token]; }
  /// Tokens at a temperature, most probable first, ties by index.
  [[nodiscard]] std::vector<std::size_t> ranking(std::size_t t) const;
};

/// The text of all presets.
[[nodiscard]] std::string report(const std::vector<PresetResult>& results);

/// What the sweep of one preset teaches: bands, knee, tokens above 10 %, consistency.
[[nodiscard]] std::string reading(const PresetResult& result);

/// Name of the band that a temperature falls into; bands are half-open [low, high).
[[nodiscard]] const char* band(double temperature);

/// Temperature of the largest distance of the top-probability curve from the chord between its ends ("knee").
[[nodiscard]] double knee(const PresetResult& result);

}  // namespace tempsweep::app::experiment1
