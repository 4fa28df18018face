// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "engine/tile_statistics.hpp"

namespace tempsweep {
namespace {

constexpr std::array<Statistic, 27> statistics = {{
    {"chi_square", "Pearson chi-square of the draws", "1",
     [](const PointStatistics& s) { return s.chi_square.statistic; }},
    {"chi_square_dof", "cells of the chi-square less one", "1",
     [](const PointStatistics& s) { return s.chi_square.dof; }},
    {"chi_square_bins_pooled", "tokens merged away by pooling", "1",
     [](const PointStatistics& s) { return s.chi_square.bins_pooled; }},
    {"chi_square_p_value", "p-value of the chi-square (three-moment gamma)", "1",
     [](const PointStatistics& s) { return s.chi_square.p_value; }},
    {"chi_square_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.chi_square.log10_p; }},
    {"score_z", "score of the draws along temperature, positive when they look colder", "1",
     [](const PointStatistics& s) { return s.temperature.z; }},
    {"score_p_value", "p-value of the score (normal)", "1",
     [](const PointStatistics& s) { return s.temperature.score_p.p; }},
    {"score_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.temperature.score_p.log10_p; }},
    {"likelihood_root", "modified root of the likelihood ratio along temperature", "1",
     [](const PointStatistics& s) { return s.temperature.root; }},
    {"likelihood_root_p_value", "p-value of the likelihood root (normal)", "1",
     [](const PointStatistics& s) { return s.temperature.root_p.p; }},
    {"likelihood_root_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.temperature.root_p.log10_p; }},
    {"effective_temperature", "temperature that the draws look like", "logit",
     [](const PointStatistics& s) { return s.temperature.effective_temperature; }},
    {"effective_temperature_error", "standard error of that temperature", "logit",
     [](const PointStatistics& s) { return s.temperature.effective_temperature_error; }},
    {"top_count_p_value", "p-value of the draws of the top tokens (exact binomial)", "1",
     [](const PointStatistics& s) { return s.top_count.p; }},
    {"top_count_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.top_count.log10_p; }},
    {"top_count_randomised_p_value", "randomised p-value of the same draws, uniform under the law", "1",
     [](const PointStatistics& s) { return s.top_count_randomised; }},
    {"max_residual", "standardised residual of the cell that is the hardest to believe", "1",
     [](const PointStatistics& s) { return s.residual.residual; }},
    {"max_residual_p_value", "its exact binomial p-value times the number of cells", "1",
     [](const PointStatistics& s) { return s.residual.p.p; }},
    {"max_residual_log10_p", "decimal logarithm of that p-value", "1",
     [](const PointStatistics& s) { return s.residual.p.log10_p; }},
    {"total_variation", "total variation between draws and law", "1",
     [](const PointStatistics& s) { return s.total_variation; }},
    {"empirical_kl_divergence", "Kullback-Leibler divergence of the draws from the law", "bit",
     [](const PointStatistics& s) { return s.empirical_kl_divergence; }},
    {"empirical_entropy", "plug-in entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy; }},
    {"empirical_entropy_corrected", "Miller-Madow entropy of the draws", "bit",
     [](const PointStatistics& s) { return s.empirical_entropy_corrected; }},
    {"mean_surprisal", "mean surprisal of the draws under the law", "bit",
     [](const PointStatistics& s) { return s.mean_surprisal; }},
    {"detectable_temperature_error", "relative temperature error that so many draws expose", "1",
     [](const PointStatistics& s) { return s.detectable_temperature_error; }},
    {"detectable_total_variation", "total variation that so many draws expose", "1",
     [](const PointStatistics& s) { return s.detectable_total_variation; }},
    {"rank_swap_probability", "chance that so many draws put the runner-up ahead of the top token", "1",
     [](const PointStatistics& s) { return s.rank_swap; }},
}};

}  // namespace

std::span<const Statistic> statistic_table() {
  return statistics;
}

std::size_t statistic_index(std::string_view name) {
  const auto* const found =
      std::find_if(statistics.begin(), statistics.end(), [&](const Statistic& s) { return s.name == name; });
  if (found == statistics.end()) {
    throw std::out_of_range("no such statistic: " + std::string(name));
  }
  return static_cast<std::size_t>(found - statistics.begin());
}

StoredTests stored_tests(const std::function<double(std::size_t)>& statistic) {
  static const std::array<std::size_t, 8> places = {statistic_index("chi_square_dof"),
                                                    statistic_index("chi_square_p_value"),
                                                    statistic_index("chi_square_log10_p"),
                                                    statistic_index("score_log10_p"),
                                                    statistic_index("likelihood_root_log10_p"),
                                                    statistic_index("top_count_log10_p"),
                                                    statistic_index("top_count_randomised_p_value"),
                                                    statistic_index("max_residual_log10_p")};
  return {statistic(places[0]), statistic(places[1]), statistic(places[2]), statistic(places[3]),
          statistic(places[4]), statistic(places[5]), statistic(places[6]), statistic(places[7])};
}

}  // namespace tempsweep
