// SPDX-License-Identifier: Apache-2.0
#include "app/verdict_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"

#include "app/talk.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* ks_names[] = {"top-token counts (randomised)", "chi-square"};

double in_json(double log10_p) {
  return std::max(log10_p, -1e308);
}

const TestFacts& facts_of(TestKind kind) {
  return test_table[static_cast<std::size_t>(kind)];
}

std::string simulated(const Resimulation& simulation) {
  return simulation.upheld()
             ? fmt::format("simulated p < {:.0e}", 1.0 / static_cast<double>(simulation.replicates))
             : fmt::format("simulated p {:.2g}", simulation.p());
}

/// Why draws are rejected, or what is most surprising about them.
std::string reason(const GridVerdict& verdict, const PointNames& names) {
  if (verdict.by_impossible()) {
    return fmt::format("tokens of probability 0 were drawn at {} of {} points, first at {}",
                       verdict.impossible_points, verdict.points, names(verdict.first_impossible));
  }
  if (verdict.tests == 0) {
    return "nothing could be tested";
  }
  if (verdict.by_uniformity() && !verdict.by_point()) {
    return fmt::format("p-values over {} points are not uniform: Kolmogorov-Smirnov p {}",
                       verdict.uniformity.used, p_in_words(verdict.uniformity.p.log10_p));
  }
  return fmt::format("smallest adjusted p {} of {} tests: {} at {}",
                     p_in_words(verdict.smallest_adjusted_log10_p), verdict.tests,
                     facts_of(verdict.smallest.test).long_name, names(verdict.smallest.point));
}

Json rates_json(const GridVerdict& verdict) {
  Json rates = Json::object();
  for (std::size_t k = 0; k < test_count; ++k) {
    const TestRates& test = verdict.rates[k];
    Json levels = Json::array();
    for (std::size_t i = 0; i < counted_levels.size(); ++i) {
      levels.push_back({{"level", counted_levels[i]},
                        {"expected", counted_levels[i] * static_cast<double>(test.tested)},
                        {"seen", test.rejected[i]}});
    }
    rates[test_table[k].name] = {{"tested", test.tested}, {"rejections", levels}};
  }
  return rates;
}

Json resimulations_json(const GridVerdict& verdict, const PointNames& names) {
  Json list = Json::array();
  for (const auto& [finding, simulation] : verdict.resimulated) {
    list.push_back({{"point", names(finding.point)},
                    {"test", facts_of(finding.test).name},
                    {"log10_p", in_json(finding.log10_p)},
                    {"replicates", simulation.replicates},
                    {"exceedances", simulation.exceedances},
                    {"simulated_p", simulation.p()}});
  }
  return list;
}

}  // namespace

std::string p_in_words(double log10_p) {
  if (std::isnan(log10_p)) {
    return "-";
  }
  if (std::isinf(log10_p)) {
    return "0";
  }
  return log10_p < -300 ? fmt::format("10^{:.1f}", log10_p) : fmt::format("{:.3g}", std::pow(10.0, log10_p));
}

PointNames point_names(const JudgedGrid& grid) {
  return [grid](std::uint64_t point) {
    const auto place = grid.place_of(point);
    const std::string size =
        grid.vocabulary_sizes.size() == 1
            ? ""
            : fmt::format("{} tokens, ", grid.vocabulary_sizes[static_cast<std::size_t>(place.vocabulary)]);
    return fmt::format("{}row {}, T = {:.6g}", size, grid.first_row + place.row,
                       grid.temperatures[static_cast<std::size_t>(place.temperature)]);
  };
}

