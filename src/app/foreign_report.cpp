// SPDX-License-Identifier: Apache-2.0
#include "app/foreign_report.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace tempsweep::app {
namespace {

constexpr std::size_t most_rows = 10;

/// 1 234 567: digits in groups of three.
std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return text;
}

std::string p_text(PValue value) {
  return std::isnan(value.log10_p) ? "no test" : "p " + p_in_words(value.log10_p);
}

std::string draws_text(double draws) {
  return std::isinf(draws) ? "no number of draws up to 2^53" : fmt::format("{:.3g} draws", draws);
}

void print_line(const char* label, const std::string& text) {
  fmt::print("  {:<24} {}\n", label, text);
}

void print_head(const ForeignJob& job) {
  const std::string rows = job.rows == 1
                               ? fmt::format("row {}", job.first_row)
                               : fmt::format("rows {} to {}", job.first_row, job.first_row + job.rows - 1);
  fmt::print("{}: {}, {} tokens, T = {}, {}\n", job.source->name(), rows,
             grouped(static_cast<std::uint64_t>(job.vocabulary)), job.temperature,
             sampling_law(job.truncation));
}

void print_temperature(const ForeignJob& job, const TemperatureScore& score) {
  if (std::isnan(score.effective_temperature))
    return print_line("temperature", "no test: nothing depends on it");
  std::string looks = fmt::format("the draws look like T = {:.6g}", score.effective_temperature);
  if (score.effective_temperature_error >= 0) {
    looks += fmt::format(" ± {:.2g}", score.effective_temperature_error);
  }
  print_line("temperature", fmt::format("{}, claimed {}; z {:+.2f}, {}", looks, job.temperature, score.z,
                                        p_text(score.score_p)));
}

void print_top(const ForeignJob& job, const ForeignPoint& point) {
  const std::string name = token_text(job, point.top.token);
  const std::string who =
      point.top.tokens == 1 ? "token " + name : fmt::format("{} tokens, first {}", point.top.tokens, name);
  print_line("top", fmt::format("{}: drawn {:.0f}, expected {:.1f}, {}", who, point.top.observed,
                                point.top.expected, p_text(point.statistics.top_count)));
}

void print_residual(const ForeignJob& job, const ForeignPoint& point) {
  const LargestResidual& residual = point.statistics.residual;
  if (std::isnan(residual.residual)) return;
  const std::string who =
      point.residual.token < 0 ? "pooled rare tokens" : "token " + token_text(job, point.residual.token);
  print_line("largest residual", fmt::format("{}: drawn {:.0f}, expected {:.1f}, {:+.2f} deviations, {}", who,
                                             point.residual.observed, point.residual.expected,
                                             residual.residual, p_text(residual.p)));
}

void print_impossible(const ForeignJob& job, const ForeignPoint& point) {
  for (const ImpossibleDraw& draw : point.impossible) {
    const std::string times = draw.count == 1 ? "once" : fmt::format("{} times", grouped(draw.count));
    print_line("impossible",
               fmt::format("token {} {}, and was drawn {}", token_text(job, draw.token), draw.why, times));
  }
  if (point.impossible_tokens > std::ssize(point.impossible)) {
    print_line("impossible", fmt::format("{} tokens in all, {} draws", point.impossible_tokens,
                                         grouped(point.impossible_draws)));
  }
  if (point.impossible_tokens > 0) {
    print_line("the other draws", grouped(point.draws - point.impossible_draws));
  }
}

void print_power(const PointStatistics& statistics) {
  const double temperature = statistics.detectable_temperature_error;
  const double variation = statistics.detectable_total_variation;
  if (std::isnan(temperature) && std::isnan(variation))
    return print_line("power", "too few draws to expose anything");
  std::string text = "these draws expose";
  if (!std::isnan(temperature)) text += fmt::format(" a temperature {:.2g} % off", 100 * temperature);
  if (!std::isnan(variation)) {
    text += fmt::format("{} a total variation of {:.2g}", std::isnan(temperature) ? "" : ",", variation);
  }
  print_line("power", text + " (at 5 %, four times in five)");
}

