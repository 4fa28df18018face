// SPDX-License-Identifier: Apache-2.0
#include "app/foreign_report.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
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
  if (std::isnan(value.p)) return "no test";
  if (value.p >= 1e-4) return fmt::format("p {:.3g}", value.p);
  return std::isinf(value.log10_p) ? "p 0" : fmt::format("p 10^{:.1f}", value.log10_p);
}

std::string draws_text(double draws) {
  return std::isinf(draws) ? "no number of draws up to 2^53" : fmt::format("{:.3g} draws", draws);
}

std::string head(const ForeignJob& job) {
  const std::string rows = job.rows == 1
                               ? fmt::format("row {}", job.first_row)
                               : fmt::format("rows {} to {}", job.first_row, job.first_row + job.rows - 1);
  return fmt::format("law: {}, {}, {} tokens, T = {}, {}\n", job.source->name(), rows,
                     grouped(static_cast<std::uint64_t>(job.vocabulary)), job.temperature,
                     sampling_law(job.truncation));
}

std::string reason_text(const ForeignFindings& findings) {
  const GridVerdict& verdict = findings.verdict;
  if (verdict.by_impossible()) return "tokens of probability 0 were drawn";
  if (verdict.tests == 0) return "nothing can be tested";
  std::string text = fmt::format("smallest of {} p-values, times {}: {}, {}", verdict.tests, verdict.tests,
                                 p_text(p_from_log(verdict.smallest_adjusted_log10_p * std::numbers::ln10)),
                                 test_table[static_cast<std::size_t>(verdict.smallest.test)].long_name);
  if (findings.points.size() > 1) text += fmt::format(", row {}", findings.row_of(verdict.smallest.point));
  if (verdict.by_uniformity())
    text += fmt::format("; p-values of the grid are not uniform, {}", p_text(verdict.uniformity.p));
  return text;
}

std::string verdict_lines(const ForeignJob& job, const ForeignFindings& findings) {
  const GridVerdict& verdict = findings.verdict;
  std::string text =
      fmt::format("{}: {} (alpha {}): {}\n", job.draws_name, verdict.rejected() ? "REJECTED" : "accepted",
                  job.alpha, reason_text(findings));
  for (const ResimulatedFinding& found : verdict.resimulated) {
    text += fmt::format("  {}: {} of {} replicates drawn from the law were as extreme\n",
                        test_table[static_cast<std::size_t>(found.finding.test)].long_name,
                        found.simulation.exceedances, found.simulation.replicates);
  }
  return text;
}

std::string temperature_line(const ForeignJob& job, const PointStatistics& statistics) {
  const TemperatureScore& score = statistics.temperature;
  if (std::isnan(score.effective_temperature)) return "  temperature: nothing depends on it here\n";
  std::string looks = fmt::format("T = {:.6g}", score.effective_temperature);
  if (score.effective_temperature_error >= 0) {
    looks += fmt::format(" ± {:.2g}", score.effective_temperature_error);
  }
  return fmt::format("  temperature: the draws look like {}, claimed {}; z {:+.2f}, {}\n", looks,
                     job.temperature, score.z, p_text(score.score_p));
}

std::string top_line(const ForeignJob& job, const ForeignPoint& point) {
  const std::string name = token_text(job, point.top.token);
  const std::string who = point.top.tokens == 1
                              ? "top token " + name
                              : fmt::format("top {} tokens, first {}", point.top.tokens, name);
  return fmt::format("  {}: drawn {:.0f}, expected {:.1f}, {}\n", who, point.top.observed, point.top.expected,
                     p_text(point.statistics.top_count));
}

std::string residual_line(const ForeignJob& job, const ForeignPoint& point) {
  const LargestResidual& residual = point.statistics.residual;
  if (std::isnan(residual.residual)) return "";
  const std::string who =
      point.residual.token < 0 ? "pooled rare tokens" : "token " + token_text(job, point.residual.token);
  return fmt::format("  largest residual: {}, drawn {:.0f}, expected {:.1f}, {:+.2f} deviations, {}\n", who,
                     point.residual.observed, point.residual.expected, residual.residual, p_text(residual.p));
}

std::string impossible_lines(const ForeignJob& job, const ForeignPoint& point) {
  std::string text;
  for (const ImpossibleDraw& draw : point.impossible) {
    text += fmt::format("  impossible: token {} {}, and was drawn {}\n", token_text(job, draw.token),
                        draw.why, draw.count == 1 ? "once" : fmt::format("{} times", grouped(draw.count)));
  }
  const auto named = static_cast<std::int64_t>(point.impossible.size());
  if (point.impossible_tokens > named) {
    text += fmt::format("  impossible: {} tokens in all, {} draws\n", point.impossible_tokens,
                        grouped(point.impossible_draws));
  }
  return text;
}

