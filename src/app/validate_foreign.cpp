// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"

#include "app/foreign_job.hpp"
#include "app/foreign_report.hpp"
#include "app/validate_forms.hpp"
#include "app/verdict_report.hpp"
#include "engine/foreign_verdict.hpp"

namespace tempsweep::app {
namespace {

void audit(const ForeignJob& job, const std::vector<double>& logits, const ClaimedLaw& law,
           ForeignFindings& findings) {
  findings.audit = audit_table(job.table->law, exact_softmax(logits, job.temperature, law.kept()));
  const std::int64_t token = findings.audit->first_impossible;
  if (token < 0) return;
  const auto& order = law.order();
  const auto place = std::find(order.begin(), order.end(), static_cast<std::uint32_t>(token));
  findings.why_impossible = law.why_impossible(static_cast<std::size_t>(place - order.begin()));
}

}  // namespace

int validate_foreign(const CommandLine& line) {
  const ForeignJob job = make_foreign_job(line);
  ForeignFindings findings;
  PointScratch scratch;
  for (std::int64_t i = 0; i < job.rows; ++i) {
    throw_if_interrupted();
    const std::vector<double> logits = read_logits(job, job.first_row + i);
    const ClaimedLaw law(logits, job.temperature, job.truncation);
    if (!job.draws_name.empty()) {
      findings.points.push_back(judge_foreign(law, job.draws.row(i), job.first_row + i, scratch));
    }
    if (job.table) audit(job, logits, law, findings);
  }
  const auto law_of = [&](std::size_t point) {
    return ClaimedLaw(read_logits(job, findings.points[point].row), job.temperature, job.truncation);
  };
  findings.verdict = judge_points(findings.points, job.alpha, law_of, job.threads, tell_confirming);
  if (line.has("json")) {
    fmt::print("{}", report_json(job, findings));
  } else {
    print_report(job, findings);
  }
  if (!findings.points.empty()) {
    require_verdict(findings.verdict, job.draws_name);
  }
  return static_cast<int>(findings.rejected() ? ExitStatus::rejected : ExitStatus::done);
}

}  // namespace tempsweep::app