void print_point(const ForeignJob& job, const ForeignPoint& point) {
  const PointStatistics& statistics = point.statistics;
  if (job.rows > 1) fmt::print("row {}\n", point.row);
  print_line("draws", fmt::format("{}, of {} tokens that can be drawn", grouped(point.draws),
                                  grouped(static_cast<std::uint64_t>(point.survivors))));
  print_impossible(job, point);
  const ChiSquare& chi = statistics.chi_square;
  print_line("chi-square",
             chi.dof > 0
                 ? fmt::format("{:.6g} on {:.0f} degrees, {:.0f} rare tokens pooled, {}", chi.statistic,
                               chi.dof, chi.bins_pooled, p_text({chi.p_value, chi.log10_p}))
                 : "no test: no two cells of five expected draws");
  print_temperature(job, statistics.temperature);
  print_top(job, point);
  print_residual(job, point);
  print_line("total variation", fmt::format("{:.4g}", statistics.total_variation));
  print_line("divergence", fmt::format("{:.4g} bit", statistics.empirical_kl_divergence));
  print_power(statistics);
}

/// Of many rows those that are the hardest to believe.
std::vector<const ForeignPoint*> worst_points(const std::vector<ForeignPoint>& points) {
  const auto rank = [](const ForeignPoint& point) {
    double least = point.impossible_tokens > 0 ? -HUGE_VAL : 0;
    for (const double log10_p : tests_of(point).log10_p) {
      if (log10_p < least) least = log10_p;
    }
    return least;
  };
  std::vector<const ForeignPoint*> order;
  order.reserve(points.size());
  for (const ForeignPoint& point : points) order.push_back(&point);
  std::stable_sort(order.begin(), order.end(),
                   [&](const ForeignPoint* a, const ForeignPoint* b) { return rank(*a) < rank(*b); });
  order.resize(std::min(order.size(), most_rows));
  return order;
}

void print_draws(const ForeignJob& job, const ForeignFindings& findings) {
  fmt::print("{}: {}\n", job.draws_name, verdict_line(findings.verdict, findings.names()));
  if (job.rows > 1) {
    print_verdict(findings.verdict, findings.names());
  } else {
    for (const ResimulatedFinding& found : findings.verdict.resimulated) {
      print_line("re-simulated",
                 fmt::format("{}: {} of {} replicates were as extreme",
                             test_table[static_cast<std::size_t>(found.finding.test)].long_name,
                             found.simulation.exceedances, found.simulation.replicates));
    }
  }
  for (const ForeignPoint* const point : worst_points(findings.points)) print_point(job, *point);
  if (findings.points.size() > most_rows) {
    fmt::print("the {} rows above are the hardest to believe of {}; --json has all\n", most_rows,
               findings.points.size());
  }
}

void print_audit(const ForeignJob& job, const ForeignFindings& findings) {
  const TableAudit& audit = *findings.audit;
  const bool impossible = audit.impossible > 0;
  fmt::print("{}: {}{}\n", job.table->name, job.table->layout,
             impossible ? ": REJECTED (it draws tokens of probability 0)" : "");
  if (impossible) {
    print_line("impossible", fmt::format("token {} {}; {} such tokens of mass {:.3g}",
                                         token_text(job, audit.first_impossible), findings.why_impossible,
                                         audit.impossible, audit.impossible_mass));
  }
  print_line("total variation",
             fmt::format("{:.4g}; sum (q - p)^2/p {:.4g}", audit.total_variation, audit.chi_square_distance));
  print_line("never drawn",
             fmt::format("{} tokens of mass {:.3g}", grouped(static_cast<std::uint64_t>(audit.never_drawn)),
                         audit.never_drawn_mass));
  const auto print_token = [&](const char* what, std::int64_t token, double relative, double probability) {
    if (token < 0) return;
    print_line(what, fmt::format("{:+.3g} of the probability {:.3g} of token {}", relative, probability,
                                 token_text(job, token)));
  };
  print_token("worst relative error", audit.worst_token, audit.worst_relative, audit.worst_probability);
  print_token("largest part of the sum", audit.heaviest_token, audit.heaviest_relative,
              audit.heaviest_probability);
  if (impossible) return;
  print_line("seen by chi-square",
             fmt::format("from {} (at 5 %, four times in five); with unpooled cells from {}",
                         draws_text(audit.visible_from), draws_text(audit.visible_from_unpooled)));
  print_line("verdict", "none: how far a table may be off depends on the draws made from it");
}

}  // namespace

void print_report(const ForeignJob& job, const ForeignFindings& findings) {
  print_head(job);
  if (!findings.points.empty()) print_draws(job, findings);
  if (findings.audit) print_audit(job, findings);
}

}  // namespace tempsweep::app