std::string power_line(const PointStatistics& statistics) {
  const double temperature = statistics.detectable_temperature_error;
  const double variation = statistics.detectable_total_variation;
  std::string text = "  power (5 %, 80 %): these draws expose ";
  if (std::isnan(temperature) && std::isnan(variation)) return "  power: too few draws to expose anything\n";
  if (!std::isnan(temperature)) text += fmt::format("a temperature {:.2g} % off", 100 * temperature);
  if (!std::isnan(variation)) {
    text += fmt::format("{}a total variation of {:.2g}", std::isnan(temperature) ? "" : ", ", variation);
  }
  return text + "\n";
}

std::string point_text(const ForeignJob& job, const ForeignPoint& point) {
  const PointStatistics& statistics = point.statistics;
  std::string text;
  if (job.rows > 1) text += fmt::format("row {}:\n", point.row);
  text += fmt::format("  {} draws, {} tokens can be drawn\n", grouped(point.draws),
                      grouped(static_cast<std::uint64_t>(point.survivors)));
  text += impossible_lines(job, point);
  if (point.impossible_tokens > 0) {
    text += fmt::format("  the other {} draws:\n", grouped(point.draws - point.impossible_draws));
  }
  const ChiSquare& chi = statistics.chi_square;
  text += chi.dof > 0
              ? fmt::format("  chi-square: {:.6g} on {:.0f} degrees, {:.0f} rare tokens pooled, {}\n",
                            chi.statistic, chi.dof, chi.bins_pooled, p_text({chi.p_value, chi.log10_p}))
              : "  chi-square: no two cells of five expected draws, no test\n";
  text += temperature_line(job, statistics) + top_line(job, point) + residual_line(job, point);
  text += fmt::format(
      "  total variation {:.4g}, divergence {:.4g} bit, entropy {:.6g} bit by the mean surprisal\n",
      statistics.total_variation, statistics.empirical_kl_divergence, statistics.mean_surprisal);
  return text + power_line(statistics);
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
  for (const ForeignPoint& point : points) order.push_back(&point);
  std::stable_sort(order.begin(), order.end(),
                   [&](const ForeignPoint* a, const ForeignPoint* b) { return rank(*a) < rank(*b); });
  order.resize(std::min(order.size(), most_rows));
  return order;
}

std::string audit_text(const ForeignJob& job, const ForeignFindings& findings) {
  const TableAudit& audit = *findings.audit;
  std::string text =
      fmt::format("{}: {}: {}\n", job.table->name, job.table->layout,
                  audit.impossible > 0 ? "REJECTED: it draws tokens of probability 0" : "audited");
  if (audit.impossible > 0) {
    text += fmt::format("  impossible: token {} {}; {} such tokens of mass {:.3g}\n",
                        token_text(job, audit.first_impossible), findings.why_impossible, audit.impossible,
                        audit.impossible_mass);
  }
  text += fmt::format("  total variation {:.4g}, sum (q - p)^2/p {:.4g}\n", audit.total_variation,
                      audit.chi_square_distance);
  text += fmt::format("  never drawn: {} tokens of mass {:.3g}\n",
                      grouped(static_cast<std::uint64_t>(audit.never_drawn)), audit.never_drawn_mass);
  const auto token_line = [&](const char* what, std::int64_t token, double relative, double probability) {
    return token < 0 ? ""
                     : fmt::format("  {}: token {}, {:+.3g} of its probability {:.3g}\n", what,
                                   token_text(job, token), relative, probability);
  };
  text +=
      token_line("worst relative error", audit.worst_token, audit.worst_relative, audit.worst_probability);
  text += token_line("largest part of the sum", audit.heaviest_token, audit.heaviest_relative,
                     audit.heaviest_probability);
  if (audit.impossible > 0) return text;
  return text + fmt::format("  chi-square sees it (5 %, 80 %) from {}; with unpooled cells from {}\n",
                            draws_text(audit.visible_from), draws_text(audit.visible_from_unpooled));
}

}  // namespace

std::string report_text(const ForeignJob& job, const ForeignFindings& findings) {
  std::string text = head(job);
  if (!findings.points.empty()) {
    text += verdict_lines(job, findings);
    for (const ForeignPoint* const point : worst_points(findings.points)) text += point_text(job, *point);
    if (findings.points.size() > most_rows) {
      text += fmt::format("the {} rows above are the hardest to believe of {}; --json has all\n", most_rows,
                          findings.points.size());
    }
  }
  if (findings.audit) text += audit_text(job, findings);
  return text;
}

}  // namespace tempsweep::app
