// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <nlohmann/json.hpp>

#include "tempsweep/core/utf8.hpp"

#include "app/foreign_report.hpp"
#include "app/verdict_report.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinity: words stand for it, null for what is no number.
Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

Json p_value(PValue value) {
  return {{"p", number(value.p)}, {"log10_p", number(value.log10_p)}};
}

Json token_json(const ForeignJob& job, std::int64_t token) {
  Json json = {{"token", token < 0 ? Json(nullptr) : Json(token)}};
  if (token >= 0 && !job.token_names.empty()) {
    json["name"] = valid_utf8(job.token_names[static_cast<std::size_t>(token)]);
  }
  return json;
}

Json count_json(const ForeignJob& job, const TokenCount& count) {
  Json json = token_json(job, count.token);
  json["tokens"] = count.tokens;
  json["observed"] = count.observed;
  json["expected"] = number(count.expected);
  return json;
}

Json impossible_json(const ForeignJob& job, const ForeignPoint& point) {
  Json named = Json::array();
  for (const ImpossibleDraw& draw : point.impossible) {
    Json one = token_json(job, draw.token);
    one["count"] = draw.count;
    one["why"] = draw.why;
    named.push_back(one);
  }
  return {{"tokens", point.impossible_tokens}, {"draws", point.impossible_draws}, {"first", named}};
}

Json point_json(const ForeignJob& job, const ForeignPoint& point) {
  const PointStatistics& s = point.statistics;
  Json json = {{"row", point.row}, {"draws", point.draws}, {"tokens_possible", point.survivors}};
  json["impossible"] = impossible_json(job, point);
  json["chi_square"] = {{"statistic", number(s.chi_square.statistic)},
                        {"dof", s.chi_square.dof},
                        {"bins_pooled", s.chi_square.bins_pooled},
                        {"p", number(s.chi_square.p_value)},
                        {"log10_p", number(s.chi_square.log10_p)}};
  const TemperatureScore& t = s.temperature;
  json["score"] = p_value(t.score_p);
  json["score"]["z"] = number(t.z);
  json["likelihood_root"] = p_value(t.root_p);
  json["likelihood_root"]["root"] = number(t.root);
  json["effective_temperature"] = number(t.effective_temperature);
  json["effective_temperature_error"] = number(t.effective_temperature_error);
  json["top"] = count_json(job, point.top);
  json["top"].update(p_value(s.top_count));
  json["max_residual"] = count_json(job, point.residual);
  json["max_residual"]["residual"] = number(s.residual.residual);
  json["max_residual"].update(p_value(s.residual.p));
  json["total_variation"] = number(s.total_variation);
  json["empirical_kl_divergence"] = number(s.empirical_kl_divergence);
  json["empirical_entropy"] = number(s.empirical_entropy);
  json["empirical_entropy_corrected"] = number(s.empirical_entropy_corrected);
  json["mean_surprisal"] = number(s.mean_surprisal);
  json["detectable_temperature_error"] = number(s.detectable_temperature_error);
  json["detectable_total_variation"] = number(s.detectable_total_variation);
  json["rank_swap"] = number(s.rank_swap);
  return json;
}

Json audit_json(const ForeignJob& job, const ForeignFindings& findings) {
  const TableAudit& audit = *findings.audit;
  Json json = {{"file", job.table->name}, {"layout", job.table->layout}};
  json["total_variation"] = audit.total_variation;
  json["chi_square_distance"] = audit.chi_square_distance;
  json["never_drawn"] = {{"tokens", audit.never_drawn}, {"mass", audit.never_drawn_mass}};
  json["impossible"] = token_json(job, audit.first_impossible);
  json["impossible"].update({{"tokens", audit.impossible}, {"mass", audit.impossible_mass}});
  if (audit.impossible > 0) json["impossible"]["why"] = findings.why_impossible;
  json["worst"] = token_json(job, audit.worst_token);
  json["worst"].update({{"relative_error", audit.worst_relative}, {"probability", audit.worst_probability}});
  json["heaviest"] = token_json(job, audit.heaviest_token);
  json["heaviest"].update(
      {{"relative_error", audit.heaviest_relative}, {"probability", audit.heaviest_probability}});
  json["visible_from_draws"] = number(audit.visible_from);
  json["visible_from_draws_unpooled"] = number(audit.visible_from_unpooled);
  return json;
}

}  // namespace

std::string report_json(const ForeignJob& job, const ForeignFindings& findings) {
  Json json = {{"rejected", findings.rejected()},        {"alpha", job.alpha},
               {"logits", job.source->name()},           {"vocabulary_size", job.vocabulary},
               {"temperature", number(job.temperature)}, {"sampling_law", sampling_law(job.truncation)}};
  if (!findings.points.empty()) {
    json["file"] = job.draws_name;
    json["draws"] = verdict_json(findings.verdict, findings.names());
    for (const ForeignPoint& point : findings.points) json["points"].push_back(point_json(job, point));
  }
  if (findings.audit) {
    json["audit"] = audit_json(job, findings);
    if (findings.points.empty() && !findings.rejected()) json["rejected"] = nullptr;
  }
  return json.dump(2) + "\n";
}

}  // namespace tempsweep::app
