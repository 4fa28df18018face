// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "tempsweep/stats/power.hpp"

#include "app/experiment1.hpp"

namespace tempsweep::app::experiment1 {
namespace {

struct Band {
  double low;
  const char* name;
};

/// [low, next low). The teaching text leaves 1.2 to 1.5 without a name; "transitional" is ours.
constexpr std::array<Band, 6> bands = {{{0.0, "greedy"},
                                        {0.2, "focused"},
                                        {0.5, "balanced"},
                                        {0.8, "creative"},
                                        {1.2, "transitional"},
                                        {1.5, "exploratory"}}};

constexpr double notable = 0.1;

std::int64_t tokens_above(const PresetResult& result, std::size_t t, double threshold) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < result.tokens.size(); ++i) {
    count += static_cast<std::int64_t>(result.p(t, i) > threshold);
  }
  return count;
}

/// Whether entropy never falls and top probability never rises along the grid, up to rounding.
bool consistent(const PresetResult& result) {
  for (std::size_t t = 1; t < result.temperatures.size(); ++t) {
    if (result.entropy[t] < result.entropy[t - 1] - 1e-12 ||
        result.top_probability[t] > result.top_probability[t - 1] + 1e-12) {
      return false;
    }
  }
  return true;
}

}  // namespace

const char* band(double temperature) {
  const auto* const above =
      std::find_if(bands.begin(), bands.end(), [&](const Band& b) { return b.low > temperature; });
  return std::prev(above)->name;
}

double knee(const PresetResult& result) {
  const auto& curve = result.top_probability;
  const std::size_t last = curve.size() - 1;
  const double width = result.temperatures[last] - result.temperatures[0];
  const double fall = curve[0] - curve[last];
  double farthest = -1;
  double where = result.temperatures[0];
  for (std::size_t t = 0; t < curve.size() && fall > 0; ++t) {
    const double along = (result.temperatures[t] - result.temperatures[0]) / width;
    const double below_chord = 1 - along - (curve[t] - curve[last]) / fall;
    if (below_chord > farthest) {
      farthest = below_chord;
      where = result.temperatures[t];
    }
  }
  return where;
}

std::string reading(const PresetResult& result) {
  std::string text = "Reading\n";
  for (const auto& [temperature, character] : tested) {
    const std::size_t t = result.at(temperature);
    const auto rank = result.ranking(t);
    const double swap = rank_swap_probability(result.p(t, rank[0]), result.p(t, rank[1]), result.samples);
    text += fmt::format(
        "  T = {:<4g} band: {:<12}  tokens above 10 %: {}   chance that {} draws swap the top two: {:.1e}\n",
        temperature, band(temperature), tokens_above(result, t, notable), result.samples, swap);
  }
  text += "  (chance of a swap: exact, an equal number counting half)\n";
  text += fmt::format(
      "  The top-probability curve flattens near T = {:.2f} (knee: largest distance below the chord between "
      "the ends of\n"
      "  the curve, T = {:g} and {:g}).\n",
      knee(result), result.temperatures.front(), result.temperatures.back());
  text += fmt::format("  The two curves are {}: entropy {} wherever top probability falls.\n",
                      consistent(result) ? "consistent" : "NOT CONSISTENT",
                      consistent(result) ? "rises" : "does not rise");
  return text;
}

}  // namespace tempsweep::app::experiment1
