// SPDX-License-Identifier: Apache-2.0
#include "calibration/size.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "math/goodness.hpp"

namespace tempsweep::testing {
namespace {

constexpr double least_cells = 30;     ///< below, chi-square has too few values to be uniform
constexpr double least_minority = 20;  ///< expected draws beside the top, for the score likewise
constexpr std::array<double, 3> levels = {0.05, 0.01, 0.001};

/// A p-value of the referee, and what it promises.
struct Promise {
  const char* name;
  double (*p)(const PointStatistics&);
  enum class Kind { uniform, at_most, exactly_uniform } kind;
};

constexpr std::array<Promise, 5> promises = {{
    {"X²", [](const PointStatistics& s) { return s.chi_square.p_value; }, Promise::Kind::uniform},
    {"score", [](const PointStatistics& s) { return s.temperature.score_p.p; }, Promise::Kind::uniform},
    {"top", [](const PointStatistics& s) { return s.top_count.p; }, Promise::Kind::at_most},
    {"residual", [](const PointStatistics& s) { return s.residual.p.p; }, Promise::Kind::at_most},
    {"randomised", [](const PointStatistics& s) { return s.top_count_randomised; },
     Promise::Kind::exactly_uniform},
}};

/// Expected draws of whatever is rarer, the top group or the rest.
double minority(const Claim& claim) {
  const std::vector<double> law = claimed_law(claim);
  const double most = *std::max_element(law.begin(), law.end());
  double top = 0;
  double rest = 0;
  for (const double p : law) {
    (p == most ? top : rest) += p;
  }
  return static_cast<double>(claim.samples) * std::min(top, rest);
}

std::string label(const SizeCase& item) {
  return fmt::format("{} | {} | {} | {:.2g} | {}", item.claim.row.name, item.claim.row.logits.size(),
                     item.claim.temperature, static_cast<double>(item.claim.samples),
                     sampler_facts(item.sampler).name);
}

/// Whether the p-value is promised to be uniform at this point.
bool testable(const Promise& promise, const PointStatistics& first, double minority) {
  switch (promise.kind) {
    case Promise::Kind::uniform:
      return &promise == promises.data() ? first.chi_square.dof + 1 >= least_cells
                                         : minority >= least_minority && std::isfinite(promise.p(first));
    case Promise::Kind::exactly_uniform:
      return true;
    case Promise::Kind::at_most:
      break;
  }
  return false;
}

/// "KS p: rates in %" of one kind of p-value.
std::string judge_promise(const Promise& promise, const std::string& where, bool uniform,
                          const std::vector<PointStatistics>& points, Checks& checks) {
  std::vector<double> p(points.size());
  std::transform(points.begin(), points.end(), p.begin(), promise.p);
  if (std::isnan(p[0]) || (!uniform && promise.kind != Promise::Kind::at_most)) {
    return "–";
  }
  std::string rates;
  for (const double level : levels) {
    const auto below = static_cast<std::uint64_t>(
        std::count_if(p.begin(), p.end(), [level](double x) { return x <= level; }));
    const std::string what =
        fmt::format("{} | {}: {} of {} at {}", where, promise.name, below, p.size(), level);
    checks.add(what, uniform ? off_nominal(below, p.size(), level) : above_nominal(below, p.size(), level));
    rates += fmt::format("{}{:.2f}", rates.empty() ? "" : " / ",
                         100 * static_cast<double>(below) / static_cast<double>(p.size()));
  }
  if (uniform) {
    const double same = test::uniformity_p(p);
    checks.add(fmt::format("{} | {}: Kolmogorov-Smirnov", where, promise.name), same);
    rates += fmt::format("; {:.2g}", same);
  }
  return rates;
}

}  // namespace

std::string size_table(const std::vector<SizeCase>& cases, int threads, Checks& checks) {
  std::string out =
      "| law | V | T | n | sampler | seeds | cells | X² | score | top | residual | randomised |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const SizeCase& item : cases) {
    const std::string where = label(item);
    const auto points =
        judge_seeds(item.claim, engine_draw(item.claim, item.sampler, threads), 0, item.seeds, threads);
    out += fmt::format("| {} | {} | {} |", where, item.seeds, points[0].chi_square.dof + 1);
    const double rare = minority(item.claim);
    for (const Promise& promise : promises) {
      out += " " + judge_promise(promise, where, testable(promise, points[0], rare), points, checks) + " |";
    }
    out += "\n";
    std::fprintf(stderr, "%s\n", where.c_str());
  }
  return out;
}

}  // namespace tempsweep::testing