Json verdict_json(const GridVerdict& verdict, const PointNames& names) {
  const Uniformity& ks = verdict.uniformity;
  Json json = {{"verdict", verdict.rejected() ? "rejected" : "agree"},
               {"alpha", verdict.alpha},
               {"reason", reason(verdict, names)},
               {"points", verdict.points},
               {"tested_points", verdict.tested_points},
               {"tests", verdict.tests},
               {"impossible_points", verdict.impossible_points},
               {"smallest_adjusted_log10_p", nullptr},
               {"discoveries", verdict.discoveries},
               {"discovery_rate", discovery_rate}};
  if (verdict.tests > 0) {
    json["smallest_adjusted_log10_p"] = in_json(verdict.smallest_adjusted_log10_p);
    json["smallest"] = {{"point", names(verdict.smallest.point)},
                        {"test", facts_of(verdict.smallest.test).name},
                        {"log10_p", in_json(verdict.smallest.log10_p)}};
  }
  json["kolmogorov_smirnov"] = {{"of", ks_names[ks.chi_square ? 1 : 0]},
                                {"points", ks.points},
                                {"used", ks.used},
                                {"distance", nullptr},
                                {"log10_p", nullptr}};
  if (ks.used > 0) {
    json["kolmogorov_smirnov"]["distance"] = ks.distance;
    json["kolmogorov_smirnov"]["log10_p"] = in_json(ks.p.log10_p);
  }
  json["rates"] = rates_json(verdict);
  json["resimulated"] = resimulations_json(verdict, names);
  return json;
}

std::string verdict_line(const GridVerdict& verdict, const PointNames& names) {
  const char* const word = verdict.rejected()   ? "REJECTED"
                           : verdict.tests == 0 ? "nothing to judge"
                                                : "agree with the law";
  return fmt::format("{} ({}; alpha {:g})", word, reason(verdict, names), verdict.alpha);
}

void tell_confirming(const Finding& finding, std::uint64_t most) {
  talk(fmt::format("tempsweep: the verdict rests on p = {} ({}); its point is drawn again, up to {} times\n",
                   p_in_words(finding.log10_p), facts_of(finding.test).long_name, most));
}

void require_verdict(const GridVerdict& verdict, const std::string& name) {
  if (verdict.tests == 0 && !verdict.rejected()) {
    throw InputError(
        fmt::format("{}: nothing could be tested, so nothing is accepted; give more draws, or rows "
                    "that are laws",
                    name));
  }
}

void print_verdict(const GridVerdict& verdict, const PointNames& names) {
  fmt::print("  {:<24} {:>10}   {:>17} {:>17} {:>17}\n", "rejections: expected, seen", "tests", "p < 0.05",
             "p < 0.01", "p < 0.001");
  for (std::size_t k = 0; k < test_count; ++k) {
    const TestRates& test = verdict.rates[k];
    fmt::print("    {:<24} {:>10}  ", test_table[k].long_name, test.tested);
    for (std::size_t i = 0; i < counted_levels.size(); ++i) {
      fmt::print(" {:>9.1f} {:>7}", counted_levels[i] * static_cast<double>(test.tested), test.rejected[i]);
    }
    fmt::print("\n");
  }
  fmt::print("  {:<24} {} of {} tests rejected at a false discovery rate of {:g}\n", "Benjamini-Hochberg",
             verdict.discoveries, verdict.tests, discovery_rate);
  const Uniformity& ks = verdict.uniformity;
  if (ks.used > 0) {
    fmt::print("  {:<24} p {} over {} of {} points, by {}\n", "Kolmogorov-Smirnov", p_in_words(ks.p.log10_p),
               ks.used, ks.points, ks_names[ks.chi_square ? 1 : 0]);
  } else {
    fmt::print("  {:<24} no test: {} points are too few for the uniformity of their p-values\n",
               "Kolmogorov-Smirnov", ks.points);
  }
  for (const auto& [finding, simulation] : verdict.resimulated) {
    fmt::print("  {:<24} {} at {}: p {}, {} ({} of {})\n", "re-simulated", facts_of(finding.test).long_name,
               names(finding.point), p_in_words(finding.log10_p), simulated(simulation),
               simulation.exceedances, simulation.replicates);
  }
}

}  // namespace tempsweep::app
